package nearest

import (
	"testing"

	"repbench/eval/quality/internal/qualitytest"
	"repbench/eval/quality/metric"
)

func TestTwoSampleGolden(t *testing.T) {
	want := qualitytest.Expected(t)
	for _, set := range qualitytest.GoldenSets {
		v, err := TwoSample(t.Context(), qualitytest.GoldenView(t, set+"_train"), qualitytest.GoldenView(t, set+"_gen"), metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		qualitytest.Near(t, set+" real", v.Real, want.At(t, set, "two_sample_nn", "train_accuracy"), 1e-9)
		qualitytest.Near(t, set+" generated", v.Generated, want.At(t, set, "two_sample_nn", "generated_accuracy"), 1e-9)
		if float64(v.Rows) != want.At(t, set, "two_sample_nn", "n") {
			t.Errorf("%d rows", v.Rows)
		}
	}
}

func TestTwoSampleLimits(t *testing.T) {
	x := qualitytest.Normal(1, 100, 3, 0)
	far, err := TwoSample(t.Context(), x, qualitytest.Normal(2, 100, 3, 50), metric.Options{})
	if err != nil || far.Value() != 1 {
		t.Errorf("sets far apart: %+v, %v", far, err)
	}
	copies, err := TwoSample(t.Context(), x, x, metric.Options{})
	if err != nil || copies.Value() != 0 {
		t.Errorf("copies: %+v, %v", copies, err)
	}
	if _, err := TwoSample(t.Context(), x, x.Rows(0, 1), metric.Options{}); err == nil {
		t.Error("one row")
	}
}
