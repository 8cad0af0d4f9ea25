package eval

import (
	"slices"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// unequal are labels of three classes with 50, 20 and 7 rows, mixed.
func unequal() []int32 {
	var y []int32
	for i := range 50 {
		y = append(y, 0)
		if i < 20 {
			y = append(y, 1)
		}
		if i < 7 {
			y = append(y, 2)
		}
	}
	return y
}

func countClasses(y, rows []int32) [3]int {
	var n [3]int
	for _, r := range rows {
		n[y[r]]++
	}
	return n
}

// partition fails unless the lists are ascending and hold each of 0 … n-1 once.
func partition(t *testing.T, n int, lists ...[]int32) {
	t.Helper()
	seen := make([]int, n)
	for _, l := range lists {
		if !slices.IsSorted(l) {
			t.Errorf("%v does not ascend", l)
		}
		for _, r := range l {
			seen[r]++
		}
	}
	for r, c := range seen {
		if c != 1 {
			t.Errorf("row %d is there %d times", r, c)
		}
	}
}

func TestHoldOut(t *testing.T) {
	y := unequal()
	for _, c := range []struct {
		name  string
		share float64
		held  [3]int
	}{
		{"a tenth", 0.1, [3]int{5, 2, 1}},
		{"half", 0.5, [3]int{25, 10, 4}}, // 3.5 is rounded up
		{"at least one", 0.001, [3]int{1, 1, 1}},
		{"one stays", 0.99, [3]int{49, 19, 6}},
	} {
		t.Run(c.name, func(t *testing.T) {
			rest, held := holdOut(y, c.share, 1)
			partition(t, len(y), rest, held)
			if got := countClasses(y, held); got != c.held {
				t.Errorf("held out %v, want %v", got, c.held)
			}
			_, again := holdOut(y, c.share, 1)
			if !slices.Equal(held, again) {
				t.Error("the same seed holds out other rows")
			}
			_, other := holdOut(y, c.share, 2)
			if c.share < 0.9 && slices.Equal(held, other) {
				t.Error("another seed holds out the same rows")
			}
		})
	}
}

func TestDeal(t *testing.T) {
	y := unequal()
	folds := deal(y, 5, 3)
	partition(t, len(y), folds...)
	for f, rows := range folds {
		n := countClasses(y, rows)
		if n[0] != 10 || n[1] != 4 || n[2] < 1 || n[2] > 2 {
			t.Errorf("fold %d has %v", f, n)
		}
		if rest := without(len(y), rows); len(rest) != len(y)-len(rows) {
			t.Errorf("fold %d: %d rows and %d others", f, len(rows), len(rest))
		} else {
			partition(t, len(y), rows, rest)
		}
	}
	if again := deal(y, 5, 3); !slices.Equal(folds[2], again[2]) {
		t.Error("the same seed deals other folds")
	}
	if other := deal(y, 5, 4); slices.Equal(folds[2], other[2]) {
		t.Error("another seed deals the same folds")
	}
}

func TestDisjoint(t *testing.T) {
	p := matrixtest.Blobs(20, 3, 2, 1, 50)
	all := matrix.Labelled{X: p.X, Y: p.Y}
	lo, hi := all.Subset([]int32{0, 1, 2}), all.Subset([]int32{5, 2})
	rest := matrix.Labelled{X: p.X.Rows(3, 20), Y: p.Y[3:]}
	matrixtest.WantError(t, disjoint("train", lo, "test", hi), nil, "row 1 of the test split is row 2 of the train split")
	matrixtest.WantError(t, disjoint("train", rest, "test", hi), nil, "row 0 of the test split is row 2 of the train split")
	if err := disjoint("train", lo, "test", rest); err != nil {
		t.Error(err)
	}
	h := matrixtest.Half(p.X)
	matrixtest.WantError(t, disjoint("a", matrix.Labelled{X: h, Y: p.Y}, "b", matrix.Labelled{X: h.Rows(4, 5), Y: p.Y[4:5]}), nil, "row 0 of the b split is row 4")
}
