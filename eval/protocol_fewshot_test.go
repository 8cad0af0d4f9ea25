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

func fewShotResult(t *testing.T, o FewShotOptions) *FewShotResult {
	t.Helper()
	r, err := FewShot(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestDraw(t *testing.T) {
	y := unequal()
	data := make([]float32, len(y))
	for i := range data {
		data[i] = float32(i)
	}
	split := ForFitting(matrix.Labelled{X: matrix.View{Data: data, N: len(y), D: 1}, Y: y})
	rows := func(n int, seed, stream uint64, i int) []float32 {
		d := split.fit.Subset(split.draw(n, seed, stream, i))
		count := make([]int, 3)
		var out []float32
		for r := range d.X.N {
			count[d.Y[r]]++
			out = append(out, d.X.At(r, 0))
		}
		if !slices.Equal(count, []int{n, n, n}) || !slices.IsSorted(out) || len(slices.Compact(slices.Clone(out))) != 3*n {
			t.Errorf("draw of %d a class: %v, rows %v", n, count, out)
		}
		return out
	}
	five := rows(5, 1, reportDraw, 0)
	if !slices.Equal(five, rows(5, 1, reportDraw, 0)) {
		t.Error("the same draw twice gives other rows")
	}
	for name, other := range map[string][]float32{
		"draw": rows(5, 1, reportDraw, 1), "seed": rows(5, 2, reportDraw, 0), "stream": rows(5, 1, selectDraw, 0),
	} {
		if slices.Equal(five, other) {
			t.Errorf("another %s gives the same rows", name)
		}
	}
	for _, r := range rows(2, 1, reportDraw, 0) {
		if !slices.Contains(five, r) {
			t.Errorf("row %v of two labels per class is not among those of five", r)
		}
	}
	rows(7, 1, reportDraw, 3) // all of the smallest class
}

// TestDrawUniform: each row of a class is drawn equally often. 400 draws of 1 of
// 20 rows: mean 20, standard deviation √(400·0.05·0.95) = 4.4; five of them.
func TestDrawUniform(t *testing.T) {
	y := make([]int32, 20)
	split := ForFitting(matrix.Labelled{X: matrix.View{Data: make([]float32, 20), N: 20, D: 1}, Y: y})
	count := make([]int, 20)
	for i := range 400 {
		count[split.draw(1, 9, reportDraw, i)[0]]++
	}
	for r, n := range count {
		if n < 0 || math.Abs(float64(n)-20) > 22 {
			t.Errorf("row %d drawn %d times of 400", r, n)
		}
	}
}

func TestFewShot(t *testing.T) {
	train, test := task()
	r := fewShotResult(t, FewShotOptions{
		Train: train, Test: test, Labels: 20, Draws: 6, C: []float64{0.01}, Seed: 3, HoldOut: new(0.0),
		Layers: []Layer{{"low", 0, 20}, {"noise", 20, 30}},
	})
	if r.Protocol != "few-shot" || r.SelectedOn.String() != "none (fixed C)" || r.ReportedOn != "test" || r.NTrain != 400 || r.NSetAside != 0 || r.NTest != 200 || len(r.Grid) != 0 {
		t.Errorf("%+v", r)
	}
	if r.LabelsPerClass != 20 || r.Draws != 6 || len(r.Accuracies) != 6 || r.Dim != 30 || !r.Converged || r.Seed != 3 {
		t.Errorf("%+v", r.FewShotScore)
	}
	// Each accuracy is that of FitSVM on the rows of its draw.
	for i, want := range r.Accuracies {
		d := train.fit.Subset(train.draw(20, 3, reportDraw, i))
		fits, err := linear.FitSVM(context.Background(), matrixtest.Copied(d.X), d.Y, 4, linear.Options{C: []float64{0.01}, Seed: 3})
		if err != nil {
			t.Fatal(err)
		}
		predicted, err := fits[0].Model.Predict(context.Background(), test.Features(), 0)
		if err != nil {
			t.Fatal(err)
		}
		if got, _ := Accuracy(predicted, test.report.Y); got != want {
			t.Errorf("draw %d: %v, by hand %v", i, want, got)
		}
	}
	if len(r.Layers) != 2 || r.Layers[1].Columns != [2]int{20, 30} || r.Layers[0].Mean < r.Layers[1].Mean+0.2 || r.Layers[1].Dim != 10 {
		t.Errorf("layers %+v", r.Layers)
	}
	own := fewShotResult(t, FewShotOptions{Train: train.Cols(0, 20), Test: test.Cols(0, 20), Labels: 20, Draws: 6, C: []float64{0.01}, Seed: 3, HoldOut: new(0.0)})
	if !slices.Equal(own.Accuracies, r.Layers[0].Accuracies) {
		t.Errorf("layer alone %v, within %v", own.Accuracies, r.Layers[0].Accuracies)
	}
	if len(r.Stages) != 2 || r.Stages[0].Name != "fit" || r.Stages[1].PeakRSSBytes <= 0 {
		t.Errorf("stages %v", r.Stages)
	}
}

func TestFewShotSelects(t *testing.T) {
	train, test := task()
	valid := ForSelection(matrix.Labelled{X: train.fit.X.Rows(300, 400), Y: train.fit.Y[300:]})
	part := ForFitting(matrix.Labelled{X: train.fit.X.Rows(0, 300), Y: train.fit.Y[:300]})
	grid := []float64{1, 1e-6, 1e-3}
	for _, c := range []struct {
		name, on string
		o        FewShotOptions
		pool     int
	}{
		{"set aside", "valid (0.25 of each class of train, seed 1; mean of 4 draws)", FewShotOptions{Train: train, HoldOut: new(0.25), Seed: 1, SelectDraws: 4}, 299},
		{"given split", "valid (100 rows; mean of 10 draws)", FewShotOptions{Train: part, Valid: valid}, 300},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := c.o
			o.Test, o.C, o.Labels, o.Draws = test, grid, 10, 3
			r := fewShotResult(t, o)
			if r.SelectedOn.String() != c.on || r.NTrain != c.pool {
				t.Errorf("selected on %q of %d rows, want %q of %d", r.SelectedOn, r.NTrain, c.on, c.pool)
			}
			best := r.Grid[0]
			for _, g := range r.Grid {
				if g.Accuracy > best.Accuracy {
					best = g
				}
				if g.CI95[0] > g.Accuracy || g.CI95[1] < g.Accuracy {
					t.Errorf("grid point %+v", g)
				}
			}
			if len(r.Grid) != 3 || r.Grid[0].C != 1e-6 || r.C != best.C {
				t.Errorf("chose %v of %+v", r.C, r.Grid)
			}
			if r.SelectSeconds <= 0 || len(r.Stages) != 3 {
				t.Errorf("%v s to select, stages %v", r.SelectSeconds, r.Stages)
			}
			// Other labels of the test split change the report alone.
			flipped := matrix.Labelled{X: test.report.X, Y: slices.Clone(test.report.Y)}
			for i := range flipped.Y {
				flipped.Y[i] = (flipped.Y[i] + 1) % 4
			}
			o.Test = ForReport(flipped)
			if b := fewShotResult(t, o); b.C != r.C || !slices.Equal(b.Grid, r.Grid) || b.Mean == r.Mean {
				t.Errorf("with other test labels: C %v, mean %v; before %v, %v", b.C, b.Mean, r.C, r.Mean)
			}
		})
	}
}

