package eval

import (
	"context"
	"fmt"
	"path/filepath"
	"slices"
	"sync"
	"testing"

	"repbench/internal/npy"
)

// onDisk returns the matrix as a map of a file that gives its pages back after
// that many bytes, and a count of the elements that were.
func onDisk(t *testing.T, m Matrix, every int) (Matrix, func() int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.npy")
	if err := npy.Write(path, []int{m.N, m.D}, copied(m).Data); err != nil {
		t.Fatal(err)
	}
	f, err := npy.Map(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	data, err := npy.MappedSlice[float32](f)
	if err != nil {
		t.Fatal(err)
	}
	x, err := NewMatrix(data, m.N, m.D)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	total := 0
	x.releaseEvery = every
	x.Release = func(lo, hi int) {
		if lo < 0 || hi <= lo || hi > len(data) {
			t.Errorf("elements [%d, %d) of %d given back", lo, hi, len(data))
		}
		mu.Lock()
		total += hi - lo
		mu.Unlock()
		f.Release(lo, hi)
	}
	return x, func() int { return total }
}

// TestStreamedBitIdentical: a matrix in memory and one in a file, of which any
// part is in memory at a time, give the same bits.
func TestStreamedBitIdentical(t *testing.T) {
	const n, d = 1500, 40
	p := blobs(n, d, 3, 1, 80)
	fold := deal(p.y, 3, 1)[0]
	for _, c := range []float64{1e-3, 10} { // sketch and exact factors
		for _, classifier := range []Classifier{SVM, Softmax} {
			fits := func(x Matrix, y []int32) Fit {
				f, err := classifier.fit(context.Background(), x, y, 3, SVMOptions{C: []float64{c}, Threads: 2})
				if err != nil {
					t.Fatal(err)
				}
				return f[0]
			}
			whole := fits(p.x, p.y)
			part := Labelled{p.x.Cols(3, 30), p.y}.subset(fold)
			columns := fits(part.X, part.Y)
			for _, every := range []int{1, 10_000, n * d * 4, 0} {
				t.Run(fmt.Sprintf("C=%g/%v/every=%d", c, classifier, every), func(t *testing.T) {
					x, released := onDisk(t, p.x, every)
					got := fits(x, p.y)
					same(t, "all", whole, got)
					// Each pass reads all elements again; only the last blocks of each
					// worker stay.
					if least := n * d * (got.Passes - 2); released() < least {
						t.Errorf("%d elements given back in %d passes over %d", released(), got.Passes, n*d)
					}
					s := Labelled{x.Cols(3, 30), p.y}.subset(fold)
					same(t, "rows and columns", columns, fits(s.X, s.Y))
					predicted, err := got.Model.Predict(context.Background(), x, 2)
					if err != nil {
						t.Fatal(err)
					}
					want, err := whole.Model.Predict(context.Background(), p.x, 3)
					if err != nil || !slices.Equal(predicted, want) {
						t.Errorf("other predictions (%v)", err)
					}
				})
			}
		}
	}
}

// TestGiveBack checks the ranges of elements that rows stand for.
func TestGiveBack(t *testing.T) {
	var got [][2]int
	m := grid()
	m.Release = func(lo, hi int) { got = append(got, [2]int{lo, hi}) }
	for _, c := range []struct {
		name   string
		m      Matrix
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
	m := Matrix{Data: make([]float32, n*d), N: n, D: d}
	held, most := map[int]bool{}, 0
	m.releaseEvery = 64 * d * 4 // two blocks
	m.Release = func(lo, hi int) {
		for i := lo; i < hi; i++ {
			if !held[i] {
				t.Fatalf("element %d given back before it was read, or twice", i)
			}
			delete(held, i)
		}
	}
	r := reader{m: m}
	for range 2 {
		for lo := 0; lo < n; lo += blockRows {
			hi := min(lo+blockRows, n)
			r.read(lo, hi)
			for i := lo * d; i < hi*d; i++ {
				held[i] = true
			}
			most = max(most, len(held))
		}
	}
	if want := 3 * blockRows * d; most > want {
		t.Errorf("%d elements held, want at most %d", most, want)
	}
}
