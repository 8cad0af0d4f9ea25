package ranks

import (
	"errors"
	"math"
	"testing"

	"gonum.org/v1/gonum/stat"

	"repbench/eval/memorisation/faults"
	"repbench/eval/memorisation/internal/oracle"
)

// slowDelong is the variance by its definition: the placements of each value, their sample
// variances by the numbers of values.
func slowDelong(train, held []float64) float64 {
	share := func(v float64, of []float64) float64 {
		sum := 0.0
		for _, w := range of {
			if v > w {
				sum++
			} else if v == w {
				sum += 0.5
			}
		}
		return sum / float64(len(of))
	}
	var ofTrain, ofHeld []float64
	for _, v := range train {
		ofTrain = append(ofTrain, share(v, held))
	}
	for _, v := range held {
		ofHeld = append(ofHeld, 1-share(v, train))
	}
	return stat.Variance(ofTrain, nil)/float64(len(train)) + stat.Variance(ofHeld, nil)/float64(len(held))
}

func TestDiscriminatorGap(t *testing.T) {
	rng := oracle.Random(8)
	for range 30 {
		train, held := oracle.Grid(rng, 2+rng.IntN(20), 8), oracle.Grid(rng, 2+rng.IntN(20), 8)
		want := slowDelong(train, held)
		g, err := DiscriminatorGap(train, held)
		if err != nil {
			t.Fatal(err)
		}
		if want == 0 {
			continue
		}
		half := 1.959963984540054 * math.Sqrt(want)
		if math.Abs(g.Lo-max(0, g.AUC-half)) > 1e-12 || math.Abs(g.Hi-min(1, g.AUC+half)) > 1e-12 {
			t.Fatalf("%+v, want ±%v", g, half)
		}
	}
}

// TestDiscriminatorGapCoverage: the interval covers the AUC of two normal distributions, Φ(μ/√2),
// in about 95 % of draws.
func TestDiscriminatorGapCoverage(t *testing.T) {
	rng := oracle.Random(9)
	const draws = 1000
	for _, mean := range []float64{0, 0.5} {
		want, covered := OneSided(mean/math.Sqrt2), 0
		for range draws {
			g, err := DiscriminatorGap(oracle.Normals(rng, 120, mean), oracle.Normals(rng, 80, 0))
			if err != nil {
				t.Fatal(err)
			}
			if g.Lo <= want && want <= g.Hi {
				covered++
			}
		}
		if share := float64(covered) / draws; share < 0.92 || share > 0.98 {
			t.Errorf("AUC %.3f: covered in %.3f of draws", want, share)
		}
	}
}

func TestDiscriminatorGapEdges(t *testing.T) {
	// All pairs in one order: Wilson's interval for 3 of 3 trials.
	g, err := DiscriminatorGap([]float64{5, 6, 7}, []float64{1, 2, 3, 4})
	if err != nil || g.AUC != 1 || g.Hi != 1 || math.Abs(g.Lo-0.4385) > 1e-3 {
		t.Errorf("separated: %+v, %v", g, err)
	}
	if _, err := DiscriminatorGap([]float64{1}, []float64{1, 2}); !errors.Is(err, faults.ErrFewRows) {
		t.Errorf("one image: %v", err)
	}
	for _, bad := range []float64{math.NaN(), math.Inf(1)} {
		if _, err := DiscriminatorGap([]float64{1, 2}, []float64{1, bad}); !errors.Is(err, faults.ErrNotFinite) {
			t.Errorf("logit %v: %v", bad, err)
		}
	}
	if AUC(nil, []float64{1}) != 0.5 || AUC([]float64{1}, nil) != 0.5 {
		t.Error("AUC without values is not ½")
	}
}
