package knn

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/eval/neighbours"
	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// rows is a split of rows given one by one.
func rows(t testing.TB, y []int32, x ...[]float32) matrix.Labelled {
	t.Helper()
	m, err := matrix.New(slices.Concat(x...), len(x), len(x[0]))
	if err != nil {
		t.Fatal(err)
	}
	return matrix.Labelled{X: m, Y: y}
}

// votesOf returns the votes of each class for one query, with the rows of train
// as the k nearest in the order of nearness.
func votesOf(t *testing.T, r Rule, train matrix.Labelled, q []float32, k, classes int) []float64 {
	t.Helper()
	r = r.withDefaults()
	near, err := neighbours.Search(context.Background(), train.X, rows(t, []int32{0}, q).X, k, r.Metric, neighbours.Options{})
	if err != nil {
		t.Fatal(err)
	}
	b := ballot{sums: make([]float64, classes)}
	r.K = []int{k}
	b.count(r, near, train.Y, func(int, int32) {})
	return b.sums
}

// Four rows about the query (1, 0): cosines 1, 0.8, 0.6 and 0; inner products 1,
// 8, 6 and 0; distances 0, √85, √89 and √1.01. With k = 3 the sums are worked
// out by hand from the formulas of the originals, each divided by the vote of
// the nearest where that is what Rule.weight does.
func TestPresetsByHand(t *testing.T) {
	train := rows(t, []int32{0, 1, 1, 2}, []float32{1, 0}, []float32{8, 6}, []float32{6, 8}, []float32{0, 0.1})
	q := []float32{1, 0}
	for _, tt := range []struct {
		preset string
		want   []float64
	}{
		{"instdisc", []float64{1, math.Exp(-0.2/0.07) + math.Exp(-0.4/0.07), 0}},
		{"dinov2", []float64{1, math.Exp(-0.2/0.07) + math.Exp(-0.4/0.07), 0}},
		{"solo", []float64{1, math.Exp(-0.2/0.07) + math.Exp(-0.4/0.07), 0}},
		{"lightly", []float64{1, math.Exp(-2) + math.Exp(-4), 0}},
		{"vissl", []float64{math.Exp(-70), 1 + math.Exp(-20), 0}},
		{"solo-euclidean", []float64{1e5, 1 / (math.Sqrt(85) + 1e-5), 1 / (math.Sqrt(1.01) + 1e-5)}},
	} {
		t.Run(tt.preset, func(t *testing.T) {
			r, err := Preset(tt.preset)
			if err != nil {
				t.Fatal(err)
			}
			got := votesOf(t, r, train, q, 3, 3)
			for k, want := range tt.want {
				// Features 0.1 and cosines 0.6, 0.8 are rounded: to float32 in 0.1, of
				// which the distance 1.005 takes 1e-10.
				if math.Abs(got[k]-want) > 1e-8*(want+1e-12) {
					t.Errorf("class %d has %.12g votes, want %.12g", k, got[k], want)
				}
			}
		})
	}
}

// The fields of the presets, from the files that docs/knn.md names.
func TestPresetFields(t *testing.T) {
	for name, want := range map[string]Rule{
		"instdisc":       {K: []int{200}, Metric: neighbours.Metric{Kind: neighbours.Cosine}, Votes: Exponential, Temperature: 0.07},
		"dinov2":         {K: []int{10, 20, 100, 200}, Metric: neighbours.Metric{Kind: neighbours.Cosine}, Votes: Exponential, Temperature: 0.07},
		"solo":           {K: []int{20}, Metric: neighbours.Metric{Kind: neighbours.Cosine}, Votes: Exponential, Temperature: 0.07},
		"solo-euclidean": {K: []int{20}, Metric: neighbours.Metric{Kind: neighbours.Euclidean}, Votes: Inverse, Epsilon: 1e-5},
		"vissl":          {K: []int{200}, Metric: neighbours.Metric{Kind: neighbours.Dot}, Votes: Exponential, Temperature: 0.1},
		"lightly":        {K: []int{200}, Metric: neighbours.Metric{Kind: neighbours.Cosine}, Votes: Exponential, Temperature: 0.1},
	} {
		got, err := Preset(name)
		if err != nil {
			t.Fatal(err)
		}
		if got.Name() != name {
			t.Errorf("%s calls itself %q", name, got.Name())
		}
		got.preset = ""
		if !reflect.DeepEqual(got, want) {
			t.Errorf("%s is %+v, want %+v", name, got, want)
		}
	}
	if len(Presets()) != 6 {
		t.Errorf("presets %v: this test knows 6", Presets())
	}
	if _, err := Preset("nearest"); err == nil || !strings.Contains(err.Error(), "dinov2") {
		t.Errorf("error %v must list the presets", err)
	}
}

