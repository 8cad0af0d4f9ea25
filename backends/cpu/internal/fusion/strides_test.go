package fusion

import (
	"bytes"
	"math/rand/v2"
	"testing"
	"unsafe"

	"repbench/backends/cpu/internal/pool"
)

// widened gives the outputs of p strides: the rows of each lie in a wider matrix.
func widened(rng *rand.Rand, p Program) (Program, []int) {
	p.Outputs = append([]Output(nil), p.Outputs...)
	width := make([]int, len(p.Outputs))
	last := len(p.Dims) - 1
	for i := range p.Outputs {
		width[i] = p.Dims[last] + rng.IntN(3)*rng.IntN(40)
		dims := append([]int(nil), p.Dims...)
		dims[last] = width[i]
		p.Outputs[i].Strides = rowMajor(dims, nil)
	}
	return p, width
}

// An output that is some columns of a wider matrix holds the bits of a dense output, and leaves
// the other columns as they are: as a whole, piece by piece, and in the memory of an input with
// the same strides.
func TestStridedOutputs(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 8))
	workers := pool.New(2)
	defer workers.Close()
	for range 30 {
		for _, dims := range rowDims {
			p, in := randomProgram(rng, dims, true)
			for i := range p.Outputs {
				p.Outputs[i].Reduce, p.Outputs[i].Axes = None, nil
			}
			dense, err := Compile(p)
			if err != nil {
				t.Fatal(err)
			}
			want := runProgram(dense, p, in, nil, workers)
			wide, widths := widened(rng, p)
			whole, err := Compile(wide)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := CompileRows(wide)
			if err != nil {
				t.Fatal(err)
			}
			for _, byRows := range []bool{false, true} {
				var src, dst []unsafe.Pointer
				var got []*array
				for _, a := range in {
					src = append(src, a.clone().pointer())
				}
				for i, o := range p.Outputs {
					a := newArray(o.Type, rows.Rows*widths[i])
					for k := range a.bytes {
						a.bytes[k] = 0xa5
					}
					got, dst = append(got, a), append(dst, a.pointer())
				}
				if byRows {
					pass := rows.Begin(src, dst)
					all := pieces(rng, rows.Rows, rows.Columns)
					workers.Run(len(all), func(i int) { pass.Piece(all[i][0], all[i][1], all[i][2], all[i][3]) })
				} else {
					whole.Run(workers, src, dst)
				}
				for i := range p.Outputs {
					checkColumns(t, got[i], want[i], widths[i], rows.Columns, wide)
				}
			}
		}
	}
}

// checkColumns compares the first columns of got with want, and the others with their content
// before the run.
func checkColumns(t *testing.T, got, want *array, width, columns int, p Program) {
	t.Helper()
	size := got.typ.Size()
	for row := 0; row*width < got.len(); row++ {
		line := got.bytes[row*width*size:][:width*size]
		if !bytes.Equal(line[:columns*size], want.bytes[row*columns*size:][:columns*size]) {
			t.Fatalf("row %d differs\n%v", row, p)
		}
		for _, b := range line[columns*size:] {
			if b != 0xa5 {
				t.Fatalf("row %d: a column beyond the output was written\n%v", row, p)
			}
		}
	}
}

// A program may work in place on some columns of a wider matrix, as behind a convolution that
// writes its part of a concatenation.
func TestStridedInPlace(t *testing.T) {
	const rows, columns, width = 700, 48, 112
	workers := pool.New(2)
	defer workers.Close()
	strides := []int{width, 1}
	p := Program{
		Dims:    []int{rows, columns},
		Inputs:  []Input{{Type: Float32, Strides: strides}, {Type: Float32, Strides: []int{0, 1}}},
		Instrs:  []Instr{{Op: Const}, {Op: Add, Args: [3]int{0, 1}}, {Op: Max, Args: [3]int{3, 2}}},
		Outputs: []Output{{Value: 4, Type: Float32, Strides: strides}},
	}
	rng := rand.New(rand.NewPCG(1, 2))
	x, bias := randomArray(rng, Float32, rows*width), randomArray(rng, Float32, columns)
	kernel, err := CompileRows(p)
	if err != nil {
		t.Fatal(err)
	}
	if kernel.finish == nil {
		t.Error("the program is not one kernel")
	}
	for _, byRows := range []bool{false, true} {
		y := x.clone()
		in, out := []unsafe.Pointer{y.pointer(), bias.pointer()}, []unsafe.Pointer{y.pointer()}
		if byRows {
			kernel.Begin(in, out).All(workers)
		} else {
			kernel.kernel.Run(workers, in, out)
		}
		for i := range rows * width {
			want := x.get(i)
			if c := i % width; c < columns {
				want = max(want+bias.get(c), 0)
			}
			if got := y.get(i); got != want && want == want {
				t.Fatalf("by rows %t: element %d is %g, want %g", byRows, i, got, want)
			}
		}
	}
}

func TestStridesRefused(t *testing.T) {
	for _, o := range []Output{
		{Type: Float32, Strides: []int{3}},
		{Type: Float32, Strides: []int{3, 0}},
		{Type: Float32, Strides: []int{3, 1}, Reduce: ReduceSum, Axes: []int{0}},
	} {
		if _, err := Compile(Program{Dims: []int{2, 3}, Inputs: []Input{{Type: Float32, Strides: []int{3, 1}}}, Outputs: []Output{o}}); err == nil {
			t.Errorf("no error for %+v", o)
		}
	}
}
