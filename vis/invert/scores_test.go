package invert

import (
	"math"
	"testing"

	"repbench/train"
)

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		v    []float64
		want float64
	}{{[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 2, 3}, 2.5}, {nil, math.NaN()}} {
		if got := Median(tt.v); got != tt.want && !(math.IsNaN(got) && math.IsNaN(tt.want)) {
			t.Errorf("%v: %g", tt.v, got)
		}
	}
}

func TestPSNR(t *testing.T) {
	for mse, want := range map[float64]float64{4: 0, 0.04: 20, 4e-4: 40, 0: MaxPSNR} {
		if got := PSNR(mse); math.Abs(got-want) > 1e-9 {
			t.Errorf("%g: %g, want %g", mse, got, want)
		}
	}
}

// TestGap: the interval covers the true difference of medians in about 95 % of draws, and the same
// seed gives the same interval.
func TestGap(t *testing.T) {
	const draws, n, shift = 60, 30, 3.0
	covered := 0
	for k := range draws {
		r := train.Random(uint64(k), 99, 0)
		a, b := make([]float64, n), make([]float64, n)
		for i := range n {
			a[i], b[i] = shift+r.NormFloat64(), r.NormFloat64()
		}
		gap, ci, err := Gap(a, b, 1)
		if err != nil || gap < ci[0]-1 || gap > ci[1]+1 {
			t.Fatalf("gap %g in %v, error %v", gap, ci, err)
		}
		if ci[0] <= shift && shift <= ci[1] {
			covered++
		}
	}
	// Of 60 draws, 57 are expected; fewer than 52 have a chance of 1 % at 0.95.
	if covered < 52 {
		t.Errorf("%d of %d intervals hold the difference", covered, draws)
	}
	_, first, _ := Gap([]float64{1, 2, 4}, []float64{3, 5, 9}, 7)
	if _, again, _ := Gap([]float64{1, 2, 4}, []float64{3, 5, 9}, 7); again != first {
		t.Errorf("%v, then %v", first, again)
	}
	if _, _, err := Gap([]float64{1}, []float64{1, 2}, 1); err == nil {
		t.Error("one image gave an interval")
	}
}