func TestConvention(t *testing.T) {
	solo, _ := Preset("solo")
	changed := solo
	changed.K = []int{5}
	for _, tt := range []struct {
		name string
		rule Rule
		k    int
		want []string
		not  string
	}{
		{"preset", solo, 20, []string{"divided by their L2 norm", "cosine", "k = 20", "exp(similarity/T), T = 0.07", "lower class index"}, "not quite"},
		{"changed preset", changed, 5, []string{"not quite solo", "k = 5"}, "distance_fx"},
		{"own", Rule{Metric: neighbours.Metric{Kind: neighbours.Euclidean}, Votes: Exponential, Temperature: 2}, 3, []string{"rows as they are", "Euclidean", "exp(-distance/T), T = 2"}, "norm"},
		{"inverse", Rule{Metric: neighbours.Metric{Kind: neighbours.Euclidean}, Votes: Inverse}, 3, []string{"1/(distance + 1e-05)"}, "exp"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := tt.rule.Convention(tt.k)
			for _, w := range tt.want {
				if !strings.Contains(got, w) {
					t.Errorf("%q lacks %q", got, w)
				}
			}
			if strings.Contains(got, tt.not) {
				t.Errorf("%q has %q", got, tt.not)
			}
		})
	}
	if changed.Name() != "" {
		t.Errorf("a changed preset is still called %q", changed.Name())
	}
}

// Equal similarities go to the lower row, equal votes to the lower class.
func TestTies(t *testing.T) {
	train := rows(t, []int32{2, 1, 1, 0, 2}, []float32{1, 0}, []float32{1, 0}, []float32{2, 0}, []float32{4, 0}, []float32{0, 1})
	test := rows(t, []int32{0}, []float32{3, 0})
	for _, tt := range []struct {
		k    int
		want int32
	}{
		{1, 2}, // rows 0 to 3 all have cosine 1: row 0 is the nearest
		{2, 1}, // one vote for 2, one for 1
		{3, 1}, // rows 0, 1, 2
		{4, 1},
		{5, 1}, // two for 1, two for 2
	} {
		r, err := Classify(context.Background(), options(train, test, Rule{K: []int{tt.k}}))
		if err != nil {
			t.Fatal(err)
		}
		if r.Predicted[0] != tt.want {
			t.Errorf("k = %d: class %d, want %d", tt.k, r.Predicted[0], tt.want)
		}
	}
}

func options(train, test matrix.Labelled, r Rule) Options {
	return Options{Train: eval.ForFitting(train), Test: eval.ForReport(test), Rule: r}
}

// blobs are n rows of each of three classes about three corners.
func blobs(t testing.TB, n int, spread float64, seed uint64) matrix.Labelled {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	var y []int32
	m := matrixtest.Drawn(3*n, 4, func() float32 { return float32(spread * r.NormFloat64()) })
	for i := range 3 * n {
		m.Data[4*i+i%3]++
		y = append(y, int32(i%3))
	}
	return matrix.Labelled{X: m, Y: y}
}