// TestFewShotEqualCosts: of costs with the same number of right answers the
// smallest is taken. Ten rows and ten draws give shares of 0.1, whose sums in
// another order differ in their last bit; the counts come back from the means by
// rounding. In these problems, of 400, the floats would choose a larger C.
func TestFewShotEqualCosts(t *testing.T) {
	costs := []float64{1e-3, 1e-2, 3e-2, 1e-1, 1}
	for _, seed := range []uint64{90, 123, 174, 237, 289, 297} {
		p := matrixtest.Blobs(70, 3, 2, 8, 100+seed)
		o := FewShotOptions{
			Train: ForFitting(matrix.Labelled{X: p.X.Rows(0, 50), Y: p.Y[:50]}), Valid: ForSelection(matrix.Labelled{X: p.X.Rows(50, 60), Y: p.Y[50:60]}),
			Test: ForReport(matrix.Labelled{X: p.X.Rows(60, 70), Y: p.Y[60:]}), Labels: 4, Draws: 2, SelectDraws: 10, C: costs, Seed: seed,
		}
		r := fewShotResult(t, o)
		most, best, times := -1, 0.0, 0
		for _, g := range r.Grid {
			switch n := int(math.Round(g.Accuracy * 100)); {
			case n > most:
				most, best, times = n, g.C, 1
			case n == most:
				times++
			}
		}
		if r.C != best || times < 2 {
			t.Errorf("problem %d: chose C = %v, want %v, one of %d equal ones of %+v", seed, r.C, best, times, r.Grid)
		}
	}
}

