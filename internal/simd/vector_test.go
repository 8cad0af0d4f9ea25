package simd

import (
	"math"
	"math/rand/v2"
	"testing"
)

type (
	unaryOp struct {
		name string
		get  func(v *vectorOps) unaryKernel
		want func(x float32) float32
	}
	binaryOp struct {
		name string
		get  func(v *vectorOps) binaryKernel
		want func(x, y float32) float32
	}
)

// unaryOps and binaryOps are exact or rounded once, so that all instruction sets give the same
// bits.
var (
	unaryOps = []unaryOp{
		{"neg", func(v *vectorOps) unaryKernel { return v.neg }, func(x float32) float32 { return -x }},
		{"abs", func(v *vectorOps) unaryKernel { return v.abs }, inFloat64(math.Abs)},
		{"sign", func(v *vectorOps) unaryKernel { return v.sign }, signOf},
		{"floor", func(v *vectorOps) unaryKernel { return v.floor }, inFloat64(math.Floor)},
		{"ceil", func(v *vectorOps) unaryKernel { return v.ceil }, inFloat64(math.Ceil)},
		{"round", func(v *vectorOps) unaryKernel { return v.round }, inFloat64(math.RoundToEven)},
		{"sqrt", func(v *vectorOps) unaryKernel { return v.sqrt }, inFloat64(math.Sqrt)},
		{"rsqrt", func(v *vectorOps) unaryKernel { return v.rsqrt }, func(x float32) float32 { return 1 / float32(math.Sqrt(float64(x))) }},
	}
	binaryOps = []binaryOp{
		{"add", func(v *vectorOps) binaryKernel { return v.add }, func(x, y float32) float32 { return x + y }},
		{"sub", func(v *vectorOps) binaryKernel { return v.sub }, func(x, y float32) float32 { return x - y }},
		{"mul", func(v *vectorOps) binaryKernel { return v.mul }, func(x, y float32) float32 { return x * y }},
		{"div", func(v *vectorOps) binaryKernel { return v.div }, func(x, y float32) float32 { return x / y }},
		{"max", func(v *vectorOps) binaryKernel { return v.max }, larger},
		{"addRelu", func(v *vectorOps) binaryKernel { return v.addRelu }, func(a, b float32) float32 { return larger(a+b, 0) }},
		{"min", func(v *vectorOps) binaryKernel { return v.min }, func(x, y float32) float32 { return -larger(-x, -y) }},
		{"equal", func(v *vectorOps) binaryKernel { return v.equal }, func(x, y float32) float32 { return truth(x == y) }},
		{"notEqual", func(v *vectorOps) binaryKernel { return v.notEqual }, func(x, y float32) float32 { return truth(x != y) }},
		{"less", func(v *vectorOps) binaryKernel { return v.less }, func(x, y float32) float32 { return truth(x < y) }},
		{"lessEqual", func(v *vectorOps) binaryKernel { return v.lessEqual }, func(x, y float32) float32 { return truth(x <= y) }},
	}
)

// signOf copies the sign of x to 1 unless x is a zero or NaN.
func signOf(x float32) float32 {
	if x == 0 || x != x {
		return x
	}
	return float32(math.Copysign(1, float64(x)))
}

// larger is NaN if x or y is, and +0 of two zeros of different sign.
func larger(x, y float32) float32 {
	switch {
	case x != x || x == y && !math.Signbit(float64(x)):
		return x
	case x > y:
		return x
	}
	return y
}

// specials are all kinds of float32: zeros, denormals, normals around the
// limits of integers and of the range, infinities, NaN.
func specials() []float32 {
	var s []float32
	for _, x := range []float32{0, math.SmallestNonzeroFloat32, 0x1p-127, 0x1p-126, 0.25, 0.49999997, 0.5, 0.99999994, 1, 1.5, 2, 2.5, 3,
		1<<22 + 0.5, 1<<23 - 0.5, 1 << 23, 1 << 24, 0x1p63, math.MaxFloat32, infinity, float32(math.NaN())} {
		s = append(s, x, -x)
	}
	return s
}

