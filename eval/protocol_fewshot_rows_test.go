package eval

import (
	"context"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/released"
)

// rowsOf lists draws of the training rows of task with n rows of each class: select draws
// for so many costs, and reported ones, by the seed.
func rowsOf(train FitSplit, n, costs, draws int) FewShotRows {
	r := FewShotRows{Select: make([][][]int32, costs)}
	for c := range r.Select {
		for i := range draws {
			r.Select[c] = append(r.Select[c], train.draw(n, 1, selectDraw, i*costs+c))
		}
	}
	for i := range draws {
		r.Report = append(r.Report, train.draw(n, 1, reportDraw, i))
	}
	return r
}

// divided is task with a validation split.
func divided(t *testing.T) FewShotOptions {
	t.Helper()
	train, test := task()
	part, valid := train.HoldOut(0.25, 1)
	return FewShotOptions{
		Train: ForFitting(copied(part.fit)), Valid: ForSelection(copied(valid.selection)), Test: test,
	}
}

// TestFewShotRows: the rows that the seed draws, given as rows, lead to the same accuracies;
// their order within a draw and the order of the costs mean nothing.
func TestFewShotRows(t *testing.T) {
	o := divided(t)
	o.C, o.Seed, o.Tolerance = []float64{1e-3, 1e-1}, 1, 1e-9
	drawn := o
	drawn.Labels, drawn.Draws, drawn.SelectDraws = 10, 3, 3
	want := fewShotResult(t, drawn)
	o.Rows = rowsOf(o.Train, 10, 2, 3)
	for i := range o.Rows.Select[1] { // as the seed draws: all costs on the same draws
		o.Rows.Select[0][i] = o.Train.draw(10, 1, selectDraw, i*2)
		o.Rows.Select[1][i] = slices.Clone(o.Rows.Select[0][i])
		slices.Reverse(o.Rows.Select[1][i])
	}
	got := fewShotResult(t, o)
	if !slices.Equal(got.Accuracies, want.Accuracies) || got.C != want.C || !slices.Equal(got.Grid, want.Grid) || got.LabelsPerClass != 10 || got.RowsPerDraw != 40 {
		t.Errorf("given %+v,\ndrawn %+v", got.FewShotScore, want.FewShotScore)
	}
	if !strings.HasPrefix(got.Drawn, "given, SHA-256 ") || want.Drawn != "" || got.SelectedOn.String() != "valid (101 rows; mean of 3 draws)" {
		t.Errorf("drawn %q and %q, selected on %q", got.Drawn, want.Drawn, got.SelectedOn)
	}
	slices.Reverse(o.C)
	slices.Reverse(o.Rows.Select)
	if other := fewShotResult(t, o); other.C != got.C || !slices.Equal(other.Select[0].ValidErrors, got.Select[0].ValidErrors) || other.Select[0].C != 1e-3 {
		t.Errorf("with the costs in another order %+v, before %+v", other.Select, got.Select)
	}
	// One C: its draws are counted, and nothing is chosen.
	o.C, o.Rows.Select = o.C[:1], o.Rows.Select[:1]
	one := fewShotResult(t, o)
	if one.SelectedOn.String() != "none (fixed C)" || len(one.Select) != 1 || len(one.Grid) != 0 || len(one.Report.ValidErrors) != 3 {
		t.Errorf("one C: selected on %q, %+v", one.SelectedOn, one.FewShotScore)
	}
	o.Rows.Select, o.Valid = nil, SelectSplit{}
	if all := fewShotResult(t, o); all.NSetAside != 0 || all.Report.Valid != nil || !slices.Equal(all.Report.TestErrors, one.Report.TestErrors) {
		t.Errorf("without a validation split: %d set aside, %+v", all.NSetAside, all.Report)
	}
}

// TestErrorRate: 1, 2, 3 and 6 wrong of 10 by hand: mean 0.3, squares 0.04, 0.01, 0, 0.09.
func TestErrorRate(t *testing.T) {
	r := errorRate([]int{1, 2, 3, 6}, []int{10})
	if math.Abs(r.Mean-0.3) > 1e-15 || math.Abs(r.Spread95-1.96*math.Sqrt(0.14/3)) > 1e-15 || math.Abs(r.Spread95N-1.96*math.Sqrt(0.14/4)) > 1e-15 || r.Rows != 10 {
		t.Errorf("%+v", r)
	}
}