// Each k of the grid has the accuracy that a search with that k alone has, on
// the validation split, and the best is used on test.
func TestChoiceOfK(t *testing.T) {
	train, valid, test := blobs(t, 60, 0.6, 1), blobs(t, 30, 0.6, 2), blobs(t, 40, 0.6, 3)
	o := options(train, test, Rule{K: []int{30, 1, 5, 5, 90}, Votes: Exponential})
	o.Valid = eval.ForSelection(valid)
	r, err := Classify(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if r.SelectedOn.String() != "valid (90 rows)" || r.ReportedOn != "test" || len(r.Grid) != 4 {
		t.Fatalf("selected on %q, reported on %q, grid %+v", r.SelectedOn, r.ReportedOn, r.Grid)
	}
	best := r.Grid[0]
	for _, g := range r.Grid {
		alone, err := Classify(context.Background(), options(train, valid, Rule{K: []int{g.K}, Votes: Exponential}))
		if err != nil {
			t.Fatal(err)
		}
		if alone.TestAccuracy != g.Accuracy || alone.TestCI95 != g.CI95 {
			t.Errorf("k = %d: %g on the grid, %g alone", g.K, g.Accuracy, alone.TestAccuracy)
		}
		if g.Accuracy > best.Accuracy {
			best = g
		}
	}
	if r.K != best.K {
		t.Errorf("chose k = %d of %+v", r.K, r.Grid)
	}
	final, err := Classify(context.Background(), options(train, test, Rule{K: []int{r.K}, Votes: Exponential}))
	if err != nil {
		t.Fatal(err)
	}
	if final.TestAccuracy != r.TestAccuracy || !slices.Equal(final.Predicted, r.Predicted) {
		t.Errorf("test accuracy %g with k chosen, %g with it given", r.TestAccuracy, final.TestAccuracy)
	}
}

// Of k with the same number of right answers the smallest is taken, in whatever
// order they are given.
func TestEqualK(t *testing.T) {
	train, test := blobs(t, 20, 0.01, 1), blobs(t, 10, 0.01, 2)
	o := options(train, test, Rule{K: []int{9, 3, 5}})
	o.Valid = eval.ForSelection(blobs(t, 10, 0.01, 3))
	r, err := Classify(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	for _, g := range r.Grid {
		if g.Accuracy != 1 {
			t.Fatalf("k = %d is not right everywhere: %+v", g.K, g)
		}
	}
	if r.K != 3 {
		t.Errorf("chose k = %d of equal 3, 5, 9", r.K)
	}
}

// The rows held out depend on the seed alone, and the choice does not see the
// test split: other test labels change nothing but the test accuracy.
func TestHeldOutChoice(t *testing.T) {
	train, test := blobs(t, 60, 0.6, 1), blobs(t, 40, 0.6, 3)
	o := options(train, test, Rule{K: []int{1, 3, 9, 27}})
	o.Seed, o.HoldOut = 7, 0.25
	first, err := Classify(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if first.SelectedOn.String() != "valid (0.25 of each class of train, seed 7)" || first.NTrain != 180 {
		t.Errorf("selected on %q with %d training rows", first.SelectedOn, first.NTrain)
	}
	wrong := slices.Clone(test.Y)
	for i := range wrong {
		wrong[i] = (wrong[i] + 1) % 3
	}
	o.Test = eval.ForReport(matrix.Labelled{X: test.X, Y: wrong})
	o.Search = neighbours.Options{Threads: 3, Queries: 17, Rows: 40}
	second, err := Classify(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if second.K != first.K || !reflect.DeepEqual(second.Grid, first.Grid) || !slices.Equal(second.Predicted, first.Predicted) {
		t.Errorf("k = %d, grid %+v; then k = %d, grid %+v", first.K, first.Grid, second.K, second.Grid)
	}
	if second.TestAccuracy >= first.TestAccuracy {
		t.Errorf("accuracy %g with wrong labels, %g with right ones", second.TestAccuracy, first.TestAccuracy)
	}
}

// A choice at an end of the grid is said; k = 1 has nothing below it.
func TestGridEndWarnings(t *testing.T) {
	grid := []Point{{K: 1}, {K: 5}, {K: 9}}
	for _, tt := range []struct {
		name string
		k    int
		grid []Point
		want string // "" for none
	}{
		{"inside", 5, grid, ""},
		{"at one", 1, grid, ""},
		{"largest", 9, grid, "largest"},
		{"smallest", 5, grid[1:], "smallest"},
		{"given", 9, nil, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := warnings(tt.k, tt.grid)
			if (tt.want == "") != (len(got) == 0) || !strings.Contains(strings.Join(got, " "), tt.want) {
				t.Errorf("warnings %q, want %q", got, tt.want)
			}
		})
	}
}

func TestClassifyErrors(t *testing.T) {
	good := func() Options {
		o := options(blobs(t, 10, 0.1, 1), blobs(t, 5, 0.1, 2), Rule{})
		o.Classes = []string{"a", "b", "c"}
		return o
	}
	for _, tt := range []struct {
		name   string
		change func(o *Options)
		want   error // nil: an error that has the text
		text   string
	}{
		{"no classes", func(o *Options) { o.Classes = []string{} }, matrix.ErrShape, "classes is empty"},
		{"k above N", func(o *Options) { o.Rule.K = []int{31} }, neighbours.ErrK, "31"},
		{"k above what is left", func(o *Options) { o.Rule.K = []int{1, 29} }, neighbours.ErrK, "choosing k"},
		{"k of zero", func(o *Options) { o.Rule.K = []int{0, 3} }, nil, "k = 0"},
		{"class beyond the list", func(o *Options) { o.Classes = o.Classes[:2] }, matrix.ErrLabel, "2"},
		{"class without rows", func(o *Options) { o.Classes = append(o.Classes, "d") }, matrix.ErrClassAbsent, "d"},
		{"huge label", func(o *Options) { o.Classes, o.Train = nil, relabelled(o.Train, 3, 1_000_000_000) }, matrix.ErrLabel, "4 values up to 1000000000: use np.unique"},
		{"nothing to hold out", func(o *Options) {
			l := o.Train.Labelled()
			o.Train = eval.ForFitting(matrix.Labelled{X: l.X.Rows(0, 3), Y: []int32{0, 1, 2}})
			o.Rule.K = []int{1, 2}
		}, matrix.ErrShape, "no class has a second row"},
		{"labels missing", func(o *Options) { s := blobs(t, 5, 0.1, 2); s.Y = s.Y[:4]; o.Test = eval.ForReport(s) }, matrix.ErrShape, "test"},
		{"other width", func(o *Options) { s := blobs(t, 5, 0.1, 2); s.X = s.X.Cols(0, 3); o.Test = eval.ForReport(s) }, matrix.ErrShape, "test"},
		{"test is train", func(o *Options) { o.Test = eval.ForReport(o.Train.Labelled()) }, nil, "share"},
		{"metric", func(o *Options) { o.Rule.Metric.Kind = 3 }, nil, "metric 3"},
		{"votes", func(o *Options) { o.Rule.Votes = -1 }, nil, "votes -1"},
		{"temperature", func(o *Options) { o.Rule.Temperature = math.NaN() }, nil, "temperature NaN"},
		{"epsilon", func(o *Options) { o.Rule.Epsilon = -1 }, nil, "epsilon -1"},
		{"inverse cosine", func(o *Options) { o.Rule.Votes = Inverse }, nil, "euclidean"},
		{"normalised cosine", func(o *Options) { o.Rule.Metric.Normalise = true }, nil, "by itself"},
		{"hold-out", func(o *Options) { o.HoldOut = 1 }, nil, "a held-out share of 1"},
		{"threads", func(o *Options) { o.Search.Threads = -1 }, nil, "Threads"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o := good()
			tt.change(&o)
			_, err := Classify(context.Background(), o)
			if err == nil || (tt.want != nil && !errors.Is(err, tt.want)) || !strings.Contains(err.Error(), tt.text) {
				t.Errorf("error %v, want %v with %q", err, tt.want, tt.text)
			}
		})
	}
	if _, err := Classify(context.Background(), good()); err != nil {
		t.Errorf("the options that the cases change fail: %v", err)
	}
}

func TestParseVotes(t *testing.T) {
	for _, v := range []Votes{Uniform, Exponential, Inverse} {
		if got, err := ParseVotes(v.String()); got != v || err != nil {
			t.Errorf("votes %s are read as %s, error %v", v, got, err)
		}
	}
	if _, err := ParseVotes(""); err == nil || Votes(9).String() != "9" {
		t.Errorf("error %v, votes %s", err, Votes(9))
	}
}

// relabelled is a split with another label for one row.
func relabelled(s eval.FitSplit, row int, label int32) eval.FitSplit {
	l := s.Labelled()
	l.Y = slices.Clone(l.Y)
	l.Y[row] = label
	return eval.ForFitting(l)
}

// TestLoneRow: the only row of a class stays among the neighbours while k is
// chosen, and a warning says that k is chosen without the class.
func TestLoneRow(t *testing.T) {
	train, test := blobs(t, 30, 0.1, 1), blobs(t, 9, 0.1, 2)
	y := slices.Clone(train.Y)
	for i, k := range y {
		if k == 2 && i > 3 {
			y[i] = 0
		}
	}
	o := Options{Train: eval.ForFitting(matrix.Labelled{X: train.X, Y: y}), Test: eval.ForReport(test), Rule: Rule{K: []int{1, 2}}, Seed: 1}
	r, err := Classify(context.Background(), o)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(strings.Join(r.Warnings, "\n"), "class 2 (2) has one row, which stays in the fit: k is chosen on rows of the other classes") {
		t.Errorf("warnings %q", r.Warnings)
	}
	o.Rule.K = []int{1}
	if r, err = Classify(context.Background(), o); err != nil || len(r.Warnings) != 0 {
		t.Errorf("one k: warnings %q, error %v", r.Warnings, err)
	}
}