// TestFewShotPaired: draws depend on the seed and not on how many C there are, so
// that encoders with one C and with several see the same labels; a fit at the
// chosen C alone gives the accuracies to the bit. A hold-out of 0 draws from all rows, and
// the result says which.
func TestFewShotPaired(t *testing.T) {
	train, test := task()
	o := FewShotOptions{Train: train, Test: test, Labels: 10, Draws: 4, SelectDraws: 2, HoldOut: new(0.2), C: []float64{1e-3, 1e-2}, Seed: 5}
	several := fewShotResult(t, o)
	o.C = []float64{several.C}
	one := fewShotResult(t, o)
	if !slices.Equal(one.Accuracies, several.Accuracies) {
		t.Errorf("with one C %v, with several %v", one.Accuracies, several.Accuracies)
	}
	if one.NTrain != several.NTrain || one.NSetAside != several.NSetAside || one.NTrain+one.NSetAside != 400 || one.NSetAside < 75 {
		t.Errorf("with one C %d rows and %d set aside, with several %d and %d", one.NTrain, one.NSetAside, several.NTrain, several.NSetAside)
	}
	if one.SelectedOn.String() != "none (fixed C; 0.2 of each class of train set aside, seed 5)" || len(one.Grid) != 0 {
		t.Errorf("selected on %q, grid %v", one.SelectedOn, one.Grid)
	}
	o.HoldOut = new(0.0)
	all := fewShotResult(t, o)
	if slices.Equal(all.Accuracies, one.Accuracies) || all.NTrain != 400 || all.NSetAside != 0 || all.SelectedOn.String() != "none (fixed C)" {
		t.Errorf("all rows: %d, %d set aside, selected on %q, accuracies %v", all.NTrain, all.NSetAside, all.SelectedOn, all.Accuracies)
	}
	// With a validation split nothing is set aside in either case.
	part := ForFitting(matrix.Labelled{X: train.fit.X.Rows(0, 300), Y: train.fit.Y[:300]})
	given := FewShotOptions{Train: part, Valid: ForSelection(matrix.Labelled{X: train.fit.X.Rows(300, 400), Y: train.fit.Y[300:]}), Test: test,
		Labels: 10, Draws: 4, SelectDraws: 2, C: []float64{1e-3, 1e-2}, Seed: 5}
	several = fewShotResult(t, given)
	given.C, given.HoldOut = []float64{several.C}, new(0.0)
	one = fewShotResult(t, given)
	if !slices.Equal(one.Accuracies, several.Accuracies) || one.NTrain != 300 || several.NSetAside != 0 {
		t.Errorf("with a validation split: one C %v of %d rows, several %v of %d", one.Accuracies, one.NTrain, several.Accuracies, several.NTrain)
	}
}

// sorted is a problem of ten classes of 1,100 rows whose feature k is 1 in class
// k, but for every fifth row.
func sorted(n int) matrix.Labelled {
	l := matrix.Labelled{X: matrix.View{N: n, D: 10, Data: make([]float32, n*10)}, Y: make([]int32, n)}
	for i := range n {
		k := i % 10
		l.Y[i] = int32(k)
		if i/10%5 == 0 {
			k = (k + 1) % 10
		}
		l.X.Data[i*10+k] = 1
	}
	return l
}

// TestSVHN1000: the released protocol by its facts (svhn_semisup_analysis.py and
// load.py): 10,000 rows of any class to choose on, 100 labels per class, seven C,
// ten draws of its own for each C, then 100 draws.
func TestSVHN1000(t *testing.T) {
	all := sorted(12_000)
	o := FewShotOptions{Protocol: SVHN1000, Train: ForFitting(all), Test: ForReport(sorted(100)), Seed: 1}
	r := fewShotResult(t, o)
	if r.LabelsPerClass != 100 || r.Draws != 100 || len(r.Accuracies) != 100 || r.NTrain != 2000 || len(r.Grid) != 7 ||
		r.Grid[0].C != 1e-4 || r.Grid[6].C != 1e-2 || r.SelectedOn.String() != "valid (the 10000 rows of train that the released code takes; mean of 10 draws)" {
		t.Errorf("%+v", r)
	}
	if r.Mean != 0.8 { // four of five rows have the feature of their class
		t.Errorf("mean accuracy %v", r.Mean)
	}
	var costs []float64
	for i, c := range o.withDefaults().together() {
		if len(c) != 1 || i != len(costs) {
			t.Errorf("costs %v fitted on one draw", c)
		}
		costs = append(costs, c...)
	}
	if !slices.Equal(costs, []float64{1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2}) || o.withDefaults().fits() != 170 {
		t.Errorf("costs %v, %d fits", costs, o.withDefaults().fits())
	}
}

