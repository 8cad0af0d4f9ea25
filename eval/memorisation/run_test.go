package memorisation

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/plant"
	"repbench/eval/memorisation/search"
	"repbench/eval/neighbours"
)

// splits are training and held-out images of the built-in set, 16×16 pixels.
func splits(t *testing.T, train, heldOut int) (Set, Set) {
	t.Helper()
	set, err := datasets.Open(t.Context(), fmt.Sprintf("shapes:size=16,train=%d,test=%d", train, heldOut), datasets.Options{})
	if err != nil {
		t.Fatal(err)
	}
	of := func(s *datasets.Split) Set { return Set{Name: s.Name, IDs: s.IDs, Images: s.Images} }
	return of(set.Splits[0]), of(set.Splits[1])
}

// joined are images of several sets in one.
func joined(name string, sets ...datasets.Images) Set {
	out := sets[0]
	out.N, out.Data = 0, nil
	for _, s := range sets {
		out.N += s.N
		out.Data = append(out.Data, s.Data...)
	}
	return Set{Name: name, Images: out}
}

// copier is a generator of which 28 of 100 images are planted copies, four of each kind, the first
// ones; the others are images of its own.
func copier(t *testing.T) (Inputs, *plant.Planted) {
	t.Helper()
	train, heldOut := splits(t, 120, 272)
	p, err := plant.Plant(train.Images, 4, 77)
	if err != nil {
		t.Fatal(err)
	}
	honest := heldOut.Images.Slice(200, 272)
	heldOut.Images, heldOut.IDs = heldOut.Images.Slice(0, 200), heldOut.IDs[:200]
	return Inputs{Generated: joined("copier", p.Images, honest), Train: train, HeldOut: heldOut}, p
}

