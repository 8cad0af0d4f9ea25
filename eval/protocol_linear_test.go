package eval

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/eval/linear"
	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// task returns the two splits of a problem with 30 features, of which the first
// 20 are worth something.
func task() (train FitSplit, test ReportSplit) {
	p := matrixtest.Blobs(600, 30, 4, 1.5, 60)
	noise := matrixtest.Blobs(600, 10, 1, 1, 61)
	for i := range 600 {
		copy(p.X.Data[i*30+20:(i+1)*30], noise.X.Data[i*10:])
	}
	return ForFitting(matrix.Labelled{X: p.X.Rows(0, 400), Y: p.Y[:400]}), ForReport(matrix.Labelled{X: p.X.Rows(400, 600), Y: p.Y[400:]})
}

func evalLinear(t *testing.T, o LinearOptions) *LinearResult {
	t.Helper()
	r, err := Linear(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestLinear(t *testing.T) {
	train, test := task()
	layers := []Layer{{"low", 0, 20}, {"noise", 20, 30}}
	r := evalLinear(t, LinearOptions{Train: train, Test: test, C: []float64{0.01}, Layers: layers, Classes: []string{"a", "b", "c", "d"}})
	if r.SelectedOn.String() != "none (fixed C)" || r.ReportedOn != "test" || r.C != 0.01 || len(r.Grid) != 0 {
		t.Errorf("selected on %q, reported on %q, C %v, grid %v", r.SelectedOn, r.ReportedOn, r.C, r.Grid)
	}
	fits, err := linear.FitSVM(context.Background(), train.fit.X, train.fit.Y, 4, linear.Options{C: []float64{0.01}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Objective != fits[0].Objective || r.DualityGap != fits[0].DualityGap || !r.Converged {
		t.Errorf("objective %v, of the same fit %v", r.Objective, fits[0].Objective)
	}
	share, correct := Accuracy(r.Predicted, test.report.Y)
	if r.TestAccuracy != share || r.TestCI95 != Wilson(correct, 200) {
		t.Errorf("test accuracy %v %v, want %v", r.TestAccuracy, r.TestCI95, share)
	}
	total := 0
	for _, row := range r.Confusion {
		for _, n := range row {
			total += n
		}
	}
	if total != 200 || r.NTest != 200 || r.NTrain != 400 || r.Dim != 30 {
		t.Errorf("%d rows in the confusion, %d train, %d test, %d columns", total, r.NTrain, r.NTest, r.Dim)
	}
	if len(r.Layers) != 2 || r.Layers[0].Columns != [2]int{0, 20} || r.Layers[1].Dim != 10 {
		t.Fatalf("layers %+v", r.Layers)
	}
	// The noise layer knows nothing of the four classes.
	if low, noise := r.Layers[0].TestAccuracy, r.Layers[1].TestCI95; low < 0.6 || noise[0] > 0.25 || noise[1] < 0.25 {
		t.Errorf("accuracy of the good layer %v, interval of the noise %v", low, noise)
	}
	if r.PeakRSSBytes <= 0 || r.FitSeconds <= 0 {
		t.Errorf("peak %d bytes, %v s", r.PeakRSSBytes, r.FitSeconds)
	}
}

// TestLayerAlone: a layer scores what its columns score as a matrix of their own.
func TestLayerAlone(t *testing.T) {
	train, test := task()
	r := evalLinear(t, LinearOptions{Train: train, Test: test, Layers: []Layer{{"middle", 5, 12}}})
	own := evalLinear(t, LinearOptions{Train: ForFitting(matrix.Labelled{X: matrixtest.Copied(train.fit.X.Cols(5, 12)), Y: train.fit.Y}), Test: ForReport(matrix.Labelled{X: matrixtest.Copied(test.report.X.Cols(5, 12)), Y: test.report.Y})})
	if l := r.Layers[0]; l.Objective != own.Objective || l.TestAccuracy != own.TestAccuracy || l.TrainAccuracy != own.TrainAccuracy {
		t.Errorf("layer %+v, alone %+v", l.LinearScore, own.LinearScore)
	}
}

func TestLinearSelects(t *testing.T) {
	train, test := task()
	valid := ForSelection(matrix.Labelled{X: train.fit.X.Rows(300, 400), Y: train.fit.Y[300:]})
	part := ForFitting(matrix.Labelled{X: train.fit.X.Rows(0, 300), Y: train.fit.Y[:300]})
	grid := []float64{1e-2, 1e-6, 1e-4, 1} // any order
	cases := []struct {
		name, on string
		o        LinearOptions
		rows     int // that C is chosen on (a quarter of each class, rounded, is 101)
	}{
		{"held out", "valid (0.1 of each class of train, seed 7)", LinearOptions{Train: train, Seed: 7}, 40},
		{"larger share", "valid (0.25 of each class of train, seed 0)", LinearOptions{Train: train, HoldOut: 0.25}, 101},
		{"given split", "valid (100 rows)", LinearOptions{Train: part, Valid: valid}, 100},
		{"folds", "cv (3 folds of train, seed 0)", LinearOptions{Train: train, SelectOn: SelectCV, Folds: 3}, 400},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			c.o.Test, c.o.C = test, grid
			r := evalLinear(t, c.o)
			if r.SelectedOn.String() != c.on {
				t.Errorf("selected on %q, want %q", r.SelectedOn, c.on)
			}
			best := slices.MaxFunc(r.Grid, func(a, b GridPoint) int { // the first of equals
				if a.Accuracy == b.Accuracy {
					return 0
				}
				return int(math.Copysign(1, a.Accuracy-b.Accuracy))
			})
			if len(r.Grid) != 4 || !slices.IsSortedFunc(r.Grid, func(a, b GridPoint) int { return int(math.Copysign(1, a.C-b.C)) }) {
				t.Errorf("grid %v", r.Grid)
			}
			if r.C != best.C {
				t.Errorf("chose %v, best is %v", r.C, best)
			}
			for _, g := range r.Grid {
				correct := g.Accuracy * float64(c.rows)
				if math.Abs(correct-math.Round(correct)) > 1e-9 || g.CI95 != Wilson(int(math.Round(correct)), c.rows) {
					t.Errorf("accuracy %v at C = %v is not over %d rows", g.Accuracy, g.C, c.rows)
				}
			}
			// The last fit is that of the chosen C alone, on all training rows.
			c.o.C = []float64{r.C}
			if alone := evalLinear(t, c.o); alone.Objective != r.Objective || alone.TestAccuracy != r.TestAccuracy {
				t.Errorf("objective %v, at this C alone %v", r.Objective, alone.Objective)
			}
		})
	}
}

// TestSelectionIgnoresTest: other test labels change nothing but what is reported.
func TestSelectionIgnoresTest(t *testing.T) {
	train, test := task()
	o := LinearOptions{Train: train, Test: test, C: []float64{1e-5, 1e-3, 1e-1}}
	a := evalLinear(t, o)
	other := matrix.Labelled{X: test.report.X, Y: slices.Clone(test.report.Y)}
	for i := range other.Y {
		other.Y[i] = (other.Y[i] + 1) % 4
	}
	o.Test = ForReport(other)
	b := evalLinear(t, o)
	if a.C != b.C || !slices.Equal(a.Grid, b.Grid) || a.Objective != b.Objective || !slices.Equal(a.Predicted, b.Predicted) {
		t.Error("the fit depends on the labels of the test split")
	}
	if a.TestAccuracy == b.TestAccuracy {
		t.Error("the reported accuracy does not depend on the labels of the test split")
	}
}

func TestLinearWarnings(t *testing.T) {
	train, test := task()
	r := evalLinear(t, LinearOptions{Train: train, Test: test, C: []float64{1e-9, 1e-8}})
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "at the end of the list") {
		t.Errorf("warnings %q", r.Warnings)
	}
	r = evalLinear(t, LinearOptions{Train: train, Test: test, C: []float64{1}, MaxIterations: 1, Layers: []Layer{{"low", 0, 20}}})
	if r.Converged || r.Layers[0].Converged || !strings.Contains(strings.Join(r.Warnings, "\n"), "low: 4 of 4 classes did not converge at C = 1; the worst is class ") {
		t.Errorf("converged %v, warnings %q", r.Converged, r.Warnings)
	}
	if len(r.Warnings) != 2 {
		t.Errorf("%d warnings for all layers and one, want one for each", len(r.Warnings))
	}
	named := LinearOptions{Classes: []string{"cat", "1", "dog"}}
	for worst, want := range []string{` (class 0 is "cat")`, "", ` (class 2 is "dog")`} {
		if got := named.worstName(fmt.Errorf("fit: %w", &linear.NotConverged{Worst: worst})); got != want {
			t.Errorf("class %d is named %q, want %q", worst, got, want)
		}
	}
}

func TestLinearErrors(t *testing.T) {
	train, test := task()
	fit, report := train.fit, test.report
	names := []string{"a", "b", "c", "d"}
	cases := []struct {
		name   string
		o      LinearOptions
		target error
		says   []string
	}{
		{"test is train", LinearOptions{Train: train, Test: ForReport(fit)}, nil, []string{"row 0 of the test split is row 0 of the train split"}},
		{"valid is test", LinearOptions{Train: train, Test: test, Valid: ForSelection(report)}, nil, []string{"of the valid split", "of the test split"}},
		{"valid within train", LinearOptions{Train: train, Test: test, Valid: ForSelection(matrix.Labelled{X: fit.X.Rows(9, 10), Y: fit.Y[9:10]})}, nil, []string{"row 0 of the valid split is row 9 of the train split"}},
		{"no test", LinearOptions{Train: train}, matrix.ErrShape, []string{"test split: no rows"}},
		{"no train", LinearOptions{Test: test}, matrix.ErrShape, []string{"train split: no rows"}},
		{"columns differ", LinearOptions{Train: train, Test: test.Cols(0, 3)}, matrix.ErrShape, []string{"test split has 3 features a row, train split 30"}},
		{"test label", LinearOptions{Train: train, Test: ForReport(matrix.Labelled{X: report.X.Rows(0, 1), Y: []int32{9}})}, matrix.ErrLabel, []string{"test split: label 9 of row 0, with 4 classes"}},
		{"too few names", LinearOptions{Train: train, Test: test, Classes: names[:2]}, matrix.ErrLabel, []string{"train split: label"}},
		{"class absent", LinearOptions{Train: train, Test: test, Classes: append(names, "owl")}, matrix.ErrClassAbsent, []string{"class 4 (owl)", "train split"}},
		{"nothing to hold out", LinearOptions{Train: ForFitting(matrix.Labelled{X: fit.X.Rows(0, 4), Y: []int32{0, 1, 2, 3}}), Test: test, C: []float64{1, 2}}, matrix.ErrShape, []string{"no class has a second row", "give one C, a validation split"}},
		{"nothing to fold", LinearOptions{Train: ForFitting(matrix.Labelled{X: fit.X.Rows(0, 4), Y: []int32{0, 1, 2, 3}}), Test: test, C: []float64{1, 2}, SelectOn: SelectCV}, matrix.ErrShape, []string{"no class has a second row"}},
		{"layer beyond", LinearOptions{Train: train, Test: test, Layers: []Layer{{"top", 20, 31}}}, nil, []string{"layer top: columns [20, 31) of 30"}},
		{"empty layer", LinearOptions{Train: train, Test: test, Layers: []Layer{{"top", 20, 20}}}, nil, []string{"layer top"}},
		{"C twice", LinearOptions{Train: train, Test: test, C: []float64{1, 1}}, nil, []string{"C = 1 after 1"}},
		{"hold-out", LinearOptions{Train: train, Test: test, HoldOut: 1}, nil, []string{"a held-out share of 1: the share of each class lies between 0 and 1"}},
		{"folds", LinearOptions{Train: train, Test: test, Folds: 1}, nil, []string{"1 folds: cross-validation needs at least 2"}},
		{"selection", LinearOptions{Train: train, Test: test, SelectOn: 7}, nil, []string{"selection 7: choose valid or cv"}},
		{"folds and split", LinearOptions{Train: train, Test: test, Valid: ForSelection(fit), SelectOn: SelectCV}, nil, []string{"choose one"}},
		{"no layer to choose", LinearOptions{Train: train, Test: test, SelectLayer: true}, nil, []string{"without layers to choose from"}},
		{"NaN in test", LinearOptions{Train: train, Test: ForReport(spoiled(report, 0, 0, math.NaN()))}, matrix.ErrNotFinite, []string{"test split", "feature 0 of row 0 is NaN"}},
		{"infinite in train", LinearOptions{Train: ForFitting(spoiled(fit, 399, 29, math.Inf(1))), Test: test}, matrix.ErrNotFinite, []string{"all layers", "feature 29 of row 399 is +Inf"}},
		// Rows of a part keep the number that they have in the file.
		{"NaN in a fold", LinearOptions{Train: ForFitting(spoiled(fit, 123, 4, math.NaN())), Test: test, C: []float64{1, 2}, SelectOn: SelectCV}, matrix.ErrNotFinite, []string{"fold", "feature 4 of row 123 is NaN"}},
		{"NaN in valid", LinearOptions{Train: ForFitting(matrix.Labelled{X: fit.X.Rows(0, 300), Y: fit.Y[:300]}), Test: test, C: []float64{1, 2}, Valid: ForSelection(spoiled(matrix.Labelled{X: fit.X.Rows(300, 400), Y: fit.Y[300:]}, 7, 2, math.NaN()))},
			matrix.ErrNotFinite, []string{"rows to choose on", "feature 2 of row 7 is NaN"}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := Linear(context.Background(), c.o)
			matrixtest.WantError(t, err, c.target, c.says...)
		})
	}
}

