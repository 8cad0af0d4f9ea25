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
	if len(rs) != 2 || fewShotOf(rs[0]).LabelsPerClass != 2 || fewShotOf(rs[1]).LabelsPerClass != 10 {
		t.Fatalf("%d records, want one for 2 and one for 10 labels", len(rs))
	}
	r := rs[1]
	if r.Kind() != "few-shot" || r.Seed != 4 || r.Data.Hash != "h" || r.Encoder.Spec != "pixels" || rs[0].ID == r.ID {
		t.Errorf("record %+v", r)
	}
	if fewShotOf(r).Mean < 0.8 || !strings.Contains(fewShotOf(r).SelectedOn.String(), "of each class of train") || !slices.Equal(fewShotOf(r).Classes, []string{"red", "green", "blue"}) {
		t.Errorf("result %+v", fewShotOf(r))
	}
	if got := stages(r.Costs); got != "extract select fit report" {
		t.Errorf("costs of %q", got)
	}
	again, err := all(t, f, o)
	if err != nil || again[1].ID != r.ID || !slices.Equal(fewShotOf(again[1]).Accuracies, fewShotOf(r).Accuracies) {
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
	if r := fewShotOf(rs[0]); !strings.HasPrefix(r.SelectedOn.String(), "valid (90 rows") || r.NTrain != 90 || len(r.Grid) != 7 {
		t.Errorf("selected on %q from %d rows at %d costs", r.SelectedOn.String(), r.NTrain, len(r.Grid))
	}
	one, err := all(t, f, FewShot{FewShotOptions: eval.FewShotOptions{Draws: 2, C: []float64{fewShotOf(rs[0]).C}}, LabelCounts: []int{3}})
	if err != nil {
		t.Fatal(err)
	}
	if r := fewShotOf(one[0]); r.NTrain != 90 || r.NSetAside != 0 || !slices.Equal(r.Accuracies, fewShotOf(rs[0]).Accuracies) {
		t.Errorf("with one C %v of %d rows, with several %v", r.Accuracies, r.NTrain, fewShotOf(rs[0]).Accuracies)
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