func TestFewShotRowsErrors(t *testing.T) {
	good := func(change func(*FewShotOptions)) FewShotOptions {
		o := divided(t)
		o.C, o.Classes = []float64{0.1, 1}, []string{"cat", "dog", "ant", "owl"}
		o.Rows = rowsOf(o.Train, 3, 2, 2)
		o.Rows.SelectName, o.Rows.ReportName = "S.npy", "R.npy"
		change(&o)
		return o
	}
	for _, c := range []struct {
		name   string
		o      FewShotOptions
		target error
		says   []string
	}{
		{"row beyond", good(func(o *FewShotOptions) { o.Rows.Select[1][0][5] = 300 }), matrix.ErrShape, []string{"S.npy[1, 0, 5] is row 300", "0 … 298"}},
		{"row below", good(func(o *FewShotOptions) { o.Rows.Report[1][0] = -1 }), matrix.ErrShape, []string{"R.npy[1, 0] is row -1"}},
		{"row twice", good(func(o *FewShotOptions) { o.Rows.Report[0][4] = o.Rows.Report[0][1] }), matrix.ErrSameRows, []string{"R.npy[0, 4] and [1] of the same draw", "no row twice"}},
		{"class missing", good(func(o *FewShotOptions) {
			o.Rows.Report[1] = without(299, slices.Sorted(slices.Values(labelledRows(o.Train, 2))))
		}), matrix.ErrClassAbsent, []string{"R.npy[1] has no row of class 2 (ant)"}},
		{"empty draw", good(func(o *FewShotOptions) { o.Rows.Report[1] = nil }), matrix.ErrClassAbsent, []string{"R.npy[1] has no row of class 0 (cat)"}},
		{"three C", good(func(o *FewShotOptions) { o.C = []float64{1, 2, 3} }), ErrOptions, []string{"S.npy holds draws for 2 values of C, and C lists 3"}},
		{"no report", good(func(o *FewShotOptions) { o.Rows.Report = nil }), ErrOptions, []string{"none to report on"}},
		{"nothing to choose on", good(func(o *FewShotOptions) { o.Rows.Select = nil }), ErrOptions, []string{"none to choose among 2 C on"}},
		{"one draw", good(func(o *FewShotOptions) { o.Rows.Report = o.Rows.Report[:1] }), ErrOptions, []string{"1 draws"}},
		{"another number", good(func(o *FewShotOptions) { o.Draws = 5 }), ErrOptions, []string{"5 draws to report, and R.npy holds 2"}},
		{"another number to choose on", good(func(o *FewShotOptions) { o.SelectDraws = 5 }), ErrOptions, []string{"5 draws to choose C on, and S.npy holds 2"}},
		{"labels", good(func(o *FewShotOptions) { o.Labels = 3 }), ErrOptions, []string{"leave the number out"}},
		{"no validation split", good(func(o *FewShotOptions) { o.Valid = SelectSplit{} }), ErrHoldOut, []string{"S.npy", "no validation split"}},
		{"wrong width", good(func(o *FewShotOptions) { o.Valid = ForSelection(o.Valid.selection.Cols(0, 3)) }), matrix.ErrShape, []string{"valid split has 3 features"}},
		{"labels and rows", good(func(o *FewShotOptions) { l := o.Valid.selection; l.Y = l.Y[:7]; o.Valid = ForSelection(l) }), matrix.ErrShape, []string{"valid split", "7 labels"}},
		{"NaN to choose on", good(func(o *FewShotOptions) { o.Valid = ForSelection(spoiled(o.Valid.selection, 0, 0, math.NaN())) }), matrix.ErrNotFinite, []string{"rows to choose on"}},
		{"both", good(func(o *FewShotOptions) { o.ReleasedDraws = true }), ErrOptions, []string{"choose one"}},
		{"named protocol", good(func(o *FewShotOptions) { o.Protocol = CIFAR400 }), nil, []string{"S.npy[0, 0] has 3 rows of class 0 (cat), and cifar10-400 has 400 of each"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := FewShot(context.Background(), c.o)
			matrixtest.WantError(t, err, c.target, c.says...)
		})
	}
	_, err := FewShot(context.Background(), FewShotOptions{Train: divided(t).Train, Test: divided(t).Test, Labels: 3, ReleasedDraws: true})
	matrixtest.WantError(t, err, ErrOptions, "as svhn-1000 does")
}

func labelledRows(s FitSplit, class int32) []int32 {
	var rows []int32
	for i, k := range s.fit.Y {
		if k == class {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

// TestReleasedDraws: the rows are those of Python's sampler among the rows of each class, in
// the shuffled order, without the 10,000 first ones; the seed means nothing.
func TestReleasedDraws(t *testing.T) {
	all := sorted(12_000)
	o := FewShotOptions{Protocol: SVHN1000, Train: ForFitting(all), Test: ForReport(sorted(100)), ReleasedDraws: true, Seed: 7, HoldOut: new(DefaultHoldOut)}
	f, err := o.withClasses(10).fewShot()
	if err != nil {
		t.Fatal(err)
	}
	order := released.Order(12_000)[released.Validation:]
	s := released.NewSampler()
	draw := func() []int32 {
		var rows []int32
		for k := range int32(10) {
			var class []int32
			for _, row := range order {
				if row%10 == k { // as sorted has it
					class = append(class, row)
				}
			}
			rows = append(rows, s.Sample(class, 100)...)
		}
		slices.Sort(rows)
		return rows
	}
	for c := range 7 {
		for i := range 10 {
			if got, want := f.draws.forC(c, i), draw(); !slices.Equal(got, want) {
				t.Fatalf("C %d, draw %d: %v, want %v", c, i, got, want)
			}
		}
	}
	for i := range 100 {
		if got, want := f.draws.forReport(i), draw(); !slices.Equal(got, want) {
			t.Fatalf("draw %d: %v, want %v", i, got, want)
		}
	}
	if f.o.drawn() != "released" || f.valid.selection.X.N != 10_000 || len(f.uneven) != 0 {
		t.Errorf("drawn %q, %d rows to choose on, warnings %q", f.o.drawn(), f.valid.selection.X.N, f.uneven)
	}
	// The same rows, given by number, pass for those of the protocol; a row set aside does not.
	given := o
	given.ReleasedDraws, given.Rows = false, f.from.releasedRows(true, 7)
	if _, err := given.withClasses(10).fewShot(); err != nil {
		t.Error(err)
	}
	given.Rows.Report[3][0] = released.Order(12_000)[5]
	_, err = given.withClasses(10).fewShot()
	matrixtest.WantError(t, err, matrix.ErrSameRows, "report rows[3, 0]", "svhn-1000 sets aside")
}

func (o FewShotOptions) withClasses(n int) FewShotOptions {
	o = o.withDefaults()
	for k := range n {
		o.Classes = append(o.Classes, string(rune('0'+k)))
	}
	return o
}

func copied(l matrix.Labelled) matrix.Labelled {
	return matrix.Labelled{X: matrixtest.Copied(l.X), Y: l.Y}
}