// pairs returns all pairs of specials and random bits.
func pairs() (a, b []float32) {
	s := specials()
	for _, x := range s {
		for _, y := range s {
			a, b = append(a, x), append(b, y)
		}
	}
	r := rand.New(rand.NewPCG(7, 8))
	for range 10000 {
		x := math.Float32frombits(r.Uint32())
		a, b = append(a, x), append(b, math.Float32frombits(math.Float32bits(x)^1<<r.IntN(32)))
	}
	return a, b
}

func TestBinary(t *testing.T) {
	a, b := pairs()
	for _, kern := range supported() {
		for _, op := range binaryOps {
			dst := make([]float32, len(a))
			binary(op.get(kern.vec), dst, a, b)
			for i, got := range dst {
				if want := op.want(a[i], b[i]); !same(got, want) {
					t.Fatalf("isa=%s: %s(%g, %g) = %g, want %g", kern.isa, op.name, a[i], b[i], got, want)
				}
			}
		}
	}
}

func TestUnary(t *testing.T) {
	x := specials()
	for bits := uint64(0); bits < 1<<32; bits += 65537 {
		x = append(x, math.Float32frombits(uint32(bits)))
	}
	for _, kern := range supported() {
		for _, op := range unaryOps {
			dst := make([]float32, len(x))
			unary(op.get(kern.vec), dst, x)
			for i, got := range dst {
				if want := op.want(x[i]); !same(got, want) {
					t.Fatalf("isa=%s: %s(%g) = %g, want %g", kern.isa, op.name, x[i], got, want)
				}
			}
		}
	}
}

func TestSelect(t *testing.T) {
	cond := specials()
	a, b, dst := make([]float32, len(cond)), make([]float32, len(cond)), make([]float32, len(cond))
	for _, kern := range supported() {
		for i := range cond {
			a[i], b[i] = float32(i), float32(-i)
		}
		choose3(kern.vec, dst, cond, a, b)
		for i, got := range dst {
			want := b[i]
			if cond[i] != 0 {
				want = a[i]
			}
			if !same(got, want) {
				t.Errorf("isa=%s: element %d is %g for %g, want %g", kern.isa, i, got, cond[i], want)
			}
		}
	}
}

// TestPlace: the bits of an element depend neither on its position nor on the length nor on
// whether dst is an operand, and no element beyond dst is written.
func TestPlace(t *testing.T) {
	const size, guard = 150, 1e30
	r := rand.New(rand.NewPCG(9, 10))
	a, b := randomFloats(r, size), randomFloats(r, size)
	want, dst, one := make([]float32, size), make([]float32, size), make([]float32, 1)
	for _, kern := range supported() {
		for _, k := range placeCases(kern.vec) {
			for i := range want {
				k.run(one, a[i:i+1], b[i:i+1])
				want[i] = one[0]
			}
			for n := 0; n <= 140; n++ {
				from := r.IntN(size - n)
				for where := range 3 {
					fill(portableVector, dst, guard)
					x, y, out := a[from:from+n], b[from:from+n], dst[from:from+n]
					switch where {
					case 1:
						copy(out, x)
						x = out
					case 2:
						copy(out, y)
						y = out
					}
					k.run(out, x, y)
					for i, got := range dst {
						if i < from || i >= from+n {
							if got != guard {
								t.Fatalf("isa=%s: %s of %d at %d wrote element %d", kern.isa, k.name, n, from, i)
							}
						} else if !same(got, want[i]) {
							t.Fatalf("isa=%s: %s of %d at %d: element %d is %g, alone %g", kern.isa, k.name, n, from, i, got, want[i])
						}
					}
				}
			}
		}
	}
}

type placeCase struct {
	name string
	run  func(dst, a, b []float32)
}

// placeCases are all elementwise kernels of v as functions of two operands.
func placeCases(v *vectorOps) []placeCase {
	cases := []placeCase{
		{"select", func(dst, a, b []float32) { choose3(v, dst, a, a, b) }},
		{"fill", func(dst, _, _ []float32) { fill(v, dst, 3) }},
	}
	for _, op := range unaryOps {
		cases = append(cases, placeCase{op.name, func(dst, a, _ []float32) { unary(op.get(v), dst, a) }})
	}
	for _, f := range mathFunctions {
		cases = append(cases, placeCase{f.name, func(dst, a, _ []float32) { unary(f.get(v), dst, a) }})
	}
	for _, op := range binaryOps {
		cases = append(cases, placeCase{op.name, func(dst, a, b []float32) { binary(op.get(v), dst, a, b) }})
	}
	return cases
}

