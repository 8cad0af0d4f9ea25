package quality

import "testing"

func TestTwoSampleGolden(t *testing.T) {
	want := expected(t)
	for _, set := range goldenSets {
		v, err := NearestTwoSample(t.Context(), goldenView(t, set+"_train"), goldenView(t, set+"_gen"), Options{})
		if err != nil {
			t.Fatal(err)
		}
		near(t, set+" real", v.Real, want.at(t, set, "two_sample_nn", "train_accuracy"), 1e-9)
		near(t, set+" generated", v.Generated, want.at(t, set, "two_sample_nn", "generated_accuracy"), 1e-9)
		if float64(v.Rows) != want.at(t, set, "two_sample_nn", "n") {
			t.Errorf("%d rows", v.Rows)
		}
	}
}

func TestTwoSampleLimits(t *testing.T) {
	x := normal(1, 100, 3, 0)
	far, err := NearestTwoSample(t.Context(), x, normal(2, 100, 3, 50), Options{})
	if err != nil || far.Value() != 1 {
		t.Errorf("sets far apart: %+v, %v", far, err)
	}
	copies, err := NearestTwoSample(t.Context(), x, x, Options{})
	if err != nil || copies.Value() != 0 {
		t.Errorf("copies: %+v, %v", copies, err)
	}
	if _, err := NearestTwoSample(t.Context(), x, x.Rows(0, 1), Options{}); err == nil {
		t.Error("one row")
	}
}
