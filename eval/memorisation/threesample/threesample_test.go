package threesample

import (
	"errors"
	"math"
	"testing"

	"repbench/eval/memorisation/faults"
	"repbench/eval/memorisation/internal/oracle"
	"repbench/eval/memorisation/nearest"
)

// near1 has one neighbour for each query: its own row, at the distance given.
func near1(distances []float64) nearest.Near {
	n := nearest.Near{K: 1, Distances: distances}
	for i := range distances {
		n.Rows = append(n.Rows, int32(i))
	}
	return n
}

// TestZUClosedForm: with a share r of exact copies and the same distribution else, z is about
// −r√(3nm/(n+m+1)) on average.
func TestZUClosedForm(t *testing.T) {
	rng := oracle.Random(7)
	const n, m, draws = 400, 300, 200
	for _, rate := range []float64{0, 0.05, 0.2} {
		mean, square := 0.0, 0.0
		for range draws {
			gen, held := make([]float64, m), make([]float64, n)
			for i := range gen {
				if gen[i] = 1 + rng.Float64(); float64(i) < rate*m {
					gen[i] = 0
				}
			}
			for i := range held {
				held[i] = 1 + rng.Float64()
			}
			three, err := CompareThreeSamples(near1(gen), near1(held))
			if err != nil || !three.Valid {
				t.Fatalf("%+v, %v", three, err)
			}
			mean += three.ZU / draws
			square += three.ZU * three.ZU / draws
		}
		want := -rate * math.Sqrt(3*float64(n)*m/(n+m+1))
		if math.Abs(mean-want) > 0.25 {
			t.Errorf("rate %v: z %.3f on average, want %.3f", rate, mean, want)
		}
		if sd := math.Sqrt(square - mean*mean); sd < 0.7 || sd > 1.2 {
			t.Errorf("rate %v: z spreads by %.3f", rate, sd)
		}
	}
}

func TestThreeSamplesNotValid(t *testing.T) {
	held := near1([]float64{1, 2, 3, 4})
	hub := nearest.Near{K: 1, Rows: []int32{2, 2, 2, 2, 2, 1}, Distances: []float64{1, 2, 3, 4, 5, 6}}
	for _, pair := range [][2]nearest.Near{{hub, held}, {held, hub}} {
		three, err := CompareThreeSamples(pair[0], pair[1])
		if err != nil || three.Valid || three.P != nil || three.Why == "" {
			t.Errorf("%+v, %v: want one that is not valid", three, err)
		}
	}
	if _, err := CompareThreeSamples(nearest.Near{K: 1}, held); !errors.Is(err, faults.ErrFewRows) {
		t.Errorf("no images: %v", err)
	}
	// All distances equal: the tie-corrected variance is 0, and z says nothing.
	if three, err := CompareThreeSamples(near1([]float64{1, 1}), near1([]float64{1, 1, 1})); err != nil || three.ZUTieCorrected != 0 || math.IsNaN(three.ZU) {
		t.Errorf("equal distances: %+v, %v", three, err)
	}
	if three, err := CompareThreeSamples(near1([]float64{1}), near1([]float64{2})); err != nil || math.IsNaN(three.ZU) || math.IsInf(three.ZUTieCorrected, 0) {
		t.Errorf("one row each: %+v, %v", three, err)
	}
}