// TestSVHN1000Validation: of 10,010 rows those are left that stand last in NumPy's
// order, whatever the seed: i = np.arange(10010); np.random.RandomState(42).shuffle(i);
// sorted(i[10000:]) with NumPy 1.24.2.
func TestSVHN1000Validation(t *testing.T) {
	for seed := range uint64(2) {
		o := FewShotOptions{Protocol: SVHN1000, Train: ForFitting(sorted(10_010)), Labels: 1, Seed: seed, HoldOut: new(DefaultHoldOut)}
		pool, valid, err := o.withDefaults().divide()
		if err != nil {
			t.Fatal(err)
		}
		if want := []int32{466, 860, 4426, 5191, 5390, 5578, 5734, 6265, 7270, 8322}; !slices.Equal(pool.fit.X.Index, want) || valid.selection.X.N != 10_000 {
			t.Errorf("seed %d: rows %v to draw from, want %v; %d to choose on", seed, pool.fit.X.Index, want, valid.selection.X.N)
		}
	}
}

func TestCIFAR400(t *testing.T) {
	o := FewShotOptions{Protocol: CIFAR400, Train: ForFitting(sorted(5000)), Test: ForReport(sorted(100)), C: []float64{1e-3, 1e-2}, SelectDraws: 2}
	r := fewShotResult(t, o)
	if r.LabelsPerClass != 400 || r.Draws != 10 || r.NTrain != 4500 || r.Protocol != "cifar10-400" {
		t.Errorf("%+v", r)
	}
}

// TestSummary: the statistics of 0.5, 0.6, 0.7, 0.8 by hand: mean 0.65, sum of
// squares 0.05, sd √(0.05/3), t(3) = 3.1824 (tables).
func TestSummary(t *testing.T) {
	s := FewShotScore{Accuracies: []float64{0.5, 0.6, 0.7, 0.8}}
	s.summarise()
	sd := math.Sqrt(0.05 / 3)
	for _, c := range []struct {
		name      string
		got, want float64
	}{
		{"mean", s.Mean, 0.65}, {"sd", s.StdDev, sd}, {"standard error", s.StdError, sd / 2},
		{"low", s.CI95[0], 0.65 - 3.182446*sd/2}, {"high", s.CI95[1], 0.65 + 3.182446*sd/2},
		{"spread low", s.Spread95[0], 0.65 - 1.96*sd}, {"spread high", s.Spread95[1], 0.65 + 1.96*sd},
	} {
		if math.Abs(c.got-c.want) > 1e-6 { // digits of the table
			t.Errorf("%s %v, want %v", c.name, c.got, c.want)
		}
	}
	s = FewShotScore{Accuracies: []float64{1, 1, 0.1}}
	if s.summarise(); s.CI95[1] != 1 || s.CI95[0] != 0 || s.Spread95[1] != 1 {
		t.Errorf("intervals %v, %v leave [0, 1]", s.CI95, s.Spread95)
	}
}

func TestFewShotWarnings(t *testing.T) {
	train, test := task()
	r := fewShotResult(t, FewShotOptions{Train: train, Test: test, Labels: 20, Draws: 3, C: []float64{1}, MaxIterations: 1})
	if r.Converged || !strings.Contains(strings.Join(r.Warnings, "\n"), "3 of 3 fits did not converge at C = 1") {
		t.Errorf("converged %v, warnings %q", r.Converged, r.Warnings)
	}
	r = fewShotResult(t, FewShotOptions{Train: train, Test: test, Labels: 5, Draws: 2, C: []float64{1e-9, 1e-8}, SelectDraws: 2})
	if len(r.Warnings) != 1 || !strings.Contains(r.Warnings[0], "at the end of the list") {
		t.Errorf("warnings %q", r.Warnings)
	}
}

