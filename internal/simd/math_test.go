package simd

import (
	"math"
	"os"
	"testing"
)

// envExhaustive makes TestMathError go through all float32 values: some minutes.
const envExhaustive = "REPBENCH_EXHAUSTIVE"

// mathFunctions has the error bounds, in units of the last place of the exact
// result, that the doc comments in math.go promise.
var mathFunctions = []struct {
	name  string
	get   func(v *vectorOps) unaryKernel
	exact func(x float64) float64
	bound float64
}{
	{"exp", func(v *vectorOps) unaryKernel { return v.exp }, math.Exp, 1.1},
	{"expm1", func(v *vectorOps) unaryKernel { return v.expm1 }, math.Expm1, 1.6},
	{"log", func(v *vectorOps) unaryKernel { return v.log }, math.Log, 1.6},
	{"log1p", func(v *vectorOps) unaryKernel { return v.log1p }, math.Log1p, 1.6},
	{"tanh", func(v *vectorOps) unaryKernel { return v.tanh }, math.Tanh, 2.5},
	{"sigmoid", func(v *vectorOps) unaryKernel { return v.sigmoid }, sigmoid, 2.5},
	{"sqrt", func(v *vectorOps) unaryKernel { return v.sqrt }, math.Sqrt, 0.5},
	{"rsqrt", func(v *vectorOps) unaryKernel { return v.rsqrt }, func(x float64) float64 { return 1 / math.Sqrt(x) }, 1.5},
}

// ulps returns |got - want| in units of the last place that a float32 near want
// has. Infinity counts as 2^128, and what rounds to it is not wrong.
func ulps(got float32, want float64) float64 {
	switch {
	case got != got && want != want || float32(want) == got:
		want32 := float32(want)
		if math.IsInf(want, 0) || math.IsInf(float64(want32), 0) || want != want {
			return 0
		}
	case got != got || want != want:
		return math.Inf(1)
	}
	limit := func(x float64) float64 { return max(-0x1p128, min(0x1p128, x)) }
	want = limit(want)
	_, e := math.Frexp(want) // |want| in [2^(e-1), 2^e)
	if want == 0 {
		e = -126
	}
	return math.Abs(limit(float64(got))-want) * math.Ldexp(1, 24-max(e, -125))
}

func TestULPs(t *testing.T) {
	inf, nan := math.Inf(1), math.NaN()
	cases := []struct {
		got        float32
		want, ulps float64
	}{
		{1, 1, 0}, {1, 1 + 0x1p-23, 1}, {1 - 0x1p-24, 1, 0.5}, {1, 1 - 0x1p-24, 1}, {0, 0, 0},
		{0x1p-149, 0, 1}, {0, 0x1p-149, 1}, {0x1p-126, 0x1p-126 - 0x1p-149, 1}, {-1, 1, 0x1p24},
		{float32(inf), inf, 0}, {float32(inf), 1e300, 0}, {float32(inf), math.MaxFloat32, 1}, {math.MaxFloat32, inf, 0.5},
		{float32(nan), nan, 0}, {float32(nan), 1, inf}, {1, nan, inf}, {-math.MaxFloat32, inf, 0x1p25},
	}
	for _, c := range cases {
		// The last place of 2^128 is twice that of the largest float32.
		if got := ulps(c.got, c.want); got != c.ulps && !(c.ulps == 0x1p25 && got > 0x1p24) {
			t.Errorf("%g for %g: %g, want %g", c.got, c.want, got, c.ulps)
		}
	}
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
			tables := supported()
			worst := make([]float64, len(tables))
			at := make([]float32, len(tables))
			const chunk = 1024
			x, y, exact := make([]float32, chunk), make([]float32, chunk), make([]float64, chunk)
			for next := uint64(0); next < 1<<32; {
				n := 0
				for ; n < chunk && next < 1<<32; n++ {
					x[n] = math.Float32frombits(uint32(next))
					exact[n] = f.exact(float64(x[n]))
					next += stride
				}
				for k, kern := range tables {
					unary(f.get(kern.vec), y[:n], x[:n])
					for i, want := range exact[:n] {
						if e := ulps(y[i], want); e > worst[k] {
							worst[k], at[k] = e, x[i]
						}
					}
				}
			}
			for k, kern := range tables {
				t.Logf("isa=%s: %.3f ulp at %g", kern.isa, worst[k], at[k])
				if worst[k] > f.bound {
					t.Errorf("isa=%s: error of %.3f ulp at %g, want at most %g", kern.isa, worst[k], at[k], f.bound)
				}
			}
		})
	}
}
