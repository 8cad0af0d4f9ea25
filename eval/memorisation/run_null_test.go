package memorisation

import (
	"slices"
	"strings"
	"testing"
)

// TestRunSmallNull: a null of fewer than 99 images has no p-value up to 0.01. The copy rate counts
// at the smallest one that there is, so that it is not 0 beside images that are all copies.
func TestRunSmallNull(t *testing.T) {
	train, heldOut := splits(t, 120, 60)
	in := Inputs{Train: train, HeldOut: heldOut, Generated: Set{Name: "g", Images: train.Images.Slice(0, 80)}}
	r, err := Run(t.Context(), in, Options{Seed: 1, FDR: 0.05, Control: 10})
	if err != nil {
		t.Fatal(err)
	}
	if len(r.Flagged) != 80 || r.CopyRate.Estimate != 1 || r.CopyRate.Lo < 0.9 || 1-r.CopyRate.Hi > 1e-12 {
		t.Errorf("%d of 80 copies selected, and a copy rate of %+v", len(r.Flagged), r.CopyRate)
	}
	if c := r.Controls["exact"]; c.Detected != 1 || !slices.Contains(r.Verdict.Sees, "exact") {
		t.Errorf("exact copies look blind: %+v, seen %v", c, r.Verdict.Sees)
	}
	if want := 1 / float64(r.Null.Rows+1); r.ControlLevel != want || r.DetectionLevel() != want {
		t.Errorf("controls count at %g, want %g", r.ControlLevel, want)
	}
	if f := r.FalseAlarms; f.Nominal != r.ControlLevel || f.NullRows != r.Null.Rows || f.Outside() {
		t.Errorf("false alarms %+v, counted at %g", f, r.ControlLevel)
	}
	if warned := strings.Join(r.Warnings, "\n"); !strings.Contains(warned, "the copy rate, the controls and the false alarms count p-values up to that") {
		t.Errorf("no warning of the level in %q", warned)
	}
}
