package shapes

import (
	"math"
	"testing"
)

func TestSine(t *testing.T) {
	for turn := range fixedOne {
		sin, cos := sincos(turn)
		angle := 2 * math.Pi * float64(turn) / float64(fixedOne)
		for _, c := range []struct {
			name string
			got  fixed
			want float64
		}{{"sine", sin, math.Sin(angle)}, {"cosine", cos, math.Cos(angle)}} {
			if d := math.Abs(float64(c.got) - c.want*float64(fixedOne)); d > 1 {
				t.Fatalf("%s of %d/65536 turn is off by %.2f/65536", c.name, turn, d)
			}
		}
	}
	if sin, cos := sincos(fixedOne / 4); sin != fixedOne || cos != 0 {
		t.Errorf("sincos of a quarter turn = %d, %d; want %d, 0", sin, cos, fixedOne)
	}
}

func TestToFixed(t *testing.T) {
	for _, c := range []struct {
		name string
		v    float64
		want fixed
	}{
		{"zero", 0, 0},
		{"one", 1, 65536},
		{"half", -0.5, -32768},
		{"below half a step", 0.49 / 65536, 0},
		{"half a step goes up", 0.5 / 65536, 1},
		{"not a number", math.NaN(), 0},
		{"infinite", math.Inf(1), 4096 * 65536},
		{"minus infinite", math.Inf(-1), -4096 * 65536},
		{"huge", 1e300, 4096 * 65536},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := toFixed(c.v); got != c.want {
				t.Errorf("toFixed(%g) = %d, want %d", c.v, got, c.want)
			}
		})
	}
}

func TestTurns(t *testing.T) {
	for _, c := range []struct{ degrees, want float64 }{
		{0, 0}, {90, 0.25}, {360, 0}, {-90, 0.75}, {450, 0.25},
	} {
		if got := turns(c.degrees); got != toFixed(c.want) {
			t.Errorf("turns(%g) = %d, want %d", c.degrees, got, toFixed(c.want))
		}
	}
}

func TestFixedArithmetic(t *testing.T) {
	if got := mul(toFixed(1.5), toFixed(-2.25)); got != toFixed(-3.375) {
		t.Errorf("1.5 · -2.25 = %d, want %d", got, toFixed(-3.375))
	}
	if got := mix(toFixed(10), toFixed(20), toFixed(0.25)); got != toFixed(12.5) {
		t.Errorf("mix(10, 20, 0.25) = %d, want %d", got, toFixed(12.5))
	}
	if got := sqrtFixed(toFixed(2.25)); got != toFixed(1.5) {
		t.Errorf("√2.25 = %d, want %d", got, toFixed(1.5))
	}
	if got := clampFixed(5, 7, 9) + clampFixed(12, 7, 9) + clampFixed(8, 7, 9); got != 7+9+8 {
		t.Errorf("clamped sum = %d, want 24", got)
	}
}
