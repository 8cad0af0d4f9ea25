package knn

import (
	"context"
	"fmt"
	"sync"
	"time"

	"repbench/eval"
	"repbench/eval/neighbours"
	"repbench/features/matrix"
	"repbench/internal/sysinfo"
)

// Classify gives each test row the class that its nearest training rows vote
// for, with k chosen on validation rows where the rule has several.
//
// It fails on rows that are not finite (matrix.ErrNotFinite), rows of zeros where
// rows are normalised (neighbours.ErrZeroRow), more neighbours than rows (neighbours.ErrK), labels
// beyond the classes (matrix.ErrLabel), a class without a training row
// (matrix.ErrClassAbsent), sizes that do not fit (matrix.ErrShape), and with ctx.
func Classify(ctx context.Context, o Options) (*Result, error) {
	start := time.Now()
	o = o.withDefaults()
	if o.Classes == nil {
		var err error
		if o.Classes, err = o.Train.ClassNames(); err != nil {
			return nil, err
		}
	}
	if err := o.validate(); err != nil {
		return nil, err
	}
	k, grid, on, err := o.chooser().choose(ctx)
	if err != nil {
		return nil, err
	}
	final := o.Rule
	final.K = []int{k}
	train, test := o.Train.Labelled(), o.Test.Features()
	ranked := make([]int32, eval.TopClasses*test.N)
	predicted, err := final.predict(ctx, train, test, len(o.Classes), o.Search, ranked)
	if err != nil {
		return nil, err
	}
	report, err := o.Test.Report(predicted[0], len(o.Classes))
	if err != nil {
		return nil, err
	}
	return &Result{
		Preset: o.Rule.Name(), Convention: o.Rule.Convention(k), K: k, Grid: grid,
		TestAccuracy: report.Accuracy, TestCI95: report.CI95, Shares: o.Test.Shares(ranked, report.Confusion),
		SelectedOn: on, ReportedOn: "test", Classes: o.Classes, Confusion: report.Confusion,
		Dim: train.X.D, NTrain: train.X.N, NTest: test.N, Seed: o.Seed,
		Seconds: time.Since(start).Seconds(), PeakRSSBytes: sysinfo.PeakRSS(),
		Warnings: append(warnings(k, grid), o.lone()...), Predicted: predicted[0], Correct: report.Right,
	}, nil
}

// lone warns of classes without a row to choose k on.
func (o Options) lone() []string {
	if len(o.Rule.K) == 1 || o.Valid.Given() {
		return nil
	}
	return o.Train.LoneRows(o.Classes, "k")
}

// warnings names what is odd about a choice without being an error.
func warnings(k int, grid []Point) []string {
	out := []string{}
	if len(grid) == 0 {
		return out
	}
	if k == grid[len(grid)-1].K {
		out = append(out, fmt.Sprintf("the chosen k = %d is the largest of the grid; a larger one may be better", k))
	}
	if k == grid[0].K && k > 1 {
		out = append(out, fmt.Sprintf("the chosen k = %d is the smallest of the grid; a smaller one may be better", k))
	}
	return out
}

// predict returns, for each k of the rule, ascending, the classes of the
// queries. ranked, unless nil, receives the first eval.TopClasses classes of each query
// after the last k, of those that got a vote.
func (r Rule) predict(ctx context.Context, train matrix.Labelled, queries matrix.View, classes int, o neighbours.Options, ranked []int32) ([][]int32, error) {
	out := make([][]int32, len(r.K))
	for i := range out {
		out[i] = make([]int32, queries.N)
	}
	ballots := sync.Pool{New: func() any { return &ballot{sums: make([]float64, classes)} }}
	err := neighbours.Each(ctx, train.X, queries, r.K[len(r.K)-1], r.Metric, o, func(query int, near []neighbours.Neighbour) {
		b := ballots.Get().(*ballot)
		b.count(r, near, train.Y, func(i int, class int32) { out[i][query] = class })
		if ranked != nil {
			eval.Rank(ranked[query*eval.TopClasses:][:eval.TopClasses], b.sums, 0)
		}
		ballots.Put(b)
	})
	return out, err
}

// ballot counts votes; sums has an element for each class.
type ballot struct{ sums []float64 }

// count adds up the votes of the neighbours, nearest first, and calls elect
// with the class that leads after each k of the rule, the lowest of equals.
func (b *ballot) count(r Rule, near []neighbours.Neighbour, y []int32, elect func(i int, class int32)) {
	clear(b.sums)
	next := 0
	for i, k := range r.K {
		for ; next < k; next++ {
			b.sums[y[near[next].Row]] += r.weight(near[next].Similarity, near[0].Similarity)
		}
		elect(i, b.winner())
	}
}

// winner returns the class of most votes, the lowest of equals.
func (b *ballot) winner() int32 {
	best := 0
	for k, v := range b.sums {
		if v > b.sums[best] {
			best = k
		}
	}
	return int32(best)
}
