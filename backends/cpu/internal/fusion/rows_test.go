package fusion

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unsafe"

	"repbench/backends/cpu/internal/pool"
)

// rowDims are spaces with short, long and odd rows.
var rowDims = [][]int{{2}, {7}, {300}, {5000}, {3, 5}, {17, 64}, {500, 3}, {3, 700}, {2, 2100}, {4, 5, 6}, {9, 16, 33}, {2, 3, 1500},
	{5, 49, 40}, {3, 5, 4, 64}, {3, 1, 5, 1, 7}, {3, 2, 2, 2, 2, 2}}

// pieces cuts rows and columns at random and returns the pieces in a random order.
func pieces(rng *rand.Rand, rows, cols int) [][4]int {
	cut := func(n int) []int {
		ends := []int{0}
		for last := 0; last < n; ends = append(ends, last) {
			last = min(n, last+1+rng.IntN(n))
		}
		return ends
	}
	var all [][4]int
	r, c := cut(rows), cut(cols)
	if rng.IntN(2) == 0 {
		c = []int{0, cols}
	}
	for i := range len(r) - 1 {
		for j := range len(c) - 1 {
			all = append(all, [4]int{r[i], r[i+1], c[j], c[j+1] - c[j]})
		}
	}
	rng.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// Piece by piece, a program gives the bits that it gives as a whole, in new memory and in the
// memory of inputs.
func TestRowsAgreeWithWhole(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	workers := pool.New(2)
	defer workers.Close()
	inPlace := 0
	for range 40 {
		for _, dims := range rowDims {
			p, in := randomProgram(rng, dims, true)
			for i := range p.Outputs {
				p.Outputs[i].Reduce, p.Outputs[i].Axes = None, nil
			}
			k, err := Compile(p)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := CompileRows(p)
			if err != nil {
				t.Fatal(err)
			}
			places := randomPlaces(rng, p, k.inPlace)
			want := runProgram(k, p, in, nil, workers)
			var src, dst []unsafe.Pointer
			var copies, got []*array
			for _, a := range in {
				copies = append(copies, a.clone())
				src = append(src, copies[len(copies)-1].pointer())
			}
			for i, o := range p.Outputs {
				a := newArray(o.Type, product(dims))
				if places[i] >= 0 {
					a.bytes = copies[places[i]].bytes
					inPlace++
				}
				got, dst = append(got, a), append(dst, a.pointer())
			}
			pass := rows.Begin(src, dst)
			if rng.IntN(4) == 0 {
				pass.All(workers)
			} else {
				all := pieces(rng, rows.Rows, rows.Columns)
				workers.Run(len(all), func(i int) { pass.Piece(all[i][0], all[i][1], all[i][2], all[i][3]) })
			}
			for i := range p.Outputs {
				if !bytes.Equal(got[i].bytes, want[i].bytes) {
					t.Fatalf("output %d differs\n%v in place %v", i, p, places)
				}
			}
		}
	}
	if inPlace == 0 {
		t.Error("no output was computed in place")
	}
}

func TestRowsRefuses(t *testing.T) {
	for _, p := range []Program{
		{Inputs: []Input{{Type: Float32}}, Outputs: []Output{{Type: Float32}}},
		{Dims: []int{3, 1}, Inputs: []Input{{Type: Float32, Strides: []int{1, 1}}}, Outputs: []Output{{Type: Float32}}},
		{Dims: []int{0, 3}, Inputs: []Input{{Type: Float32, Strides: []int{3, 1}}}, Outputs: []Output{{Type: Float32}}},
		{Dims: []int{2, 3}, Inputs: []Input{{Type: Float32, Strides: []int{3, 1}}}, Outputs: []Output{{Type: Float32, Reduce: ReduceSum, Axes: []int{0}}}},
	} {
		if _, err := CompileRows(p); err == nil {
			t.Errorf("no error for\n%v", p)
		}
	}
}