// spoiled is a copy with v at one place.
func spoiled(s matrix.Labelled, row, column int, v float64) matrix.Labelled {
	s.X = matrixtest.Copied(s.X)
	s.X.Data[row*s.X.D+column] = float32(v)
	return s
}

func TestParseSelection(t *testing.T) {
	for _, s := range []Selection{SelectValid, SelectCV} {
		if got, err := ParseSelection(s.String()); err != nil || got != s {
			t.Errorf("%s: %v, %v", s, got, err)
		}
	}
	_, err := ParseSelection("test")
	matrixtest.WantError(t, err, nil, `"test"`, "never the test split")
}

// TestLinearJSON checks the names that scripts rely on.
func TestLinearJSON(t *testing.T) {
	train, test := task()
	r := evalLinear(t, LinearOptions{Train: train, Test: test, C: []float64{0.01, 0.1}, Layers: []Layer{{"low", 0, 20}}})
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(data, &got); err != nil {
		t.Fatal(err)
	}
	names := []string{"protocol", "C", "train_accuracy", "test_accuracy", "test_accuracy_ci95", "objective", "objective_per_class", "test_mean_class_accuracy", "test_mean_class_accuracy_ci95",
		"classifier", "selected_on", "reported_on", "fit_seconds", "peak_rss_bytes", "warnings", "grid", "layers", "confusion", "classes",
		"n_train", "n_test", "mistakes", "dim", "seed", "iterations", "duality_gap", "converged", "select_seconds", "products"}
	for _, n := range names {
		if _, ok := got[n]; !ok {
			t.Errorf("no %q in %s", n, data)
		}
		delete(got, n)
	}
	if len(got) > 0 {
		t.Errorf("also %v", got)
	}
	if !strings.Contains(string(data), `"warnings":[`) || !strings.Contains(string(data), `"test_accuracy_ci95":[0.`) {
		t.Errorf("warnings or interval is not a list: %s", data)
	}
}

