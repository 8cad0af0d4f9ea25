package fusion

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"unsafe"

	"repbench/backends/cpu/internal/pool"
	"repbench/internal/simd"
)

// array is memory of one storage type.
type array struct {
	typ   Type
	bytes []byte
}

func newArray(t Type, n int) *array {
	words := make([]uint64, (n*t.Size()+15)/8) // aligned, and never without an address
	return &array{t, unsafe.Slice((*byte)(unsafe.Pointer(&words[0])), n*t.Size())}
}

func (a *array) pointer() unsafe.Pointer { return unsafe.Pointer(unsafe.SliceData(a.bytes)) }

func (a *array) len() int { return len(a.bytes) / a.typ.Size() }

func (a *array) clone() *array {
	b := newArray(a.typ, a.len())
	copy(b.bytes, a.bytes)
	return b
}

// get and set convert an element as the package documents it. They share no code with the
// package, except for the half types.
func (a *array) get(i int) float32 {
	var v [1]float32
	switch p := a.element(i); a.typ {
	case Float32:
		return *(*float32)(p)
	case Bool, Uint8:
		return float32(*(*uint8)(p))
	case Int8:
		return float32(*(*int8)(p))
	case BFloat16:
		return math.Float32frombits(uint32(*(*uint16)(p)) << 16)
	default:
		simd.FromF16(v[:], []uint16{*(*uint16)(p)})
	}
	return v[0]
}

func (a *array) set(i int, v float32) {
	var bits [1]uint16
	switch p := a.element(i); a.typ {
	case Float32:
		*(*float32)(p) = v
	case Bool:
		*(*bool)(p) = v != 0
	case Uint8:
		*(*uint8)(p) = uint8(v)
	case Int8:
		*(*int8)(p) = int8(v)
	case BFloat16:
		simd.ToBF16(bits[:], []float32{v})
		*(*uint16)(p) = bits[0]
	default:
		simd.ToF16(bits[:], []float32{v})
		*(*uint16)(p) = bits[0]
	}
}

func (a *array) element(i int) unsafe.Pointer {
	return unsafe.Pointer(&a.bytes[i*a.typ.Size()])
}

// randomArray holds numbers from -3 to 3 that the type represents exactly.
func randomArray(rng *rand.Rand, t Type, n int) *array {
	a := newArray(t, n)
	for i := range n {
		switch t {
		case Bool:
			a.set(i, float32(rng.IntN(2)))
		case Uint8:
			a.set(i, float32(rng.IntN(4)))
		case Int8:
			a.set(i, float32(rng.IntN(7)-3))
		default:
			a.set(i, float32(rng.IntN(385)-192)/64)
		}
	}
	return a
}

// scalarOp computes an operation on single elements: with the vector kernel if each instruction
// set rounds results differently, else in Go.
func scalarOp(op Op, x [3]float32) float32 {
	truth := func(b bool) float32 {
		if b {
			return 1
		}
		return 0
	}
	dst, a, b := make([]float32, 1), x[:1], x[1:2]
	switch op {
	case Add:
		return x[0] + x[1]
	case Sub:
		return x[0] - x[1]
	case Mul:
		return x[0] * x[1]
	case Div:
		return x[0] / x[1]
	case Neg:
		return -x[0]
	case AddRelu:
		return max(x[0]+x[1], 0)
	case Equal:
		return truth(x[0] == x[1])
	case NotEqual:
		return truth(x[0] != x[1])
	case Less:
		return truth(x[0] < x[1])
	case LessOrEqual:
		return truth(x[0] <= x[1])
	case IsFinite:
		return truth(!math.IsNaN(float64(x[0])) && !math.IsInf(float64(x[0]), 0))
	case And:
		return truth(x[0] != 0 && x[1] != 0)
	case Or:
		return truth(x[0] != 0 || x[1] != 0)
	case Xor:
		return truth((x[0] != 0) != (x[1] != 0))
	case Not:
		return truth(x[0] == 0)
	case Select:
		if x[0] != 0 {
			return x[1]
		}
		return x[2]
	}
	switch info := &ops[op]; {
	case info.half != nil:
		info.half.round(dst, a, make([]uint16, 1))
	case info.unary != nil:
		info.unary(dst, a)
	default:
		info.binary(dst, a, b)
	}
	return dst[0]
}

// oracle evaluates programs one element at a time.
type oracle struct {
	p  Program
	in []*array
}

// values returns all values of the program at an index.
func (o *oracle) values(index []int) []float32 {
	var vs []float32
	for i, in := range o.p.Inputs {
		at := in.Offset
		for a, s := range in.Strides {
			at += index[a] * s
		}
		vs = append(vs, o.in[i].get(at))
	}
	for _, in := range o.p.Instrs {
		if in.Op == Const {
			vs = append(vs, in.Value)
			continue
		}
		var x [3]float32
		for i := range in.Op.Args() {
			x[i] = vs[in.Args[i]]
		}
		vs = append(vs, scalarOp(in.Op, x))
	}
	return vs
}

