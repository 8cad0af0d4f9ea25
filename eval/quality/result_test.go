package quality

import (
	"encoding/json"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/measure"
)

func TestParseNames(t *testing.T) {
	got, err := metric.ParseNames("recall, prdc,frechet,recall")
	want := []string{metric.NameFrechet, metric.NamePrecision, metric.NameRecall, metric.NameDensity, metric.NameCoverage, metric.NameFScore}
	if err != nil || !slices.Equal(got, want) {
		t.Errorf("%v, %v; want %v", got, err, want)
	}
	for _, list := range []string{"", "kid,", "KID", "fid"} {
		if _, err := metric.ParseNames(list); !errors.Is(err, metric.ErrOptions) {
			t.Errorf("%q: error %v", list, err)
		}
	}
}

// Scripts read these keys; sd, ci95 and floor are there where they are not known, too.
func TestResultJSON(t *testing.T) {
	n := Number{Value: 2, Convention: "unbiased", Warnings: []string{}}
	b, err := json.Marshal(n)
	if want := `{"value":2,"sd":null,"ci95":null,"floor":null,"convention":"unbiased","warnings":[],"seconds":0}`; err != nil || string(b) != want {
		t.Errorf("%s, %v; want %s", b, err, want)
	}
	n.interval(0.5)
	if n.CI95[0] != 2-1.96*0.5 || n.CI95[1] != 2+1.96*0.5 || *n.SD != 0.5 {
		t.Errorf("%v ± %v: %v", n.Value, *n.SD, *n.CI95)
	}
}

func TestMeasurements(t *testing.T) {
	r := &Result{GeneratedRows: 7, Metrics: map[string]Number{metric.NameRecall: {Value: 0.5}, metric.NameFrechet: {Value: 3}, metric.NameVendi: {Value: 9}}}
	var got []string
	for _, m := range r.Measurements() {
		if err := m.Check(); err != nil {
			t.Error(err)
		}
		got = append(got, m.Name+" "+string(m.Better))
	}
	if want := []string{"frechet lower", "recall higher", "vendi "}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	if metric.Better("kid") != measure.Lower || metric.Better("nonsense") != "" {
		t.Error("directions of kid or of an unknown name")
	}
}

func TestCheckFinite(t *testing.T) {
	x := matrix.View{Data: make([]float32, 200*3), N: 200, D: 3}
	if err := metric.CheckFinite("real", x, 2); err != nil {
		t.Error(err)
	}
	x.Data[70*3+2], x.Data[150*3] = float32(math.Inf(-1)), float32(math.NaN())
	err := metric.CheckFinite("generated", x, 2)
	if !errors.Is(err, matrix.ErrNotFinite) || !strings.Contains(err.Error(), "the generated set holds -Inf in row 70, column 2") {
		t.Errorf("error %v", err)
	}
}
