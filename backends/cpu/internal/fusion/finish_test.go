package fusion

import (
	"bytes"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"repbench/backends/cpu/internal/pool"
	"repbench/internal/simd"
)

// finishCase is a program that one kernel computes; its values begin with a dense array, a bias
// and another dense array.
type finishCase struct {
	kind   simd.Finishing
	instrs []Instr
}

// number is a constant.
func number(v float32) Instr { return Instr{Op: Const, Value: v} }

func does(op Op, args ...int) Instr {
	in := Instr{Op: op}
	copy(in.Args[:], args)
	return in
}

var finishCases = []finishCase{
	{simd.FinishSum, []Instr{does(Add, 0, 1)}},
	{simd.FinishRelu, []Instr{does(Add, 1, 0), number(0), does(Max, 4, 3)}},
	{simd.FinishRelu6, []Instr{does(Add, 0, 1), number(0), does(Max, 3, 4), number(6), does(Min, 5, 6)}},
	{simd.FinishHardSwish, []Instr{does(Add, 0, 1), number(1.0 / 6), does(Mul, 3, 4), number(0.5), does(Add, 5, 6), number(0), does(Max, 7, 8),
		number(1), does(Min, 9, 10), does(Mul, 3, 11)}},
	{simd.FinishSwish, []Instr{does(Add, 0, 1), does(Logistic, 3), does(Mul, 4, 3)}},
	{simd.FinishGelu, []Instr{does(Add, 0, 1), number(math.Sqrt2), does(Div, 3, 4), does(Erf, 5), number(1), does(Add, 6, 7), does(Mul, 3, 8),
		number(0.5), does(Mul, 9, 10)}},
	{simd.FinishMore, []Instr{does(Add, 0, 1), does(Add, 2, 3)}},
	{simd.FinishMoreRelu, []Instr{does(Add, 0, 1), does(Add, 3, 2), number(0), does(Max, 4, 5)}},
}

func (c finishCase) program(dims []int) Program {
	dense := rowMajor(dims, nil)
	bias := make([]int, len(dims))
	bias[len(dims)-1] = 1
	p := Program{Dims: dims, Instrs: c.instrs, Inputs: []Input{{Type: Float32, Strides: dense}, {Type: Float32, Strides: bias}, {Type: Float32, Strides: dense}}}
	p.Outputs = []Output{{Value: 2 + len(c.instrs), Type: Float32}}
	return p
}

// The programs that one kernel finishes give the bits of the interpreter, piece by piece and in
// place.
func TestFinishedRows(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	workers := pool.New(2)
	defer workers.Close()
	for _, c := range finishCases {
		for _, dims := range rowDims {
			p := c.program(dims)
			k, err := Compile(p)
			if err != nil {
				t.Fatal(err)
			}
			rows, err := CompileRows(p)
			if err != nil {
				t.Fatal(err)
			}
			if rows.finish == nil || rows.finish.kind != c.kind {
				t.Fatalf("program %d is not finished by one kernel\n%v", c.kind, p)
			}
			var in []*array
			for i := range p.Inputs {
				n := product(dims)
				if i == 1 {
					n = dims[len(dims)-1]
				}
				in = append(in, randomFloatArray(rng, n))
			}
			want := runProgram(k, p, in, nil, workers)
			for _, place := range []int{-1, 0, 2} {
				var src []unsafe.Pointer
				var copies []*array
				for _, a := range in {
					copies = append(copies, a.clone())
					src = append(src, copies[len(copies)-1].pointer())
				}
				got := newArray(Float32, product(dims))
				if place >= 0 {
					got.bytes = copies[place].bytes
				}
				pass := rows.Begin(src, []unsafe.Pointer{got.pointer()})
				for _, x := range pieces(rng, rows.Rows, rows.Columns) {
					pass.Piece(x[0], x[1], x[2], x[3])
				}
				if !bytes.Equal(got.bytes, want[0].bytes) {
					t.Fatalf("in place %d: other bits\n%v", place, p)
				}
			}
		}
	}
}

// Programs that look alike are left to the interpreter.
func TestNotFinished(t *testing.T) {
	for i, change := range []func(p *Program){
		func(p *Program) { p.Instrs[1].Value = 0.2 },
		func(p *Program) { p.Instrs[3].Value = 0.25 },
		func(p *Program) { p.Instrs[7].Value = 6 },
		func(p *Program) { p.Instrs[9].Args[0] = 0 },
		func(p *Program) { p.Instrs[2].Args[0] = 2 },
		func(p *Program) { p.Inputs[1].Strides = []int{12, 0, 1} },
		func(p *Program) { p.Inputs[1].Strides = []int{0, 1, 0} },
		func(p *Program) { p.Inputs[0].Offset = 1 },
		func(p *Program) { p.Inputs[0].Strides = []int{48, 6, 1} },
		func(p *Program) { p.Inputs[0].Type = BFloat16 },
		func(p *Program) { p.Outputs[0].Type = Float16 },
		func(p *Program) { p.Outputs = append(p.Outputs, Output{Value: 3}) },
	} {
		p := finishCases[simd.FinishHardSwish].program([]int{4, 5, 6})
		p.Instrs, p.Inputs, p.Outputs = slices.Clone(p.Instrs), slices.Clone(p.Inputs), slices.Clone(p.Outputs)
		change(&p)
		k, err := CompileRows(p)
		if err != nil {
			t.Fatal(err)
		}
		if k.finish != nil {
			t.Errorf("change %d: one kernel finishes\n%v", i, p)
		}
	}
}

// randomFloatArray has values that all functions change, and no NaN, whose bits are not specified.
func randomFloatArray(rng *rand.Rand, n int) *array {
	a := newArray(Float32, n)
	for i := range n {
		a.set(i, rng.Float32()*14-7)
	}
	return a
}
