package npy

import (
	"math"
	"math/rand/v2"
	"sort"
	"testing"
)

func TestFloat16RoundTrip(t *testing.T) {
	for b := range 1 << 16 {
		bits := uint16(b)
		f := Float16ToFloat32(bits)
		want := bits
		if math.IsNaN(float64(f)) {
			want |= 0x200 // made quiet
		}
		if got := Float32ToFloat16(f); got != want {
			t.Fatalf("%#04x → %g → %#04x", bits, f, got)
		}
	}
}

func TestFloat16KnownValues(t *testing.T) {
	tests := []struct {
		name string
		bits uint16
		want float64 // IEEE 754 binary16: (-1)^s · 2^(e-15) · 1.f, subnormals f · 2^-24
	}{
		{"one", 0x3c00, 1},
		{"minus two", 0xc000, -2},
		{"largest", 0x7bff, 65504},
		{"smallest normal", 0x0400, 0x1p-14},
		{"largest subnormal", 0x03ff, 1023 * 0x1p-24},
		{"smallest", 0x0001, 0x1p-24},
		{"third", 0x3555, 0.333251953125},
		{"infinity", 0x7c00, math.Inf(1)},
		{"minus infinity", 0xfc00, math.Inf(-1)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := float64(Float16ToFloat32(tt.bits)); got != tt.want {
				t.Fatalf("got %g, want %g", got, tt.want)
			}
		})
	}
	if !math.Signbit(float64(Float16ToFloat32(0x8000))) {
		t.Fatal("minus zero lost its sign")
	}
}

// nearestHalf is the oracle: it compares, in float64, the two neighbours of |f| among all
// finite halves and 65536, which stands for infinity.
func nearestHalf(values []float64, f float32) uint16 {
	a := math.Abs(float64(f))
	i := sort.SearchFloat64s(values, a)
	if i == len(values) {
		i--
	}
	if i > 0 {
		lo, hi := a-values[i-1], values[i]-a
		if lo < hi || lo == hi && (i-1)%2 == 0 {
			i--
		}
	}
	if math.Signbit(float64(f)) {
		i |= 0x8000
	}
	return uint16(i)
}

func TestFloat32ToFloat16Nearest(t *testing.T) {
	values := make([]float64, 0x7c01)
	for i := range 0x7c00 {
		values[i] = float64(Float16ToFloat32(uint16(i)))
	}
	values[0x7c00] = 65536
	check := func(f float32) {
		t.Helper()
		if got, want := Float32ToFloat16(f), nearestHalf(values, f); got != want {
			t.Fatalf("%g (%#x) → %#04x, want %#04x", f, math.Float32bits(f), got, want)
		}
	}
	for i := 1; i < len(values); i++ { // ties and their neighbours
		mid := float32((values[i-1] + values[i]) / 2)
		for _, f := range []float32{mid, math.Nextafter32(mid, 0), math.Nextafter32(mid, 1e6)} {
			check(f)
			check(-f)
		}
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for range 200000 {
		if f := math.Float32frombits(rng.Uint32()); f == f {
			check(f)
		}
	}
}

var sinkHalf uint16

func BenchmarkFloat32ToFloat16(b *testing.B) {
	data := make([]float32, 4096)
	for i := range data {
		data[i] = float32(i) / 7
	}
	b.SetBytes(int64(4 * len(data)))
	for b.Loop() {
		for _, f := range data {
			sinkHalf = Float32ToFloat16(f)
		}
	}
}
