package quality

import (
	"math"
	"strings"
	"testing"

	"repbench/features/matrix"
)

func TestClassifierScoreGolden(t *testing.T) {
	want, logits := expected(t), goldenView(t, "classifier_logits")
	for key, s := range map[string]ScoreOptions{"torch_fidelity_10_splits": {Splits: 10}, "dgm_eval_10_splits": {Splits: 10, Whole: true}} {
		v, err := ClassifierScore(t.Context(), logits, s, Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := want.list(t, "classifier_score", key)
		near(t, key, v.Value, w[0], 1e-9)
		near(t, key+" sd", v.SD(), w[1], 1e-9)
	}
	v, err := ClassifierScore(t.Context(), logits, ScoreOptions{}, Options{})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "one split", v.Value, want.at(t, "classifier_score", "one_split"), 1e-9)
	if v.SD() != 0 {
		t.Errorf("sd of one part: %g", v.SD())
	}
}

// Rows that are sure of K classes in equal numbers: K. Rows alike: 1, also where a
// probability is 0 in float64.
func TestClassifierScoreClosedForm(t *testing.T) {
	sure := matrix.View{Data: make([]float32, 40*4), N: 40, D: 4}
	for i := range sure.N {
		sure.Data[i*4+i%4] = 2000
	}
	alike := sure.Subset(make([]int32, 40))
	for want, x := range map[float64]matrix.View{4: sure, 1: alike} {
		v, err := ClassifierScore(t.Context(), x, ScoreOptions{}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "score", v.Value, want, 1e-12)
	}
	labels := make([]int32, 40)
	for i := range labels {
		labels[i] = int32(i % 4)
	}
	labels[0] = 2
	if a, err := LogitAccuracy(sure, labels); err != nil || a != 39.0/40 {
		t.Errorf("accuracy %g, %v", a, err)
	}
}

func TestClassifierScoreErrors(t *testing.T) {
	x := normal(1, 5, 3, 0)
	if _, err := ClassifierScore(t.Context(), x, ScoreOptions{Splits: 10}, Options{}); err == nil || !strings.Contains(err.Error(), "10 parts of 5 rows") {
		t.Errorf("error %v", err)
	}
	x.Data[4] = float32(math.Inf(1))
	if _, err := ClassifierScore(t.Context(), x, ScoreOptions{}, Options{}); err == nil || !strings.Contains(err.Error(), "row 1, column 1") {
		t.Errorf("error %v", err)
	}
	for want, labels := range map[string][]int32{"2 labels for 5 rows": {0, 1}, "row 3 has the label 3": {0, 1, 2, 3, 0}} {
		if _, err := LogitAccuracy(x, labels); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
