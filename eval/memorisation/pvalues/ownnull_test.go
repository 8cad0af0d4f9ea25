package pvalues

import (
	"errors"
	"math"
	"slices"
	"testing"

	"repbench/eval/memorisation/faults"
	"repbench/eval/memorisation/internal/oracle"
	"repbench/eval/memorisation/nearest"
)

// ratios are the scores of gen against the rows lo to hi of a set.
func ratios(t *testing.T, gen, of oracle.Set, lo, hi int) []float64 {
	t.Helper()
	rows, distances := oracle.NearestRows(gen, of.Part(lo, hi), 2, false)
	s, err := nearest.Scores(nearest.Ratio, nearest.Near{K: 2, Rows: rows, Distances: distances}, nearest.TrainNear{})
	if err != nil {
		t.Fatal(err)
	}
	return s.Values
}

// TestOwnNullIsCalibrated: a generator unlike the data is flagged as often as nominal, and its
// copies far more often.
func TestOwnNullIsCalibrated(t *testing.T) {
	rng := oracle.Random(15)
	const draws, rows, folds = 20, 60, 3
	at5, copies, selected := 0.0, 0.0, 0
	for range draws {
		train, held, gen := oracle.Points(rng, rows*folds, 6, 0), oracle.Points(rng, rows, 6, 0), oracle.Points(rng, 200, 6, 1.5)
		both := func() OwnNull {
			var scores [][]float64
			for f := range folds {
				scores = append(scores, ratios(t, gen, train, f*rows, (f+1)*rows))
			}
			o, err := CompareOwnNull(scores, ratios(t, gen, held, 0, rows), rows, 0.05)
			if err != nil {
				t.Fatal(err)
			}
			return o
		}
		honest := both()
		at5 += honest.FlaggedAt5 / draws
		for _, n := range honest.Selected {
			selected += n
		}
		for i := range 100 {
			copy(gen.Row(i), train.Row(rng.IntN(train.N)))
		}
		copier := both()
		copies += float64(Flagged(copier.P[:100], 0.05)) / 100 / draws
	}
	if at5 < 0.025 || at5 > 0.085 {
		t.Errorf("without copies %.3f are flagged at 0.05", at5)
	}
	if selected > 3*draws*folds {
		t.Errorf("without copies %d are selected in %d folds", selected, draws*folds)
	}
	if copies < 0.95 {
		t.Errorf("%.3f of the copies are flagged at 0.05", copies)
	}
}

// Of two tests the shares and the selected images are found with the p-values taken together: an image
// with the smallest p-value in one test and 1 in the other has twice that p-value.
func TestOwnNullOfTwoTests(t *testing.T) {
	const m = 199 // p-values of 1/200 and more
	held, near, far := make([]float64, m), make([]float64, m), make([]float64, m)
	for i := range m {
		held[i], near[i], far[i] = 1, 0.5, 2
	}
	quiet, err := CompareOwnNull([][]float64{far, far}, held, 50, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	loud, err := CompareOwnNull([][]float64{far, near}, held, 50, 0.008)
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(loud.Selected, []int{0, m}) || quiet.FlaggedAt5 != 0 {
		t.Fatalf("alone: %v selected, %g flagged", loud.Selected, quiet.FlaggedAt5)
	}
	quiet.WithSecond(&loud, 0.008) // 2/200 is above 0.008: neither test selects any more
	if !slices.Equal(quiet.Selected, []int{0, 0}) || quiet.FlaggedAt1 != 0.5 || quiet.FlaggedAt5 != 0.5 || quiet.P[0] != 4.0/200 {
		t.Errorf("together: %v selected, shares %g and %g, p %g", quiet.Selected, quiet.FlaggedAt1, quiet.FlaggedAt5, quiet.P[0])
	}
	if want := SmallestFindable(99, m, 0.008); quiet.SmallestFindable != want {
		t.Errorf("smallest findable %d, want %d", quiet.SmallestFindable, want)
	}
}

func TestOwnNullByHand(t *testing.T) {
	held := []float64{0.5, 0.6, 0.7, 0.8}
	o, err := CompareOwnNull([][]float64{{0.1, 0.9, 0.9, 0.9}, {0.9, 0.55, 0.9, 0.9}}, held, 7, 0.9)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []float64{2.0 / 5, 4.0 / 5, 1, 1} {
		if math.Abs(o.P[i]-want) > 1e-15 {
			t.Errorf("p of image %d is %v, want %v", i, o.P[i], want)
		}
	}
	if o.Folds != 2 || o.Rows != 7 || len(o.Selected) != 2 {
		t.Errorf("%+v", o)
	}
	if _, err := CompareOwnNull([][]float64{{1}}, held, 7, 0.05); !errors.Is(err, faults.ErrFewRows) {
		t.Errorf("other images in a fold: %v", err)
	}
}