// TestVectorFunctions: each function calls its own kernel.
func TestVectorFunctions(t *testing.T) {
	cases := []struct {
		name string
		f    func(dst, a, b []float32)
		want float32 // for a = 2.25, b = -0.5
	}{
		{"Add", Add, 1.75}, {"Sub", Sub, 2.75}, {"Mul", Mul, -1.125}, {"Div", Div, -4.5}, {"Max", Max, 2.25}, {"Min", Min, -0.5},
		{"Equal", Equal, 0}, {"NotEqual", NotEqual, 1}, {"Less", func(dst, a, b []float32) { Less(dst, b, a) }, 1},
		{"LessEqual", func(dst, a, _ []float32) { LessEqual(dst, a, a) }, 1},
		{"Select", func(dst, a, b []float32) { Select(dst, a, b, a) }, -0.5},
		{"Neg", of(Neg), -2.25}, {"Abs", func(dst, _, b []float32) { Abs(dst, b) }, 0.5}, {"Sign", of(Sign), 1},
		{"Floor", of(Floor), 2}, {"Ceil", of(Ceil), 3}, {"Round", of(Round), 2}, {"Sqrt", of(Sqrt), 1.5}, {"Rsqrt", of(Rsqrt), 1 / float32(1.5)},
		{"Exp", of(Exp), float32(math.Exp(2.25))}, {"Expm1", of(Expm1), float32(math.Expm1(2.25))},
		{"Log", of(Log), float32(math.Log(2.25))}, {"Log1p", of(Log1p), float32(math.Log1p(2.25))},
		{"Tanh", of(Tanh), float32(math.Tanh(2.25))}, {"Sigmoid", of(Sigmoid), float32(sigmoid(2.25))},
		{"Fill", func(dst, _, _ []float32) { Fill(dst, 7) }, 7},
		{"Sum", func(dst, a, b []float32) { dst[0] = Sum([]float32{a[0], b[0], 8}) }, 9.75},
		{"MaxOf", func(dst, a, b []float32) { dst[0] = MaxOf([]float32{a[0], b[0], 8}) }, 8},
		{"MinOf", func(dst, a, b []float32) { dst[0] = MinOf([]float32{a[0], b[0], 8}) }, -0.5},
	}
	for _, c := range cases {
		dst := []float32{0}
		c.f(dst, []float32{2.25}, []float32{-0.5})
		if ulps(dst[0], float64(c.want)) > 3 {
			t.Errorf("%s: %g, want %g", c.name, dst[0], c.want)
		}
	}
}

func of(f func(dst, a []float32)) func(dst, a, b []float32) {
	return func(dst, a, _ []float32) { f(dst, a) }
}

// TestVectorStack: arrays on the stack are not moved to the heap.
func TestVectorStack(t *testing.T) {
	if got := testing.AllocsPerRun(10, func() {
		var a, b [100]float32
		var h [100]uint16
		Add(a[:], a[:], b[:])
		Exp(b[:], a[:])
		Select(a[:], a[:], a[:], b[:])
		Fill(b[:], Sum(a[:]))
		ToBF16(h[:], b[:])
		FromF16(a[:], h[:])
	}); got != 0 {
		t.Errorf("%g allocations", got)
	}
}

func TestVectorPanics(t *testing.T) {
	// The short operands have spare capacity, which must not count.
	long, short := make([]float32, 3), make([]float32, 2, 3)
	cases := []struct {
		name string
		do   func()
	}{
		{"short operand", func() { Neg(long, short) }},
		{"short first operand", func() { Add(long, short, long) }},
		{"short second operand", func() { Add(long, long, short) }},
		{"short condition", func() { Select(long, short, long, long) }},
		{"short choice", func() { Select(long, long, long, short) }},
		{"short source", func() { ToF16(make([]uint16, 3), short) }},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("no panic")
				}
			}()
			c.do()
		})
	}
}
