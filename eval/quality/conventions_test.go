package quality

import (
	"errors"
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

// The settings of each program are those that golden/gan_metrics2 names.
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