// TestSelectLayer: the result is that of the columns of best validation
// accuracy, whatever the test split says of the others.
func TestSelectLayer(t *testing.T) {
	train, test := task()
	layers := []Layer{{"noise", 20, 30}, {"low", 0, 20}}
	for _, c := range []struct {
		name string
		o    LinearOptions
		on   string
	}{
		{"one C, held out", LinearOptions{C: []float64{0.01}}, "valid (0.1 of each class of train, seed 5), layer and C"},
		{"grid, folds", LinearOptions{C: []float64{1e-6, 0.01}, SelectOn: SelectCV, Folds: 3}, "cv (3 folds of train, seed 5), layer and C"},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.o.Train, c.o.Test, c.o.Layers, c.o.SelectLayer, c.o.Seed = train, test, layers, true, 5
			r := evalLinear(t, c.o)
			if r.SelectedOn.String() != c.on || len(r.Layers) != 3 || r.Layers[0].Name != "all layers" {
				t.Fatalf("selected on %q, layers %+v", r.SelectedOn, r.Layers)
			}
			best := r.Layers[0]
			for _, l := range r.Layers {
				if top(l) > top(best) || top(l) == top(best) && l.Dim < best.Dim {
					best = l
				}
			}
			if r.Layer != best.Name || r.TestAccuracy != best.TestAccuracy || r.C != best.C || r.Dim != best.Dim || r.Model.D != best.Dim {
				t.Errorf("result of %q: %+v; best is %+v", r.Layer, r.LinearScore, best)
			}
			if share, _ := Accuracy(r.Predicted, test.report.Y); share != r.TestAccuracy {
				t.Errorf("predictions of accuracy %v with a result of %v", share, r.TestAccuracy)
			}
			flipped := matrix.Labelled{X: test.report.X, Y: make([]int32, test.report.X.N)}
			c.o.Test = ForReport(flipped)
			if b := evalLinear(t, c.o); b.Layer != r.Layer || b.C != r.C {
				t.Errorf("with other test labels %s at C = %v, before %s at %v", b.Layer, b.C, r.Layer, r.C)
			}
		})
	}
}