func TestFewShotErrors(t *testing.T) {
	train, test := task()
	good := func(change func(*FewShotOptions)) FewShotOptions {
		o := FewShotOptions{Train: train, Test: test, Labels: 5, C: []float64{1}}
		change(&o)
		return o
	}
	names := []string{"cat", "dog", "ant", "owl"}
	for _, c := range []struct {
		name   string
		o      FewShotOptions
		target error
		says   []string
	}{
		{"no labels", good(func(o *FewShotOptions) { o.Labels = 0 }), nil, []string{"0 labels per class"}},
		{"too many labels", good(func(o *FewShotOptions) { o.Labels, o.Classes = 150, names }), matrix.ErrClassAbsent, []string{"(cat)", "draw 150 labels"}},
		{"one draw", good(func(o *FewShotOptions) { o.Draws = 1 }), nil, []string{"1 draws: the spread"}},
		{"one draw to choose", good(func(o *FewShotOptions) { o.SelectDraws = 1 }), nil, []string{"1 draws to choose C on"}},
		{"hold-out", good(func(o *FewShotOptions) { o.HoldOut = new(1.0) }), nil, []string{"a held-out share of 1: the share of each class lies between 0 and 1"}},
		{"nothing to choose on", good(func(o *FewShotOptions) { o.HoldOut, o.C = new(0.0), []float64{1, 2} }), nil, []string{"hold-out of 0", "among 2 C", "give one C, a validation split"}},
		{"unknown protocol", good(func(o *FewShotOptions) { o.Protocol = "mnist-10" }), nil, []string{`"mnist-10"`, "svhn-1000"}},
		{"another number", good(func(o *FewShotOptions) { o.Protocol = CIFAR400 }), nil, []string{"5 labels per class are not the protocol cifar10-400, which has 400"}},
		{"another grid", good(func(o *FewShotOptions) { o.Protocol, o.Labels = SVHN1000, 100 }), nil, []string{"not the grid of svhn-1000"}},
		{"other draws", good(func(o *FewShotOptions) { o.Protocol, o.Labels, o.C, o.SelectDraws = SVHN1000, 100, nil, 3 }), nil, []string{"3 draws to choose C on: svhn-1000 has 10"}},
		{"another share", good(func(o *FewShotOptions) { o.Protocol, o.Labels, o.C, o.HoldOut = SVHN1000, 100, nil, new(0.2) }), nil, []string{"a held-out share of 0.2"}},
		{"small svhn", good(func(o *FewShotOptions) { o.Protocol, o.Labels, o.C = SVHN1000, 100, nil }), matrix.ErrShape, []string{"train split of 400 rows", "10000"}},
		{"other validation", good(func(o *FewShotOptions) {
			o.Protocol, o.Labels, o.C, o.Valid = SVHN1000, 100, nil, ForSelection(sorted(20))
		}), nil, []string{"20 rows: svhn-1000 has 10000"}},
		{"test is train", good(func(o *FewShotOptions) { o.Test = ForReport(train.fit) }), nil, []string{"row 0 of the test split is row 0 of the train split"}},
		{"valid is test", good(func(o *FewShotOptions) { o.Valid = ForSelection(test.report) }), nil, []string{"of the valid split", "of the test split"}},
		{"class absent", good(func(o *FewShotOptions) { o.Classes = append(names, "emu") }), matrix.ErrClassAbsent, []string{"class 4 (emu)"}},
		{"layer beyond", good(func(o *FewShotOptions) { o.Layers = []Layer{{"top", 20, 31}} }), nil, []string{"layer top"}},
		{"bad C", good(func(o *FewShotOptions) { o.C = []float64{-1} }), nil, []string{"C = -1"}},
		{"NaN in test", good(func(o *FewShotOptions) { o.Test = ForReport(spoiled(test.report, 0, 0, math.NaN())) }), matrix.ErrNotFinite, []string{"all layers", "test split"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := FewShot(context.Background(), c.o)
			matrixtest.WantError(t, err, c.target, c.says...)
		})
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, err := FewShot(ctx, good(func(*FewShotOptions) {}))
	matrixtest.WantError(t, err, context.Canceled)
}

// TestFewShotJSON checks the names that scripts rely on.
func TestFewShotJSON(t *testing.T) {
	train, test := task()
	r := fewShotResult(t, FewShotOptions{Train: train, Test: test, Labels: 5, Draws: 2, SelectDraws: 2, C: []float64{0.1, 1}, Layers: []Layer{{"low", 0, 20}}})
	data, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	for _, n := range []string{"protocol", "labels_per_class", "draws", "C", "grid", "test_accuracies", "test_accuracy", "std_dev", "std_error",
		"test_accuracy_ci95", "test_accuracy_spread95", "selected_on", "reported_on", "layers", "classes", "n_train", "n_test", "seed", "warnings", "peak_rss_bytes"} {
		if !strings.Contains(string(data), fmt.Sprintf("%q:", n)) {
			t.Errorf("no %q in %s", n, data)
		}
	}
}

func TestFewShotThreads(t *testing.T) {
	train, test := task()
	o := FewShotOptions{Train: train, Test: test, Labels: 10, Draws: 3, SelectDraws: 2, C: []float64{0.01, 0.1}, Threads: 1}
	a := fewShotResult(t, o)
	o.Threads = 3
	if b := fewShotResult(t, o); !slices.Equal(a.Accuracies, b.Accuracies) || !slices.Equal(a.Grid, b.Grid) {
		t.Errorf("one thread %v, three %v", a.Accuracies, b.Accuracies)
	}
}
