package eval

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// TestForeignLabels: labels from anywhere may be anything; nothing is sized by
// them before they are known to be 0 … K-1.
func TestForeignLabels(t *testing.T) {
	p := matrixtest.Blobs(10, 3, 2, 1, 80)
	for _, c := range []struct {
		name        string
		train, test []int32
		says        []string
	}{
		{"no class", []int32{0, 1, 0, -1, 0, 1, 0, 1}, nil, []string{"row 3 has -1", "y[y >= 0]"}},
		{"huge", []int32{0, 1, 0, math.MaxInt32, 0, 1, 0, 1}, nil, []string{"3 values up to 2147483647", "np.unique(y, return_inverse=True)[1]"}},
		{"gap", []int32{0, 2, 3, 0, 2, 3, 0, 2}, nil, []string{"3 values up to 3", "np.unique(y, return_inverse=True)[1]"}},
		{"from 1", []int32{1, 2, 3, 1, 2, 3, 1, 2}, nil, []string{"these are 1 … 3: use y - 1"}},
		{"other in test", []int32{0, 1, 0, 1, 0, 1, 0, 1}, []int32{0, 5}, []string{"test split: label 5 of row 1, with 2 classes", "np.searchsorted"}},
		{"test from 1", []int32{0, 1, 0, 1, 0, 1, 0, 1}, []int32{1, 2}, []string{"test split: label 2 of row 1, with 2 classes", "use y - 1"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.test == nil {
				c.test = []int32{0, 1}
			}
			train, test := ForFitting(matrix.Labelled{X: p.X.Rows(0, 8), Y: c.train}), ForReport(matrix.Labelled{X: p.X.Rows(8, 10), Y: c.test})
			_, err := Linear(context.Background(), LinearOptions{Train: train, Test: test})
			matrixtest.WantError(t, err, matrix.ErrLabel, c.says...)
			_, err = FewShot(context.Background(), FewShotOptions{Train: train, Test: test, Labels: 1, C: []float64{1}})
			matrixtest.WantError(t, err, matrix.ErrLabel, c.says...)
		})
	}
}

// lone is the task with one row of class 3 alone.
func lone() (train FitSplit, test ReportSplit) {
	train, test = task()
	y := slices.Clone(train.fit.Y)
	seen := false
	for i, k := range y {
		if k == 3 && seen {
			y[i] = 0
		}
		seen = seen || k == 3
	}
	return ForFitting(matrix.Labelled{X: train.fit.X, Y: y}), test
}

// TestLoneRow: the only row of a class is fitted on at every step of a choice.
func TestLoneRow(t *testing.T) {
	train, test := lone()
	row := int32(slices.Index(train.fit.Y, 3))
	rest, held := holdOut(train.fit.Y, 0.1, 1)
	partition(t, train.fit.X.N, rest, held)
	if !slices.Contains(rest, row) {
		t.Errorf("row %d is held out", row)
	}
	for i, f := range train.Folds(5, 1) {
		if !slices.Contains(f.Fit.fit.Y, 3) || slices.Contains(f.Held.selection.Y, 3) {
			t.Errorf("the row of class 3 is not among those to fit on outside fold %d", i)
		}
	}
	for _, on := range []Selection{SelectValid, SelectCV} {
		r := evalLinear(t, LinearOptions{Train: train, Test: test, C: []float64{1e-3, 1e-2, 1e-1}, SelectOn: on, Classes: []string{"a", "b", "c", "d"}})
		if !strings.Contains(strings.Join(r.Warnings, "\n"), "class 3 (d) has one row, which stays in the fit: C is chosen on rows of the other classes") {
			t.Errorf("%s: warnings %q", on, r.Warnings)
		}
		rows := train.fit.X.N - 1
		if on == SelectValid {
			_, held := train.HoldOut(0.1, 0)
			rows = held.selection.X.N
		}
		if g := r.Grid[0]; g.CI95 != Wilson(int(math.Round(g.Accuracy*float64(rows))), rows) {
			t.Errorf("%s: %+v is not over %d rows", on, g, rows)
		}
	}
	if r := evalLinear(t, LinearOptions{Train: train, Test: test, C: []float64{1}}); len(r.Warnings) != 0 {
		t.Errorf("nothing was chosen: warnings %q", r.Warnings)
	}
	y := slices.Clone(train.fit.Y)
	y[slices.Index(y, 2)] = 4
	if w := ForFitting(matrix.Labelled{X: train.fit.X, Y: y}).LoneRows([]string{"a", "b", "c", "d", "e"}, "k"); len(w) != 1 || !strings.Contains(w[0], "2 classes have one row each, the first is 3 (d)") {
		t.Errorf("warnings %q", w)
	}
}

