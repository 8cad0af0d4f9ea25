package quality

import (
	"errors"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"repbench/eval/quality/metric"
	"repbench/eval/quality/nearest"
)

func TestParseConventions(t *testing.T) {
	c, err := ParseConventions("dgm-eval,recall=fld, kid=clean-fid")
	if err != nil {
		t.Fatal(err)
	}
	for family, want := range map[string]string{metric.NameFrechet: dgmEval, metric.NamePRDC: fldProgram, metric.NameKID: cleanFID, metric.NameMIND: "", metric.NameSWApprox: dgmEval} {
		if got := c.of(family); got != want {
			t.Errorf("%s: %q, want %q", family, got, want)
		}
	}
	for want, text := range map[string]string{
		`convention "inception": choose one of clean-fid, clovaai`: "inception",
		`convention "fld" of frechet: choose torch-fidelity`:       "frechet=fld",
		`"fld" of two-sample-nn: choose none, it has one`:          "two-sample-nn=fld",
		`convention "fld": choose one of`:                          "dgm-eval,fld",
	} {
		if _, err := ParseConventions(text); !errors.Is(err, metric.ErrOptions) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %q", text, err, want)
		}
	}
}

// The error of sets that are too small for the subsets of torch-fidelity names two values of
// --convention, and both are taken: one for all rows, one for smaller subsets.
func TestKIDTooFewRows(t *testing.T) {
	for _, given := range []string{"kid=torch-fidelity", "torch-fidelity", "torch-fidelity,prdc=fld", "dgm-eval,kid=torch-fidelity,prdc=default"} {
		c, err := ParseConventions(given)
		if err != nil {
			t.Fatal(err)
		}
		s := Settings{Metrics: []string{metric.NameKID, metric.NameRecall}, Convention: c}
		_, err = Run(t.Context(), gaussians(30, 20, 9), s, metric.Options{})
		if !errors.Is(err, metric.ErrRows) || !strings.Contains(err.Error(), "takes subsets of 1000 rows; real has 30, generated 20: give --convention ") {
			t.Fatalf("%s: error %v", given, err)
		}
		named := regexp.MustCompile(`--convention (\S+) for `).FindAllStringSubmatch(err.Error(), -1)
		if len(named) != 2 {
			t.Fatalf("%s: %v names %d values", given, err, len(named))
		}
		for i, want := range []string{"all rows, kernel", "clean-fid: 100 random subsets of 20 rows, kernel"} {
			if s.Convention, err = ParseConventions(named[i][1]); err != nil {
				t.Fatal(err)
			}
			r := ran(t, gaussians(30, 20, 9), s, metric.Options{})
			if got := r.Metrics[metric.NameKID].Convention; !strings.HasPrefix(got, want) {
				t.Errorf("%s: kid is %q, want %q", named[i][1], got, want)
			}
			if !reflect.DeepEqual(s.prdc(), Settings{Convention: c}.prdc()) {
				t.Errorf("%s: changes prdc to %+v", named[i][1], s.prdc())
			}
		}
	}
	if _, err := ParseConventions("default"); err == nil {
		t.Error("default is no program")
	}
	if c, err := ParseConventions("torch-fidelity,recall=default"); err != nil || c.of(metric.NamePRDC) != "" || c.of(metric.NameKID) != torchFidelity {
		t.Errorf("%+v, %v", c, err)
	}
	if _, err := ParseConventions("two-sample-nn=default"); err == nil {
		t.Error("two-sample-nn knows no conventions")
	}
}

// The settings of each program are the settings that golden/gan_metrics2 names.
func TestProgramSettings(t *testing.T) {
	for program, want := range map[string]nearest.PRDCOptions{
		"": {K: 5}, clovaai: {K: 5}, dgmEval: {K: 5}, torchFidelity: {K: 3, Closed: true}, kynkaanniemi: {K: 3, Closed: true}, fldProgram: {K: 4, Self: true},
	} {
		if got := prdcOptions(program); got.K != want.K || got.Self != want.Self || got.Closed != want.Closed {
			t.Errorf("%q: %+v, want %+v", program, got, want)
		}
	}
	for program, want := range map[string][2]int{"": {0, 0}, torchFidelity: {100, 1000}, cleanFID: {100, 600}, dgmEval: {100, 600}, fldProgram: {100, 300}} {
		if n, rows := kidSubsets(program, 600); n != want[0] || rows != want[1] {
			t.Errorf("%q: %d subsets of %d rows, want %v", program, n, rows, want)
		}
	}
}
