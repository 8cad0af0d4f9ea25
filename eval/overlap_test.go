package eval

import (
	"context"
	"slices"
	"strings"
	"testing"
)

// TestOverlap: rows that two splits share are counted, in float32 and float16, in
// storages of their own and in views; a split that was given twice is an error.
func TestOverlap(t *testing.T) {
	p := blobs(90, 5, 3, 1, 200)
	split := func(m Matrix, rows ...int) Labelled {
		var index []int32
		for _, r := range rows {
			index = append(index, int32(r))
		}
		return Labelled{X: copied(m.Subset(index)), Y: make([]int32, len(rows))}
	}
	some := func(lo, hi int) []int {
		var rows []int
		for r := lo; r < hi; r++ {
			rows = append(rows, r)
		}
		return rows
	}
	halves := half(p.x)
	fit := ForFitting(split(p.x, some(0, 50)...))
	for _, c := range []struct {
		name   string
		train  FitSplit
		valid  SelectSplit
		test   Labelled
		says   []string
		target error
	}{
		{"none", fit, SelectSplit{}, split(p.x, some(50, 90)...), nil, nil},
		{"three", fit, SelectSplit{}, split(p.x, append(some(50, 60), 7, 3, 7)...),
			[]string{"3 of 13 rows of the test split equal a row of the train split (the first: row 10 equals row 7)"}, nil},
		{"all of test", fit, SelectSplit{}, split(p.x, 4, 2), []string{"2 of 2 rows"}, nil},
		{"in valid, too", fit, ForSelection(split(p.x, 1, 70, 71)), split(p.x, 71, 80),
			[]string{"1 of 3 rows of the valid split equal a row of the train split", "1 of 2 rows of the test split equal a row of the valid split (the first: row 0 equals row 2)"}, nil},
		{"another order", fit, SelectSplit{}, split(p.x, append(some(1, 50), 0)...), []string{"50 of 50 rows"}, nil},
		{"the same", fit, SelectSplit{}, split(p.x, some(0, 50)...), []string{"the test split has the rows of the train split, all 50"}, ErrSameRows},
		{"valid is test", fit, ForSelection(split(p.x, 70, 71)), split(p.x, 70, 71), []string{"the test split has the rows of the valid split"}, ErrSameRows},
		{"float16", ForFitting(Labelled{X: halves.Rows(0, 40), Y: p.y[:40]}), SelectSplit{}, Labelled{X: halves.Rows(38, 60), Y: p.y[38:60]}, []string{"2 of 22 rows"}, nil},
		{"float16 and the same numbers as float32", ForFitting(Labelled{X: halves.Rows(0, 40), Y: p.y[:40]}), SelectSplit{},
			Labelled{X: copied(halves.Rows(39, 60)), Y: p.y[39:60]}, []string{"1 of 21 rows"}, nil},
		{"some columns", fit.Cols(1, 4), SelectSplit{}, split(p.x.Cols(1, 4), 49, 50), []string{"1 of 2 rows"}, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := Overlap(context.Background(), c.train, c.valid, ForReport(c.test), nil)
			if c.target != nil {
				wantError(t, err, c.target, c.says...)
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
	m := p.x
	m.Release = func(lo, hi int) { released = append(released, lo, hi) }
	m.releaseEvery = 1
	if _, err := Overlap(context.Background(), ForFitting(Labelled{X: m, Y: p.y}), SelectSplit{}, ForReport(split(p.x, 3)), nil); err != nil || len(released) == 0 || slices.Max(released) > len(m.Data) {
		t.Errorf("gave back %v, error %v", released, err)
	}
}
