package classifier

import (
	"math"
	"strings"
	"testing"

	"repbench/eval/quality/internal/qualitytest"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
)

func TestClassifierScoreGolden(t *testing.T) {
	want, logits := qualitytest.Expected(t), qualitytest.GoldenView(t, "classifier_logits")
	for key, s := range map[string]ScoreOptions{"torch_fidelity_10_splits": {Splits: 10}, "dgm_eval_10_splits": {Splits: 10, Whole: true}} {
		v, err := Score(t.Context(), logits, s, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := want.List(t, "classifier_score", key)
		qualitytest.Near(t, key, v.Value, w[0], 1e-9)
		qualitytest.Near(t, key+" sd", v.SD(), w[1], 1e-9)
	}
	v, err := Score(t.Context(), logits, ScoreOptions{}, metric.Options{})
	if err != nil {
		t.Fatal(err)
	}
	qualitytest.Near(t, "one split", v.Value, want.At(t, "classifier_score", "one_split"), 1e-9)
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
		v, err := Score(t.Context(), x, ScoreOptions{}, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		qualitytest.Near(t, "score", v.Value, want, 1e-12)
	}
	labels := make([]int32, 40)
	for i := range labels {
		labels[i] = int32(i % 4)
	}
	labels[0] = 2
	if a, err := Accuracy(sure, labels); err != nil || a != 39.0/40 {
		t.Errorf("accuracy %g, %v", a, err)
	}
}

func TestClassifierScoreErrors(t *testing.T) {
	x := qualitytest.Normal(1, 5, 3, 0)
	if _, err := Score(t.Context(), x, ScoreOptions{Splits: 10}, metric.Options{}); err == nil || !strings.Contains(err.Error(), "10 parts of 5 rows") {
		t.Errorf("error %v", err)
	}
	x.Data[4] = float32(math.Inf(1))
	if _, err := Score(t.Context(), x, ScoreOptions{}, metric.Options{}); err == nil || !strings.Contains(err.Error(), "row 1, column 1") {
		t.Errorf("error %v", err)
	}
	for want, labels := range map[string][]int32{"2 labels for 5 rows": {0, 1}, "row 3 has the label 3": {0, 1, 2, 3, 0}} {
		if _, err := Accuracy(x, labels); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