// expected is the expected value of an output element and the sum that bounds its error.
type expected struct{ value, sumAbs float64 }

// outputs evaluates the program.
func (o *oracle) outputs() [][]expected {
	out := make([][]expected, len(o.p.Outputs))
	for i, w := range o.p.Outputs {
		out[i] = make([]expected, product(outputDims(o.p.Dims, w)))
		for e := range out[i] {
			out[i][e].value = w.Reduce.identity()
		}
	}
	forEach(o.p.Dims, func(index []int) {
		vs := o.values(index)
		for i, w := range o.p.Outputs {
			e, v := &out[i][outputIndex(o.p.Dims, w, index)], float64(vs[w.Value])
			e.sumAbs += math.Abs(v)
			switch w.Reduce {
			case None:
				e.value = v
			case ReduceSum:
				e.value += v
			case ReduceProduct:
				e.value *= v
			case ReduceMax:
				e.value = nanOr(e.value, v, math.Max)
			case ReduceMin:
				e.value = nanOr(e.value, v, math.Min)
			}
		}
	})
	return out
}

// nanOr returns NaN if an argument is NaN, unlike math.Max, which prefers +Inf.
func nanOr(a, b float64, f func(a, b float64) float64) float64 {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.NaN()
	}
	return f(a, b)
}

// outputDims returns the dimensions of an output.
func outputDims(dims []int, o Output) []int {
	var left []int
	for a, d := range dims {
		if !slices.Contains(o.Axes, a) {
			left = append(left, d)
		}
	}
	return left
}

// outputIndex returns the element of an output that an index belongs to.
func outputIndex(dims []int, o Output, index []int) int {
	at := 0
	for a, d := range dims {
		if !slices.Contains(o.Axes, a) {
			at = at*d + index[a]
		}
	}
	return at
}

// forEach calls f with every index, in row-major order.
func forEach(dims []int, f func(index []int)) {
	index := make([]int, len(dims))
	for range product(dims) {
		f(index)
		for a := len(dims) - 1; a >= 0; a-- {
			if index[a]++; index[a] < dims[a] {
				break
			}
			index[a] = 0
		}
	}
}

// sumError is the bound in the package comment, relative to the sum of the magnitudes.
const sumError = 6e-6

// check compares an output with the expected values: all bits must agree, except for sums and
// products.
func check(got *array, o Output, want []expected) error {
	if got.len() != len(want) {
		return fmt.Errorf("%d elements, want %d", got.len(), len(want))
	}
	for e, w := range want {
		exact := newArray(o.Type, 1)
		exact.set(0, float32(w.value))
		g, x := float64(got.get(e)), float64(exact.get(0))
		if g == x || math.IsNaN(g) && math.IsNaN(w.value) {
			continue
		}
		if o.Reduce == ReduceSum && o.Type == Float32 && math.Abs(g-w.value) <= sumError*w.sumAbs+1e-7*math.Abs(w.value) {
			continue
		}
		if o.Reduce == ReduceProduct && o.Type == Float32 && math.Abs(g-w.value) <= 1e-4*math.Abs(w.value) {
			continue
		}
		return fmt.Errorf("element %d is %g, want %g", e, g, w.value)
	}
	return nil
}

// runProgram runs a compiled program. inPlace[i] is the input whose memory output i uses, or
// -1. Other inputs are not changed.
func runProgram(k *Kernel, p Program, in []*array, inPlace []int, workers *pool.Pool) []*array {
	var src, dst []unsafe.Pointer
	var copies, out []*array
	for _, a := range in {
		copies = append(copies, a.clone())
		src = append(src, copies[len(copies)-1].pointer())
	}
	for i, o := range p.Outputs {
		a := newArray(o.Type, product(outputDims(p.Dims, o)))
		if inPlace != nil && inPlace[i] >= 0 {
			a.bytes = copies[inPlace[i]].bytes
		}
		out = append(out, a)
		dst = append(dst, a.pointer())
	}
	k.Run(workers, src, dst)
	return out
}

// verify runs a program, cut by limits l, with one, two and five threads and compares the
// results with the oracle.
func verify(t testing.TB, p Program, l limits, in []*array, inPlace []int) {
	t.Helper()
	k, err := compile(p, l)
	if err != nil {
		t.Fatalf("%v\n%v", err, p)
	}
	want := (&oracle{p, in}).outputs()
	var first []*array
	for _, threads := range []int{1, 2, 5} {
		workers := pool.New(threads)
		out := runProgram(k, p, in, inPlace, workers)
		workers.Close()
		for i, o := range p.Outputs {
			if err := check(out[i], o, want[i]); err != nil {
				t.Fatalf("%d threads, output %d: %v\n%vin place %v", threads, i, err, p, inPlace)
			}
			if first != nil && !slices.Equal(out[i].bytes, first[i].bytes) {
				t.Fatalf("output %d differs between 1 and %d threads\n%v", i, threads, p)
			}
		}
		if first == nil {
			first = out
		}
	}
}