// top is the best validation accuracy of a layer.
func top(l LayerScore) float64 {
	var a float64
	for _, g := range l.Grid {
		a = max(a, g.Accuracy)
	}
	return a
}

func TestPickPrefersFewerColumns(t *testing.T) {
	c := func(name string, dim, correct int) *candidate {
		s := LayerScore{Name: name}
		s.Dim = dim
		return &candidate{score: s, correct: correct}
	}
	if got := pick([]*candidate{c("all", 30, 50), c("a", 20, 50), c("b", 10, 40)}); got.score.Name != "a" {
		t.Errorf("picked %s", got.score.Name)
	}
}

func TestLinearStages(t *testing.T) {
	train, test := task()
	r := evalLinear(t, LinearOptions{Train: train, Test: test, C: []float64{0.01, 0.1}})
	var names []string
	var peak int64
	for _, s := range r.Stages {
		names = append(names, s.Name)
		if s.Seconds <= 0 || s.PeakRSSBytes < peak {
			t.Errorf("stage %+v after a peak of %d", s, peak)
		}
		peak = s.PeakRSSBytes
	}
	if strings.Join(names, " ") != "select fit report" {
		t.Errorf("stages %v", names)
	}
	if r = evalLinear(t, LinearOptions{Train: train, Test: test}); len(r.Stages) != 2 {
		t.Errorf("stages %+v with nothing to choose", r.Stages)
	}
}

// TestLinearSoftmax: the protocol with the other classifier.
func TestLinearSoftmax(t *testing.T) {
	p := matrixtest.Blobs(600, 9, 3, 1, 4)
	all := matrix.Labelled{X: p.X.Rows(0, 400), Y: p.Y[:400]}
	test := matrix.Labelled{X: p.X.Rows(400, 600), Y: p.Y[400:]}
	r, err := Linear(context.Background(), LinearOptions{Train: ForFitting(all), Test: ForReport(test), Classifier: linear.Softmax, C: []float64{1e-3, 1e-2}})
	if err != nil {
		t.Fatal(err)
	}
	if r.Classifier != "softmax" || len(r.Grid) != 2 || r.TestAccuracy < 0.7 {
		t.Errorf("classifier %q, %d costs, accuracy %g", r.Classifier, len(r.Grid), r.TestAccuracy)
	}
}
