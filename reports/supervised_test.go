package reports

import (
	"slices"
	"strings"
	"testing"

	"repbench/eval/supervised"
	"repbench/internal/measure"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/internal/results"
	"repbench/reports/record"
)

// fakeSupervised is a network trained with labels of a data set; labels 0: all.
func fakeSupervised(data string, accuracy float64, labels int) record.Record {
	s := &supervised.Summary{
		LabelsPerClass: labels, Trials: 5, Steps: 2000, Batch: 128, LearningRate: 0.00123456, WeightDecay: 1.2e-5, Dropout: 0.41,
		SelectedOn: measure.ParseSelection("valid (10000 rows)"), ReportedOn: "test", NFit: 45000, NValid: 10000, NTrain: 50000, NTest: 10000,
		ValidAccuracy: accuracy + 0.01, TriedAccuracies: []float64{0.1, 0.5, 0.6, 0.2, round(accuracy + 0.01)},
		TestAccuracy: accuracy, TestCI95: wilson(accuracy, 10000), Classes: cifarClasses,
	}
	if labels > 0 {
		s.NFit, s.NTrain = 10*labels, 10*labels
	}
	r := record.Record{
		Seed: 1, Backend: "cpu", Encoder: record.Encoder{Spec: "supervised:svhn32", Architecture: "svhn32"},
		Data: record.Data{Name: data, Hash: strings.Repeat("3c", 32)}, Result: s,
		Costs: []record.Cost{{Stage: "select", Seconds: 5400}, {Stage: "fit", Seconds: 90}},
	}
	id, err := record.NewID(r, format.Itoa(labels))
	if err != nil {
		panic(err)
	}
	r.ID = id
	return r
}

// TestSupervisedInTables: a network trained with labels stands in the paper's tables
// beside features, and only where it has as many labels.
func TestSupervisedInTables(t *testing.T) {
	in := &Input{Records: []record.Record{
		fakeRecord("random:svhn32", 0.56, 3), fakeSupervised("cifar10", 0.75, 0), fakeSupervised("cifar10", 0.55, 400),
		fakeFew("random:svhn32", results.SVHN1000, 0.61, 100, 3),
		fakeSupervised("svhn", 0.70, 100), fakeSupervised("svhn", 0.80, 200), fakeSupervised("svhn", 0.95, 0),
	}}
	for _, r := range in.Records {
		if err := ready(&r); err != nil {
			t.Fatal(err)
		}
	}
	in, err := in.sorted()
	if err != nil {
		t.Fatal(err)
	}
	d := build(in, Options{})
	checkDocument(t, d)
	if got := rowOf(t, d, "Table 1", "supervised:svhn32"); got[1] != "75.00 %" || got[2] != "74.14–75.84" || got[3] != "55.00 %" || got[len(got)-1] != "measured" {
		t.Errorf("in table 1: %q", got)
	}
	var rows [][]string
	for _, s := range d.Sections {
		for _, b := range s.Blocks {
			if table, ok := b.(page.Table); ok && strings.Contains(table.Caption, "Table 2") {
				for _, r := range table.Rows {
					if strings.HasPrefix(r.Cells[0], "supervised:") {
						rows = append(rows, r.Cells)
					}
				}
			}
		}
	}
	if len(rows) != 1 || rows[0][1] != "30.00 %" || rows[0][3] != "1" || rows[0][4] != "best of 5 trials" || rows[0][5] != "valid" || rows[0][6] != "test" {
		t.Errorf("in table 2: %q", rows)
	}
	summary := rowOf(t, d, "All results", "supervised:svhn32")
	if !slices.Contains(summary, "best of 5 trials") {
		t.Errorf("in the summary: %q", summary)
	}
}

func TestSupervisedRecordIsChecked(t *testing.T) {
	for name, spoil := range map[string]func(*supervised.Summary){
		"test_accuracy":          func(s *supervised.Summary) { s.TestAccuracy = 1.5 },
		"trials is 0":            func(s *supervised.Summary) { s.Trials, s.TriedAccuracies = 0, nil },
		"2 values for 5 trials":  func(s *supervised.Summary) { s.TriedAccuracies = s.TriedAccuracies[:2] },
		"tried_valid_accuracies": func(s *supervised.Summary) { s.TriedAccuracies[3] = -1 },
		"labels_per_class":       func(s *supervised.Summary) { s.LabelsPerClass = -1 },
	} {
		r := fakeSupervised("cifar10", 0.7, 0)
		spoil(r.Result.(*supervised.Summary))
		if err := ready(&r); err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: error is %v", name, err)
		}
	}
}
