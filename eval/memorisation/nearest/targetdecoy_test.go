package nearest

import (
	"errors"
	"math"
	"strings"
	"testing"

	"repbench/eval/memorisation/faults"
	"repbench/eval/memorisation/internal/oracle"
	"repbench/eval/memorisation/pvalues"
)

// twoNearest are the two nearest rows of each query by their definition.
func twoNearest(queries, base oracle.Set) Near {
	rows, distances := oracle.NearestRows(queries, base, 2, false)
	return Near{K: 2, Rows: rows, Distances: distances}
}

func compete(t *testing.T, train, held, gen oracle.Set) TargetDecoy {
	t.Helper()
	got, err := Decoys{Train: twoNearest(gen, train), HeldOut: twoNearest(gen, held), TrainRows: train.N, HeldOutRows: held.N}.Compete(Ratio, 0.1)
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// TestTargetDecoyIsCalibrated: z of generators unlike the data has about the spread 1, also where
// they share nearest images, which z of independent images overstates.
func TestTargetDecoyIsCalibrated(t *testing.T) {
	rng := oracle.Random(13)
	const draws = 150
	for _, c := range []struct {
		mean float64
		hubs bool
	}{{0, false}, {2, true}} {
		square, naive, found := 0.0, 0.0, 0
		for range draws {
			got := compete(t, oracle.Points(rng, 120, 5, 0), oracle.Points(rng, 60, 5, 0), oracle.Points(rng, 80, 5, c.mean))
			square += got.Z * got.Z / draws
			naive += got.ZIndependent * got.ZIndependent / draws
			if got.FDR[0].Selected > 0 {
				found++
			}
		}
		if square < 0.6 || square > 1.6 {
			t.Errorf("mean %v: z² is %.2f on average", c.mean, square)
		}
		if c.hubs && naive < 2*square {
			t.Errorf("mean %v: z² of independent images is %.2f, that with n_eff %.2f", c.mean, naive, square)
		}
		if share := float64(found) / draws; share > 0.15 {
			t.Errorf("mean %v: something is selected at 0.1 in %.2f of draws", c.mean, share)
		}
	}
}

// TestTargetDecoyFindsCopies: training rows that are repeated are selected.
func TestTargetDecoyFindsCopies(t *testing.T) {
	rng := oracle.Random(14)
	train, held, gen := oracle.Points(rng, 200, 8, 0), oracle.Points(rng, 100, 8, 0), oracle.Points(rng, 150, 8, 0)
	for i := range 60 {
		copy(gen.Row(i), train.Row(i))
		gen.Row(i)[0] += 1e-3
	}
	got := compete(t, train, held, gen)
	if got.Z < 2 || got.FDR[0].Selected < 60 || got.FDR[0].Selected > 75 || *got.FDR[0].Threshold <= 0 {
		t.Errorf("%+v", got)
	}
}

func TestTargetDecoyTiesAndErrors(t *testing.T) {
	one := Near{K: 2, Rows: []int32{0, 1}, Distances: []float64{1, 2}}
	got, err := Decoys{Train: one, HeldOut: one, TrainRows: 2, HeldOutRows: 2}.Compete(Distance)
	if err != nil || got.Wins != 0 || math.IsNaN(got.Z) {
		t.Errorf("a held-out image as near as a training one: %+v, %v", got, err)
	}
	first := Near{K: 1, Rows: []int32{0}, Distances: []float64{1}}
	for name, c := range map[string]struct {
		d    Decoys
		s    Score
		text string
	}{
		"no images":      {Decoys{Train: Near{K: 1}, HeldOut: Near{K: 1}, TrainRows: 2, HeldOutRows: 2}, Distance, "same images"},
		"other images":   {Decoys{Train: one, HeldOut: Near{K: 1}, TrainRows: 2, HeldOutRows: 2}, Distance, "same images"},
		"no held-out":    {Decoys{Train: one, HeldOut: one, TrainRows: 2}, Distance, "held-out"},
		"carlini":        {Decoys{Train: one, HeldOut: one, TrainRows: 2, HeldOutRows: 2}, Carlini, "not carlini"},
		"one neighbour":  {Decoys{Train: first, HeldOut: one, TrainRows: 2, HeldOutRows: 2}, Ratio, "2 neighbours"},
		"one of one row": {Decoys{Train: first, HeldOut: first, TrainRows: 1, HeldOutRows: 1}, Ratio, ""},
	} {
		_, err := c.d.Compete(c.s, 0.1)
		if (c.text == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), c.text) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := pvalues.CompareOwnNull(nil, []float64{1}, 1, 0.05); !errors.Is(err, faults.ErrFewRows) {
		t.Errorf("no folds: %v", err)
	}
}
