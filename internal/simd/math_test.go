package simd

import (
	"math"
	"os"
	"testing"
)

// envExhaustive makes TestMathError test all float32 values, which takes some minutes.
const envExhaustive = "REPBENCH_EXHAUSTIVE"

// mathFunctions holds the error bounds, in units in the last place, that the doc comments in
// math.go state for all instruction sets.
var mathFunctions = []struct {
	name  string
	get   func(v *vectorOps) unaryKernel
	exact func(x float64) float64
	bound float64
}{
	{"exp", func(v *vectorOps) unaryKernel { return v.exp }, math.Exp, 1},
	{"expm1", func(v *vectorOps) unaryKernel { return v.expm1 }, math.Expm1, 1.5},
	{"log", func(v *vectorOps) unaryKernel { return v.log }, math.Log, 1},
	{"log1p", func(v *vectorOps) unaryKernel { return v.log1p }, math.Log1p, 1},
	{"tanh", func(v *vectorOps) unaryKernel { return v.tanh }, math.Tanh, 2.5},
	{"sigmoid", func(v *vectorOps) unaryKernel { return v.sigmoid }, sigmoid, 2.5},
	{"erf", func(v *vectorOps) unaryKernel { return v.erf }, math.Erf, 1.5},
	{"sqrt", func(v *vectorOps) unaryKernel { return v.sqrt }, math.Sqrt, 0.5},
	{"rsqrt", func(v *vectorOps) unaryKernel { return v.rsqrt }, func(x float64) float64 { return 1 / math.Sqrt(x) }, 1.5},
}

// TestMathError compares every kernel with float64 arithmetic over the range of
// float32, in steps of a prime number of representable values.
func TestMathError(t *testing.T) {
	stride := uint64(16381)
	if os.Getenv(envExhaustive) != "" {
		stride = 1
	}
	for _, f := range mathFunctions {
		t.Run("f="+f.name, func(t *testing.T) {
			t.Parallel()
			worst := newErrors(supported())
			const chunk = 1024
			x := make([]float32, 0, chunk)
			for next := uint64(0); next < 1<<32; next += stride {
				x = append(x, math.Float32frombits(uint32(next)))
				if len(x) == chunk || next+stride >= 1<<32 {
					worst.add(f.get, f.exact, x)
					x = x[:0]
				}
			}
			if worst.apart {
				t.Error("AVX-512 and AVX2 give different bits")
			}
			for k, kern := range worst.tables {
				t.Logf("isa=%s: %.3f ulp at %g", kern.isa, worst.ulp[k], worst.at[k])
				if worst.ulp[k] > f.bound {
					t.Errorf("isa=%s: error of %.3f ulp at %g, want at most %g", kern.isa, worst.ulp[k], worst.at[k], f.bound)
				}
			}
		})
	}
}

// largestErrors holds the largest error of each instruction set and where it occurs.
type largestErrors struct {
	tables []*kernels
	ulp    []float64
	at     []float32
	apart  bool // AVX-512 and AVX2 gave different bits for some value
}

func newErrors(tables []*kernels) *largestErrors {
	return &largestErrors{tables: tables, ulp: make([]float64, len(tables)), at: make([]float32, len(tables))}
}

func (w *largestErrors) add(get func(*vectorOps) unaryKernel, exact func(float64) float64, x []float32) {
	y := make([]float32, len(x)*len(w.tables))
	for k, kern := range w.tables {
		unary(get(kern.vec), y[k*len(x):][:len(x)], x)
	}
	for i, v := range x {
		want := exact(float64(v))
		w.apart = w.apart || len(w.tables) == 3 && !same(y[i], y[len(x)+i])
		for k := range w.tables {
			if e := ulps(y[k*len(x)+i], want); e > w.ulp[k] {
				w.ulp[k], w.at[k] = e, v
			}
		}
	}
}

// ulps returns |got - want| in units in the last place of a float32 near want. Infinity counts
// as 2^128; it is right if want rounds to it.
func ulps(got float32, want float64) float64 {
	if got != got || want != want {
		if got != got && want != want {
			return 0
		}
		return math.Inf(1)
	}
	if math.Abs(want) >= 0x1p128 || math.IsInf(float64(got), 0) {
		if float64(got) == float64(float32(want)) {
			return 0
		}
		want = max(-0x1p128, min(0x1p128, want))
	}
	exponent := max(-126, min(127, int(math.Float64bits(want)>>52&0x7ff)-1023))
	perUnit := math.Float64frombits(uint64(23-exponent+1023) << 52)
	return math.Abs(max(-0x1p128, min(0x1p128, float64(got)))-want) * perUnit
}

