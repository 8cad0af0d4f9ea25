package memorisation

import (
	"context"
	"testing"

	"repbench/datasets"
	"repbench/eval/memorisation/plant"
	"repbench/eval/memorisation/search"
	"repbench/features/matrix"
)

// rowsOf are images as rows of features.
func rowsOf(im datasets.Images) matrix.View {
	x := matrix.View{N: im.N, D: im.Stride()}
	for _, v := range im.Data {
		x.Data = append(x.Data, float32(v))
	}
	return x
}

// TestRunOnFeatures: rows of features are compared, and copies among them selected, by both
// metrics; equal rows are at the distance 0.
func TestRunOnFeatures(t *testing.T) {
	images, p := copier(t)
	in := Inputs{
		Generated: Set{Name: "g.npy", Features: rowsOf(images.Generated.Images)},
		Train:     Set{Name: "t.npy", Features: rowsOf(images.Train.Images)},
		HeldOut:   Set{Name: "n.npy", Features: rowsOf(images.HeldOut.Images)},
	}
	for _, m := range []search.Metric{search.DefaultMetric, search.Cosine} {
		r, err := Run(t.Context(), in, Options{Metric: m, Control: 10, Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		for i, source := range p.Sources[:p.PerKind] { // exact copies
			if f := r.Images[i]; f.Train != source || f.Distance != 0 || f.P > 0.01 {
				t.Errorf("%s: copy %d: %+v, want source %d at 0", r.Metric, i, f, source)
			}
		}
		if r.Controls != nil || r.NND != nil || r.Examples != nil || r.CT == nil && len(r.Warnings) == 0 {
			t.Errorf("%s: controls %v, nnd %v", r.Metric, r.Controls, r.NND)
		}
	}
}

// TestRunTwoTests: the p-values of two tests are taken together, and the controls go through both.
func TestRunTwoTests(t *testing.T) {
	in, p := copier(t)
	encode := func(_ context.Context, im datasets.Images) (matrix.View, error) { return rowsOf(im), nil }
	in.With = &Features{Encoder: "rows", Generated: rowsOf(in.Generated.Images), Train: rowsOf(in.Train.Images), HeldOut: rowsOf(in.HeldOut.Images), Encode: encode}
	both, err := Run(t.Context(), in, Options{Metric: search.Mirror, Control: 10, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	in.Encoder, in.With = in.With, nil
	second, err := Run(t.Context(), in, Options{Control: 10, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	in.Encoder = nil
	first, err := Run(t.Context(), in, Options{Metric: search.Mirror, Control: 10, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	for i, f := range both.Images {
		if want := min(1, 2*first.Images[i].P, 2*second.Images[i].P); f.P != want {
			t.Errorf("image %d: p %g, of the tests alone %g and %g", i, f.P, first.Images[i].P, second.Images[i].P)
		}
	}
	if both.WithEncoder != "rows" || second.Encoder != "rows" || second.Metric != "euclidean" {
		t.Errorf("encoders %q and %q", both.WithEncoder, second.Encoder)
	}
	if c := both.Controls[string(plant.CopyMirror)]; c.AUC < 0.99 || c.SourceFound < 0.99 || p.PerKind != 4 {
		t.Errorf("mirrored copies %+v", c)
	}
}