// TestRunFindsCopies: the copies are selected, with their sources, and hardly any other image.
func TestRunFindsCopies(t *testing.T) {
	in, p := copier(t)
	r, err := Run(t.Context(), in, Options{Control: 30, Seed: 1, FDR: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	if r.Verdict.Finding != Copies || r.Verdict.Null != HeldOutNull {
		t.Fatalf("verdict %+v", r.Verdict)
	}
	found, others := 0, 0
	for _, f := range r.Flagged {
		if f.Image >= p.Images.N {
			others++
			continue
		}
		found++
		kind := plant.CopyKinds()[f.Image/p.PerKind]
		if f.Train != p.Sources[f.Image] {
			t.Errorf("%s: image %d is said to be near %d, its source is %d", kind, f.Image, f.Train, p.Sources[f.Image])
		}
		if want := kind == plant.CopyMirror || kind == plant.CopyShiftMirror; f.Mirrored != want {
			t.Errorf("%s: mirrored %v", kind, f.Mirrored)
		}
		if (kind == plant.CopyExact || kind == plant.CopyMirror || kind == plant.CopyShift12 || kind == plant.CopyShiftMirror) && (f.GreyLevels != 0 || f.Score != 0) {
			t.Errorf("%s: %g grey levels as matched, score %g, want 0 and 0", kind, f.GreyLevels, f.Score)
		}
		if moved := f.Offset != [2]int{}; moved != (kind == plant.CopyShift12 || kind == plant.CopyShiftMirror) {
			t.Errorf("%s: offset %v", kind, f.Offset)
		}
	}
	if found < 26 || others > 5 {
		t.Errorf("%d of 28 copies and %d other images are selected", found, others)
	}
	if len(r.Images) != 100 || r.Generated != 100 || r.TrainRows != 120 || r.Null.Rows != 150 || r.FalseAlarms.N != 50 {
		t.Errorf("%d images, null of %d, %d negative controls", len(r.Images), r.Null.Rows, r.FalseAlarms.N)
	}
	for _, kind := range []plant.CopyKind{plant.CopyExact, plant.CopyNoise1, plant.CopyMirror, plant.CopyShift12, plant.CopyShiftMirror} {
		if c := r.Controls[string(kind)]; c.AUC < 0.99 || c.Detected != 1 || c.SourceFound != 1 || c.N != 30 {
			t.Errorf("%s: %+v", kind, c)
		}
	}
	if !(r.CopyRate.Lo < 0.28 && 0.28 < r.CopyRate.Hi) {
		t.Errorf("copy rate %+v of 28 copies in 100", r.CopyRate)
	}
}

// TestRunAcquits: an honest generator is not accused, and the sentence names what would be seen.
func TestRunAcquits(t *testing.T) {
	in, _ := copier(t)
	in.Generated = joined("honest", in.Generated.Images.Slice(28, 100))
	r, err := Run(t.Context(), in, Options{Control: 20, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if ct := r.CT; ct == nil || (ct.Swap == nil || ct.Mode == nil) && len(ct.Warnings) == 0 {
		t.Errorf("C_T without its variants, and no word about why: %+v", ct)
	}
	if r.Verdict.Finding != NoneFound || len(r.Flagged) != 0 || !strings.Contains(r.Verdict.Sentence, "exact") || r.UpperBound95 == nil || *r.UpperBound95 > 0.3 {
		t.Errorf("%d selected, verdict %+v", len(r.Flagged), r.Verdict)
	}
	if o := r.OwnNull; o == nil || o.Rows != 120 || o.Folds != 1 {
		t.Errorf("own null %+v", o)
	}
	if r.ThreeSample.Valid && (r.ZU < -4 || r.ZU > 4) {
		t.Errorf("Z_U %g", r.ZU)
	}
	if d := r.TargetDecoy; d == nil || math.Abs(d.Z) > 4 {
		t.Errorf("target-decoy %+v", d)
	}
	if r.AuthPct == nil || r.NND == nil || r.NND.Generated[0].Images != 72 || len(r.NND.Training) != 1 {
		t.Errorf("AuthPct %+v, nnd %+v", r.AuthPct, r.NND)
	}
	images := 0
	for _, s := range r.Histogram.Series {
		if s.Name == SeriesGenerated {
			for _, n := range s.Counts {
				images += n
			}
		}
	}
	if images != 72 || len(r.Histogram.Series) != 5+len(plant.CopyKinds()) {
		t.Errorf("the histogram has %d generated images in %d series", images, len(r.Histogram.Series))
	}
}

// TestRunBlindToMirrors: by pixels alone the controls say that mirrored copies are not seen.
func TestRunBlindToMirrors(t *testing.T) {
	in, _ := copier(t)
	r, err := Run(t.Context(), in, Options{Metric: search.Pixels, Control: 30, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if c := r.Controls[string(plant.CopyMirror)]; c.Detected > 0.5 || !slices.Contains(r.Verdict.Blind, string(plant.CopyMirror)) || !strings.Contains(r.Verdict.Sentence, "cannot see") {
		t.Errorf("mirrored copies %+v, verdict %+v", c, r.Verdict)
	}
	if !slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, "cannot see mirror") }) {
		t.Errorf("warnings %q", r.Warnings)
	}
}

// TestRunWithoutControls says that nothing shows what would be seen.
func TestRunWithoutControls(t *testing.T) {
	in, _ := copier(t)
	r, err := Run(t.Context(), in, Options{Metric: search.Pixels, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if r.Controls != nil || r.UpperBound95 != nil || !strings.Contains(r.Verdict.Sentence, "nothing shows") {
		t.Errorf("controls %v, verdict %q", r.Controls, r.Verdict.Sentence)
	}
}

func TestRunErrors(t *testing.T) {
	ok, _ := copier(t)
	grey := datasets.Images{N: 60, H: 28, W: 28, C: 1, Data: make([]uint8, 60*28*28)}
	for want, change := range map[string]func(*Inputs, *Options){
		"generated images are 28×28×1, training images 16×16×3": func(in *Inputs, _ *Options) { in.Generated.Images = grey },
		"held-out images are 28×28×1":                           func(in *Inputs, _ *Options) { in.HeldOut = Set{Name: "x", Images: grey} },
		"there are no generated images":                         func(in *Inputs, _ *Options) { in.Generated = Set{} },
		"the null and the training split share image test:3 (same pixels): it is train:5": func(in *Inputs, _ *Options) {
			in.HeldOut.Images.Data = slices.Clone(in.HeldOut.Images.Data)
			copy(in.HeldOut.Images.At(3), in.Train.Images.At(5))
		},
		"ratio needs at least 2 training images, carlini 51; there are 1": func(in *Inputs, _ *Options) {
			in.Train.Images, in.Train.IDs = in.Train.Images.Slice(0, 1), in.Train.IDs[:1]
		},
		"carlini 51; there are 50": func(in *Inputs, o *Options) {
			in.Train.Images, in.Train.IDs, o.Score = in.Train.Images.Slice(0, 50), in.Train.IDs[:50], nearest.Carlini
		},
		"euclidean compares features: name an encoder": func(_ *Inputs, o *Options) { o.Metric = search.Euclidean },
		"both images or both features":                 func(in *Inputs, _ *Options) { in.Generated = Set{Name: "g", Features: rowsOf(grey)} },
		"a false discovery rate of 2":                  func(_ *Inputs, o *Options) { o.FDR = 2 },
		"-1 planted copies":                            func(_ *Inputs, o *Options) { o.Control = -1 },
		"share image neg/0000":                         func(in *Inputs, _ *Options) { in.Negative = Set{Name: "neg", Images: in.Train.Images.Slice(7, 9)} },
	} {
		in, o := ok, Options{Metric: search.Pixels}
		change(&in, &o)
		if _, err := Run(t.Context(), in, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}

// TestRunDuplicates: a copy of an image that the training set holds twice counts as the most
// suspicious, and the warning names the rows.
func TestRunDuplicates(t *testing.T) {
	in, p := copier(t)
	source := int(p.Sources[0])
	in.Train.Images.Data = slices.Clone(in.Train.Images.Data)
	twin := (source + 1) % in.Train.Images.N
	copy(in.Train.Images.At(twin), in.Train.Images.At(source))
	r, err := Run(t.Context(), in, Options{Metric: search.Pixels, Control: 5, Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	if f := r.Images[0]; f.Score != 0 || f.P > 0.01 || int(f.Train) != min(source, twin) {
		t.Errorf("the copy: %+v", f)
	}
	name := in.Train.ID(min(source, twin))
	if !slices.ContainsFunc(r.Warnings, func(w string) bool { return strings.Contains(w, "0/0") && strings.Contains(w, name) }) {
		t.Errorf("no warning names %s: %q", name, r.Warnings)
	}
}

// TestFoldsMerge: the neighbours found in folds are the neighbours found in the whole set, ties included.
func TestFoldsMerge(t *testing.T) {
	in, _ := copier(t)
	in.Train.Images.Data = slices.Clone(in.Train.Images.Data)
	for i := range 20 {
		copy(in.Train.Images.At(60+i), in.Train.Images.At(i)) // equal distances
	}
	in.HeldOut.Images, in.HeldOut.IDs = in.HeldOut.Images.Slice(0, 50), in.HeldOut.IDs[:50]
	r, err := newRun(t.Context(), in, Options{Metric: search.Mirror, Seed: 3}, search.Keeper{})
	if err != nil {
		t.Fatal(err)
	}
	if f := r.first.folds; f.whole != 3 || f.size != 40 || len(f.rows) != 3 || len(f.heldOut) != 40 {
		t.Fatalf("folds %+v", f)
	}
	if err := r.first.search(t.Context()); err != nil {
		t.Fatal(err)
	}
	want, err := neighbours.SearchImages(t.Context(), search.ImagesOf(r.first.train), search.ImagesOf(r.first.generated), Kept, neighbours.Mirror, neighbours.ImageOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(r.first.nearGenerated.Matches, want) {
		t.Error("neighbours in folds differ from the neighbours in the whole set")
	}
}