func TestULPs(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	cases := []struct {
		name       string
		got        float32
		want, ulps float64
	}{
		{"above a power of two", 1, 1 + 0x1p-23, 1},
		{"below a power of two", 1, 1 - 0x1p-24, 1},
		{"half a unit", 1 - 0x1p-24, 1, 0.5},
		{"zero", 0, 0, 0},
		{"sign", -1, 1, 0x1p24},
		{"smallest for zero", 0x1p-149, 0, 1},
		{"zero for smallest", 0, 0x1p-149, 1},
		{"smallest normal", 0x1p-126, 0x1p-126 - 0x1p-149, 1},
		{"infinity", infinity, inf, 0},
		{"overflow", infinity, 1e300, 0},
		{"rounds to infinity", infinity, 0x1p128 - 0x1p103, 0},
		{"early overflow", infinity, math.MaxFloat32, 1},
		{"no overflow", math.MaxFloat32, inf, 1},
		{"other infinity", -infinity, inf, 0x1p25},
		{"NaN", float32(nan), nan, 0},
		{"NaN for a number", float32(nan), 1, inf},
		{"number for NaN", 1, nan, inf},
	}
	for _, c := range cases {
		if got := ulps(c.got, c.want); got != c.ulps {
			t.Errorf("%s: %g, want %g", c.name, got, c.ulps)
		}
	}
}

// TestMathSpecial: values that must be exact, with the sign of zeros. The
// thresholds follow from ln(2^-150) = -103.97 and ln(2^128) = 88.7228….
func TestMathSpecial(t *testing.T) {
	const tiny, largest = math.SmallestNonzeroFloat32, math.MaxFloat32
	inf, nan, minusZero := infinity, float32(math.NaN()), float32(math.Copysign(0, -1))
	cases := map[string][][2]float32{
		"exp": {{0, 1}, {minusZero, 1}, {inf, inf}, {-inf, 0}, {nan, nan}, {tiny, 1}, {-tiny, 1}, {88.72284, inf}, {1000, inf},
			{largest, inf}, {-103.98, 0}, {-1000, 0}, {-largest, 0}, {-103.97, tiny}},
		"expm1": {{0, 0}, {minusZero, minusZero}, {inf, inf}, {-inf, -1}, {nan, nan}, {tiny, tiny}, {-tiny, -tiny}, {0x1p-126, 0x1p-126},
			{88.72284, inf}, {largest, inf}, {-18, -1}, {-30, -1}, {-largest, -1}},
		"log": {{0, -inf}, {minusZero, -inf}, {1, 0}, {inf, inf}, {-inf, nan}, {nan, nan}, {-1, nan}, {-tiny, nan}, {-largest, nan}},
		"log1p": {{0, 0}, {minusZero, minusZero}, {-1, -inf}, {inf, inf}, {-inf, nan}, {nan, nan}, {-1.0000001, nan}, {-largest, nan},
			{tiny, tiny}, {-tiny, -tiny}},
		"tanh": {{0, 0}, {minusZero, minusZero}, {inf, 1}, {-inf, -1}, {nan, nan}, {tiny, tiny}, {-tiny, -tiny}, {9.1, 1}, {-9.1, -1},
			{largest, 1}, {-largest, -1}},
		"sigmoid": {{0, 0.5}, {minusZero, 0.5}, {inf, 1}, {-inf, 0}, {nan, nan}, {tiny, 0.5}, {18, 1}, {largest, 1}, {-103.97, tiny},
			{-103.98, 0}, {-largest, 0}},
		"erf": {{0, 0}, {minusZero, minusZero}, {inf, 1}, {-inf, -1}, {nan, nan}, {tiny, tiny}, {-tiny, -tiny}, {4, 1}, {-4, -1},
			{largest, 1}, {-largest, -1}},
		"sqrt":  {{0, 0}, {minusZero, minusZero}, {inf, inf}, {-1, nan}, {-inf, nan}, {nan, nan}, {4, 2}, {0x1p-148, 0x1p-74}},
		"rsqrt": {{0, inf}, {minusZero, -inf}, {inf, 0}, {-1, nan}, {nan, nan}, {4, 0.5}, {0x1p-148, 0x1p74}},
	}
	for _, f := range mathFunctions {
		for _, kern := range supported() {
			for _, c := range cases[f.name] {
				y := []float32{0}
				unary(f.get(kern.vec), y, c[:1])
				if !same(y[0], c[1]) {
					t.Errorf("isa=%s: %s(%g) = %g, want %g", kern.isa, f.name, c[0], y[0], c[1])
				}
			}
		}
	}
}

// same reports whether a and b have the same bits or are both NaN.
func same(a, b float32) bool {
	return math.Float32bits(a) == math.Float32bits(b) || a != a && b != b
}
