package matrix_test

import (
	"slices"
	"testing"

	"repbench/features/matrix"
)

// TestGiveBack checks the ranges of elements that rows stand for.
func TestGiveBack(t *testing.T) {
	var got [][2]int
	m := grid()
	m.Release = func(lo, hi int) { got = append(got, [2]int{lo, hi}) }
	for _, c := range []struct {
		name   string
		m      matrix.View
		lo, hi int
		want   [][2]int
	}{
		{"rows", m, 1, 3, [][2]int{{6, 18}}},
		{"no rows", m, 2, 2, nil},
		{"columns", m.Cols(2, 4), 1, 3, [][2]int{{8, 16}}},
		{"rows of rows", m.Rows(1, 4), 1, 3, [][2]int{{12, 24}}},
		{"subset", m.Subset([]int32{3, 0, 1}), 1, 3, [][2]int{{0, 12}}},
		{"nobody to tell", grid(), 0, 4, nil},
	} {
		t.Run(c.name, func(t *testing.T) {
			got = nil
			c.m.GiveBack(c.lo, c.hi)
			if !slices.Equal(got, c.want) {
				t.Errorf("gave back %v, want %v", got, c.want)
			}
		})
	}
}

// TestReaderGivesBack: a reader gives back what it has read, none of it while it
// may still be in use.
func TestReaderGivesBack(t *testing.T) {
	const n, d = 200, 3
	m := matrix.View{Data: make([]float32, n*d), N: n, D: d}
	held, most := map[int]bool{}, 0
	m.ReleaseEvery = 64 * d * 4 // two blocks
	m.Release = func(lo, hi int) {
		for i := lo; i < hi; i++ {
			if !held[i] {
				t.Fatalf("element %d given back before it was read, or twice", i)
			}
			delete(held, i)
		}
	}
	r := matrix.Reader{M: m}
	for range 2 {
		for lo := 0; lo < n; lo += matrix.BlockRows {
			hi := min(lo+matrix.BlockRows, n)
			r.Read(lo, hi)
			for i := lo * d; i < hi*d; i++ {
				held[i] = true
			}
			most = max(most, len(held))
		}
	}
	if want := 3 * matrix.BlockRows * d; most > want {
		t.Errorf("%d elements held, want at most %d", most, want)
	}
}
