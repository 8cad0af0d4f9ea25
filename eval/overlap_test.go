package eval

import (
	"context"
	"slices"
	"strings"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// TestOverlap: rows that two splits share are counted, in float32 and float16, in
// storages of their own and in views; a split that was given twice is an error.
func TestOverlap(t *testing.T) {
	p := matrixtest.Blobs(90, 5, 3, 1, 200)
	split := func(m matrix.View, rows ...int) matrix.Labelled {
		var index []int32
		for _, r := range rows {
			index = append(index, int32(r))
		}
		return matrix.Labelled{X: matrixtest.Copied(m.Subset(index)), Y: make([]int32, len(rows))}
	}
	some := func(lo, hi int) []int {
		var rows []int
		for r := lo; r < hi; r++ {
			rows = append(rows, r)
		}
		return rows
	}
	halves := matrixtest.Half(p.X)
	fit := ForFitting(split(p.X, some(0, 50)...))
	for _, c := range []struct {
		name   string
		train  FitSplit
		valid  SelectSplit
		test   matrix.Labelled
		says   []string
		target error
	}{
		{"none", fit, SelectSplit{}, split(p.X, some(50, 90)...), nil, nil},
		{"three", fit, SelectSplit{}, split(p.X, append(some(50, 60), 7, 3, 7)...),
			[]string{"3 of 13 rows of the test split equal a row of the train split (the first: row 10 equals row 7)"}, nil},
		{"all of test", fit, SelectSplit{}, split(p.X, 4, 2), []string{"2 of 2 rows"}, nil},
		{"in valid, too", fit, ForSelection(split(p.X, 1, 70, 71)), split(p.X, 71, 80),
			[]string{"1 of 3 rows of the valid split equal a row of the train split", "1 of 2 rows of the test split equal a row of the valid split (the first: row 0 equals row 2)"}, nil},
		{"another order", fit, SelectSplit{}, split(p.X, append(some(1, 50), 0)...), []string{"50 of 50 rows"}, nil},
		{"the same", fit, SelectSplit{}, split(p.X, some(0, 50)...), []string{"the test split has the rows of the train split, all 50"}, matrix.ErrSameRows},
		{"valid is test", fit, ForSelection(split(p.X, 70, 71)), split(p.X, 70, 71), []string{"the test split has the rows of the valid split"}, matrix.ErrSameRows},
		{"float16", ForFitting(matrix.Labelled{X: halves.Rows(0, 40), Y: p.Y[:40]}), SelectSplit{}, matrix.Labelled{X: halves.Rows(38, 60), Y: p.Y[38:60]}, []string{"2 of 22 rows"}, nil},
		{"float16 and the same numbers as float32", ForFitting(matrix.Labelled{X: halves.Rows(0, 40), Y: p.Y[:40]}), SelectSplit{},
			matrix.Labelled{X: matrixtest.Copied(halves.Rows(39, 60)), Y: p.Y[39:60]}, []string{"1 of 21 rows"}, nil},
		{"some columns", fit.Cols(1, 4), SelectSplit{}, split(p.X.Cols(1, 4), 49, 50), []string{"1 of 2 rows"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Overlap(context.Background(), c.train, c.valid, ForReport(c.test), nil)
			if c.target != nil {
				matrixtest.WantError(t, err, c.target, c.says...)
				return
			}
			if err != nil || len(got) != len(c.says) {
				t.Fatalf("warnings %q, error %v, want %q", got, err, c.says)
			}
			for i, want := range c.says {
				if !strings.Contains(got[i], want) {
					t.Errorf("warning %q does not say %q", got[i], want)
				}
			}
		})
	}
	// Rows of a streamed matrix are given back.
	var released []int
	m := p.X
	m.Release = func(lo, hi int) { released = append(released, lo, hi) }
	m.ReleaseEvery = 1
	if _, err := Overlap(context.Background(), ForFitting(matrix.Labelled{X: m, Y: p.Y}), SelectSplit{}, ForReport(split(p.X, 3)), nil); err != nil || len(released) == 0 || slices.Max(released) > len(m.Data) {
		t.Errorf("gave back %v, error %v", released, err)
	}
}
