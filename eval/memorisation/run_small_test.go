package memorisation

import (
	"fmt"
	"math"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/search"
)

// TestRunSmall: the smallest sets give a result whose numbers are finite, with every metric and
// score that they allow.
func TestRunSmall(t *testing.T) {
	train, heldOut := splits(t, 60, 60)
	other, _ := splits(t, 70, 1)
	sizes := []struct{ generated, train, heldOut, control int }{{1, 2, 1, 1}, {1, 2, 4, 3}, {2, 60, 1, 0}, {3, 3, 60, 2}, {5, 60, 60, 1}}
	if testing.Short() { // the last ones take most of the time
		sizes = sizes[:3]
	}
	for _, n := range sizes {
		for _, m := range []search.Metric{search.Correlation, search.Pixels} {
			for s := range nearest.ScoreCount {
				in := Inputs{Train: cut(train, n.train), HeldOut: cut(heldOut, n.heldOut), Generated: Set{Name: "g", Images: other.Images.Slice(60, 60+n.generated)}}
				t.Run(fmt.Sprintf("%v/%s/%s", n, m, s), func(t *testing.T) {
					r, err := Run(t.Context(), in, Options{Metric: m, Score: s, Control: n.control, Seed: 2})
					if s.CheckTrain(n.train) != nil {
						if err == nil || !strings.Contains(err.Error(), "training images") {
							t.Errorf("error %v of too few training images", err)
						}
						return
					}
					if err != nil {
						t.Fatal(err)
					}
					if r.Verdict.Sentence == "" || len(r.Images) != n.generated {
						t.Errorf("verdict %+v of %d images", r.Verdict, len(r.Images))
					}
					for _, m := range r.Measurements() {
						if err := m.Check(); err != nil {
							t.Error(err)
						}
					}
					if b := r.UpperBound95; b != nil && r.CopyRate.Lo > 0 && *b < r.CopyRate.Hi {
						t.Errorf("at most %g are copies, and the rate is %+v", *b, r.CopyRate)
					}
				})
			}
		}
	}
}

func cut(s Set, n int) Set {
	s.Images = s.Images.Slice(0, n)
	s.IDs = s.IDs[:n]
	return s
}

// TestRunConstant: images of one value are no copies of each other by correlation, and a warning
// counts them.
func TestRunConstant(t *testing.T) {
	train, heldOut := splits(t, 60, 60)
	grey := datasets.Images{N: 3, H: 16, W: 16, C: 3, Data: make([]uint8, 3*16*16*3)}
	train.Images = joined("", train.Images.Slice(0, 57), grey).Images
	generated := joined("g", grey, heldOut.Images.Slice(40, 60))
	r, err := Run(t.Context(), Inputs{Train: train, HeldOut: cut(heldOut, 40), Generated: generated}, Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	warned := strings.Join(r.Warnings, "\n")
	for _, want := range []string{"3 of 60 training images are of one value", "3 of 23 generated images are of one value"} {
		if !strings.Contains(warned, want) {
			t.Errorf("no warning %q in %q", want, warned)
		}
	}
	if d := r.Images[0].Distance; d != math.Sqrt2 {
		t.Errorf("an image of one value is at the distance %g, want √2", d)
	}
}

// TestRunNotFinite: the error names the set, the row and the column.
func TestRunNotFinite(t *testing.T) {
	images, _ := copier(t)
	for want, change := range map[string]func(in *Inputs){
		"generated rows (g.npy): row 3, column 7 is NaN":  func(in *Inputs) { in.Generated.Features.Data[3*768+7] = float32(math.NaN()) },
		"training rows (t.npy): row 0, column 1 is +Inf":  func(in *Inputs) { in.Train.Features.Data[1] = float32(math.Inf(1)) },
		"held-out rows (n.npy): row 199, column 0 is NaN": func(in *Inputs) { in.HeldOut.Features.Data[199*768] = float32(math.NaN()) },
	} {
		in := Inputs{
			Generated: Set{Name: "g.npy", Features: rowsOf(images.Generated.Images)},
			Train:     Set{Name: "t.npy", Features: rowsOf(images.Train.Images)},
			HeldOut:   Set{Name: "n.npy", Features: rowsOf(images.HeldOut.Images)},
		}
		change(&in)
		if _, err := Run(t.Context(), in, Options{Seed: 1}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
