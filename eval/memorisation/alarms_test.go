package memorisation

import (
	"slices"
	"testing"

	"repbench/eval"
	"repbench/eval/memorisation/internal/oracle"
	"repbench/eval/memorisation/pvalues"
)

// TestRunSmallNullAlone: without planted copies, too, false alarms count at the smallest p-value.
func TestRunSmallNullAlone(t *testing.T) {
	train, heldOut := splits(t, 60, 40)
	r, err := Run(t.Context(), Inputs{Train: train, HeldOut: heldOut, Generated: Set{Name: "g", Images: heldOut.Images.Slice(0, 5)}}, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if want := 1 / float64(r.Null.Rows+1); r.FalseAlarms.Nominal != want || r.DetectionLevel() != want || r.Controls != nil {
		t.Errorf("false alarms %+v, level %g, want %g; controls %v", r.FalseAlarms, r.DetectionLevel(), want, r.Controls)
	}
}

// TestFalseAlarmsOutside: of nulls and held-out images of one distribution no more than about 5 % are
// said to contradict the level, whatever their sizes; Wilson's interval alone, which takes the null
// as given, says so of far more. Three times as many false alarms as there should be are seen.
func TestFalseAlarmsOutside(t *testing.T) {
	const draws = 4000
	rng := oracle.Random(5)
	for _, c := range []struct {
		null, n int
		wilson  float64 // the least share of draws that Wilson's interval alone refuses
	}{{50, 425, 0.25}, {20, 60, 0}, {99, 1000, 0.25}, {300, 100, 0}, {2000, 1000, 0}} {
		level := max(pvalues.CopyAlpha, 1/float64(c.null+1))
		var outside, alone int
		for range draws {
			f := alarmsOf(rng.Float64, c.null, c.n, level, 1)
			if f.Outside() {
				outside++
			}
			if f.Nominal < f.Lo || f.Nominal > f.Hi {
				alone++
			}
		}
		if share := float64(outside) / draws; share > 0.07 {
			t.Errorf("null of %d, %d images: %.3f of honest draws are outside", c.null, c.n, share)
		}
		if share := float64(alone) / draws; share < c.wilson {
			t.Errorf("null of %d, %d images: Wilson's interval refuses %.3f, expected at least %g", c.null, c.n, share, c.wilson)
		}
	}
	if f := alarmsOf(rng.Float64, 2000, 1000, 0.01, 3); !f.Outside() {
		t.Errorf("%+v of p-values that are three times too small is not outside", f)
	}
}

// alarmsOf are the false alarms of n uniform scores, divided by factor, against a null of uniform ones.
func alarmsOf(uniform func() float64, null, n int, level, factor float64) FalseAlarms {
	scores := make([]float64, null)
	for i := range scores {
		scores[i] = uniform()
	}
	slices.Sort(scores)
	judged := make([]float64, n)
	for i := range judged {
		judged[i] = uniform() / factor
	}
	flagged := pvalues.Flagged(pvalues.PValues(scores, judged), level)
	ci := eval.Wilson(flagged, n)
	return FalseAlarms{Nominal: level, Measured: float64(flagged) / float64(n), Lo: ci[0], Hi: ci[1], N: n, NullRows: null}
}