// TestTooFewRows: the error of few-shot draws says where the rows are and the ways
// out.
func TestTooFewRows(t *testing.T) {
	p := matrixtest.Blobs(120, 4, 2, 1, 81)
	y := make([]int32, 100)
	for i := range y {
		y[i] = int32(i % 2)
	}
	train, test := ForFitting(matrix.Labelled{X: p.X.Rows(0, 100), Y: y}), ForReport(matrix.Labelled{X: p.X.Rows(100, 120), Y: y[:20]})
	few, fewTest := lone()
	for _, c := range []struct {
		name string
		o    FewShotOptions
		says []string
	}{
		{"several C", FewShotOptions{Labels: 50, C: []float64{1, 2}}, []string{"class 0 (0) has 45 rows to draw 50 labels from, of 50 in the train split; 5 are held out to choose C", "at most 45 labels", "give a validation split", "--hold-out 0"}},
		{"one C", FewShotOptions{Labels: 50, C: []float64{1}}, []string{"45 rows to draw 50 labels from, of 50 in the train split; 5 are held out", "--hold-out 0"}},
		{"more than there are", FewShotOptions{Labels: 60, C: []float64{1}}, []string{"of 50 in the train split", "at most 45 labels or leave the class out"}},
		{"all rows", FewShotOptions{Labels: 60, C: []float64{1}, HoldOut: new(0.0)}, []string{"50 rows to draw 60 labels from, all of the train split: draw at most 50"}},
		{"one row", FewShotOptions{Labels: 2, C: []float64{1, 2}, Train: few, Test: fewTest}, []string{"class 3 (3) has 1 row to draw 2 labels from", "leave the class out"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			if c.o.Labels != 2 {
				c.o.Train, c.o.Test = train, test
			}
			_, err := FewShot(context.Background(), c.o)
			matrixtest.WantError(t, err, matrix.ErrClassAbsent, c.says...)
		})
	}
}

// TestEqualDraws: an interval over draws that are all equal comes with a warning.
func TestEqualDraws(t *testing.T) {
	p := matrixtest.Blobs(60, 4, 2, 1, 82)
	y := make([]int32, 60)
	for i := range y {
		y[i] = int32(i % 2)
	}
	train, test := ForFitting(matrix.Labelled{X: p.X.Rows(0, 40), Y: y[:40]}), ForReport(matrix.Labelled{X: p.X.Rows(40, 60), Y: y[40:]})
	o := FewShotOptions{Train: train, Test: test, Labels: 20, Draws: 3, C: []float64{1}, HoldOut: new(0.0)}
	r := fewShotResult(t, o)
	if r.CI95[0] != r.CI95[1] || len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "all 3 draws are the same rows") || !strings.Contains(r.Warnings[0], "says nothing") {
		t.Errorf("interval %v, warnings %q", r.CI95, r.Warnings)
	}
	o.Labels = 5
	if r = fewShotResult(t, o); strings.Contains(strings.Join(r.Warnings, "\n"), "same rows") {
		t.Errorf("5 of 20: warnings %q", r.Warnings)
	}
	if w := o.sameAccuracy(train, "all layers", []float64{0.8, 0.8}); !strings.Contains(w, "all 2 draws have the same accuracy") {
		t.Errorf("warning %q", w)
	}
	if w := o.sameAccuracy(train, "all layers", []float64{0.8, 0.7}); w != "" {
		t.Errorf("warning %q", w)
	}
}

// TestFewShotLoneRow: the only row of a class is drawn while C is chosen.
func TestFewShotLoneRow(t *testing.T) {
	train, test := lone()
	r := fewShotResult(t, FewShotOptions{Train: train, Test: test, Labels: 1, Draws: 2, SelectDraws: 2, C: []float64{1e-2, 1e-1, 1}})
	if !strings.Contains(strings.Join(r.Warnings, "\n"), "class 3 (3) has one row, which stays in the fit: C is chosen on rows of the other classes") {
		t.Errorf("warnings %q", r.Warnings)
	}
}
