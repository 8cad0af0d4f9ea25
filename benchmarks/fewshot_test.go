package benchmarks

import (
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/features"
	"repbench/reports/record"
)

func TestFewShot(t *testing.T) {
	f := folder(t, threeWays("train", "test"), features.Options{})
	o := FewShot{FewShotOptions: eval.FewShotOptions{Draws: 3, SelectDraws: 2, C: []float64{1e-3, 1e-2}, Seed: 4}, LabelCounts: []int{2, 10}}
	rs, err := all(t, f, o)
	if err != nil {
		t.Fatal(err)
	}
	if len(rs) != 2 || rs[0].FewShot.LabelsPerClass != 2 || rs[1].FewShot.LabelsPerClass != 10 {
		t.Fatalf("%d records, want one for 2 and one for 10 labels", len(rs))
	}
	r := rs[1]
	if r.Kind != record.FewShot || r.Seed != 4 || r.Data.Hash != "h" || r.Encoder.Spec != "pixels" || rs[0].ID == r.ID {
		t.Errorf("record %+v", r)
	}
	if r.FewShot.Mean < 0.8 || !strings.Contains(r.FewShot.SelectedOn, "of each class of train") || !slices.Equal(r.FewShot.Classes, []string{"red", "green", "blue"}) {
		t.Errorf("result %+v", r.FewShot)
	}
	if got := stages(r.Costs); got != "extract select fit report" {
		t.Errorf("costs of %q", got)
	}
	again, err := all(t, f, o)
	if err != nil || again[1].ID != r.ID || !slices.Equal(again[1].FewShot.Accuracies, r.FewShot.Accuracies) {
		t.Errorf("the same work gives another record, error %v", err)
	}
	if err := record.Add(filepath.Join(t.TempDir(), "records.jsonl"), *r); err != nil {
		t.Error(err)
	}
}

func TestFewShotValidation(t *testing.T) {
	f := folder(t, threeWays("train", "valid", "test"), features.Options{})
	rs, err := all(t, f, FewShot{FewShotOptions: eval.FewShotOptions{Draws: 2, SelectDraws: 2}, LabelCounts: []int{3}})
	if err != nil {
		t.Fatal(err)
	}
	if r := rs[0].FewShot; !strings.HasPrefix(r.SelectedOn, "valid (90 rows") || r.NTrain != 90 || len(r.Grid) != 7 {
		t.Errorf("selected on %q from %d rows at %d costs", r.SelectedOn, r.NTrain, len(r.Grid))
	}
	one, err := all(t, f, FewShot{FewShotOptions: eval.FewShotOptions{Draws: 2, C: []float64{rs[0].FewShot.C}}, LabelCounts: []int{3}})
	if err != nil {
		t.Fatal(err)
	}
	if r := one[0].FewShot; r.NTrain != 90 || r.NSetAside != 0 || !slices.Equal(r.Accuracies, rs[0].FewShot.Accuracies) {
		t.Errorf("with one C %v of %d rows, with several %v", r.Accuracies, r.NTrain, rs[0].FewShot.Accuracies)
	}
	_, err = all(t, f, FewShot{FewShotOptions: eval.FewShotOptions{C: []float64{1}}, LabelCounts: []int{31}})
	if err == nil || !strings.Contains(err.Error(), f.Dir) || !strings.Contains(err.Error(), "(red)") {
		t.Errorf("31 labels of 30 rows: error %v", err)
	}
	_, err = all(t, folder(t, threeWays("train"), features.Options{}), FewShot{FewShotOptions: eval.FewShotOptions{Protocol: eval.CIFAR400}})
	if err == nil || !strings.Contains(err.Error(), `no split "test"`) {
		t.Errorf("no test split: error %v", err)
	}
}

// stages joins the names of costs.
func stages(costs []record.Cost) string {
	var names []string
	for _, c := range costs {
		names = append(names, c.Stage)
	}
	return strings.Join(names, " ")
}
