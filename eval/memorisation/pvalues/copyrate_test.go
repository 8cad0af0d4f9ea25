package pvalues

import (
	"math"
	"slices"
	"testing"

	"repbench/eval/memorisation/internal/oracle"
)

// TestCopyRateCoverage: the interval covers the rate of mixtures in about 95 % of draws.
func TestCopyRateCoverage(t *testing.T) {
	rng := oracle.Random(4)
	const draws, m = 2000, 400
	for _, rate := range []float64{0.02, 0.1, 0.5} {
		covered := 0
		p := make([]float64, m)
		for range draws {
			for i := range p {
				if p[i] = rng.Float64(); rng.Float64() < rate {
					p[i] = 0.001
				}
			}
			if r := CopyRate(p, CopyAlpha); r.Lo <= rate && rate <= r.Hi {
				covered++
			}
		}
		if share := float64(covered) / draws; share < 0.93 || share > 0.98 {
			t.Errorf("rate %v: covered in %.3f of draws", rate, share)
		}
	}
}

func TestCopyRate(t *testing.T) {
	p := []float64{0.001, 0.001, 0.5, 1} // F = 1/2
	r := CopyRate(p, 0.01)
	oracle.Within(t, "copy rate", r.Estimate, (0.5-0.01)/0.99, oracle.Exact)
	// Wilson's interval for 2 of 4: 0.15004, 0.84996 (statsmodels 0.13, proportion_confint).
	oracle.Within(t, "lower end", r.Lo, (0.1500389-0.01)/0.99, 1e-6)
	oracle.Within(t, "upper end", r.Hi, (0.8499611-0.01)/0.99, 1e-6)
	if r := CopyRate([]float64{0.3, 0.4}, 0.01); r.Estimate != 0 || r.Lo != 0 || r.Hi <= 0 {
		t.Errorf("without flags: %+v", r)
	}
	// None of 1,500, where 15 are expected: Wilson's upper end z²/(n+z²), not 0.
	if r := CopyRate(slices.Repeat([]float64{0.5}, 1500), 0.01); r.Estimate != 0 || r.Lo != 0 || math.Abs(r.Hi-3.841459/1503.841459) > 1e-8 {
		t.Errorf("none of 1500: %+v", r)
	}
	if r := CopyRate(nil, 0.01); r != (Rate{Hi: 1}) {
		t.Errorf("without images: %+v", r)
	}
}

// TestUpperBound: 3/m for none found, Garwood's ends else, and it covers the rate of copies in at
// least 95 % of draws.
func TestUpperBound(t *testing.T) {
	oracle.Within(t, "none of 1500", UpperBound(0, 1500, 1), 3.0/1500, oracle.Exact)
	oracle.Within(t, "none of 1500 at power 0.8", UpperBound(0, 1500, 0.8), 3.0/1500/0.8, oracle.Exact)
	// Upper ends of 95 % one-sided for 1 and 10 events: 4.7439, 16.9622 (R 4.2, poisson.test).
	oracle.Within(t, "one of 100", UpperBound(1, 100, 1), 0.047438645, 1e-6)
	oracle.Within(t, "ten of 1000", UpperBound(10, 1000, 1), 0.01696222, 1e-6)
	for _, power := range []float64{0, -1, math.NaN()} {
		if got := UpperBound(0, 1500, power); got != 1 {
			t.Errorf("power %v: %v, want 1", power, got)
		}
	}
	if UpperBound(0, 0, 1) != 1 || UpperBound(5, 2, 1) != 1 {
		t.Error("a bound above 1 is not cut")
	}
	rng := oracle.Random(5)
	const draws, m, power = 4000, 300, 0.9
	for _, rate := range []float64{0.005, 0.02, 0.1} {
		covered := 0
		for range draws {
			found := 0
			for range m {
				if rng.Float64() < rate*power {
					found++
				}
			}
			if rate <= UpperBound(found, m, power) {
				covered++
			}
		}
		if share := float64(covered) / draws; share < 0.94 {
			t.Errorf("rate %v: covered in %.3f of draws", rate, share)
		}
	}
}

// TestBoundLevel: copies of one kind lie below all of the null, copies of another only below all but
// its five smallest scores; a strict level would miss these.
func TestBoundLevel(t *testing.T) {
	const n, m = 999, 200
	easy, hard := make([]float64, 40), make([]float64, 40)
	for i := range easy {
		easy[i], hard[i] = 0.001, 0.006
	}
	for name, c := range map[string]struct {
		kinds        [][]float64
		alpha, power float64
	}{
		"easy":              {[][]float64{easy}, 0.001, 1},
		"both":              {[][]float64{easy, hard}, 0.006, 1},
		"none":              {nil, 0.001, 0},
		"missed altogether": {[][]float64{{0.5, 0.9}}, 0.001, 0},
		"half":              {[][]float64{append(append([]float64{}, easy...), hard...)}, 0.006, 1},
	} {
		if alpha, power := BoundLevel(n, m, c.kinds...); math.Abs(alpha-c.alpha) > 1e-12 || power != c.power {
			t.Errorf("%s: level %v with power %v, want %v, %v", name, alpha, power, c.alpha, c.power)
		}
	}
	// With 20,000 images the false alarms at the looser level cost more than half of the copies.
	if alpha, power := BoundLevel(n, 20000, append(append([]float64{}, easy...), hard...)); math.Abs(alpha-0.001) > 1e-12 || power != 0.5 {
		t.Errorf("20,000 images: level %v with power %v", alpha, power)
	}
	if alpha, power := BoundLevel(10, 5, []float64{1.0 / 11}); alpha != 1.0/11 || power != 1 {
		t.Errorf("a null of 10: level %v with power %v", alpha, power)
	}
}

// TestBoundLevelCoverage: the bound covers the rate of copies of either kind in at least 95 % of
// draws.
func TestBoundLevelCoverage(t *testing.T) {
	rng := oracle.Random(17)
	const draws, n, m, planted = 400, 299, 250, 60
	copied := func(hard bool) float64 {
		if hard {
			return 0.9 * rng.Float64()
		}
		return 0
	}
	honest := func(of int) []float64 {
		x := make([]float64, of)
		for i := range x {
			x[i] = 1 + 20*rng.Float64() - 0.6
		}
		return x
	}
	for _, rate := range []float64{0, 0.02, 0.1} {
		covered := 0
		for range draws {
			null, kinds := honest(n), [2][]float64{}
			for k := range kinds {
				for range planted {
					kinds[k] = append(kinds[k], copied(k == 1))
				}
			}
			alpha, power := BoundLevel(n, m, PValues(null, kinds[0]), PValues(null, kinds[1]))
			gen := honest(m)
			for i := range gen {
				if rng.Float64() < rate {
					gen[i] = copied(true)
				}
			}
			if rate <= UpperBound(Flagged(PValues(null, gen), alpha), m, power) {
				covered++
			}
		}
		if share := float64(covered) / draws; share < 0.94 {
			t.Errorf("rate %v: covered in %.3f of draws", rate, share)
		}
	}
}
