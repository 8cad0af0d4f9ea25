package forget

import (
	"context"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"repbench/backends/backendtest"
	"repbench/datasets"
	"repbench/datasets/shapes"
	"repbench/eval"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/scene"
)

// tiny is a generator with random weights.
func tiny(t *testing.T, arch string, mode vis.BatchNorm) *vis.Generator {
	t.Helper()
	g, err := vis.Open(t.Context(), "random:"+arch+",width=8", backendtest.CPU(t), vis.Options{BatchNorm: mode, Seed: 3})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// someBoxes are boxes in the first images.
func someBoxes() []Box {
	var boxes []Box
	for i := range 12 {
		boxes = append(boxes, Box{i, i, 2 * i % 20, i + 10, 2*i%20 + 9})
	}
	return boxes
}

func TestParseLayer(t *testing.T) {
	arch := func(name string) dcgan.Arch {
		a, err := dcgan.NewArch(name, 0)
		if err != nil {
			t.Fatal(err)
		}
		return a
	}
	for _, tt := range []struct {
		arch, name string
		want       int
	}{
		{"svhn32", "", 2}, {"svhn32", "h2", 1}, {"svhn32", "3", 2}, {"svhn32", "conv1", 1}, {"svhn32", "8x8", 1}, {"svhn32", "dense", 0},
		{"dcgan64", "", 2}, {"imagenet32", "", 3}, {"imagenet32", "32x32", 5},
	} {
		a := arch(tt.arch)
		got, err := ParseLayer(a, tt.name)
		if err != nil || got != tt.want {
			t.Errorf("%s %q: %d, %v; want %d", tt.arch, tt.name, got, err, tt.want)
		}
		if l := a.HiddenLayers()[got]; tt.name == "" && l.Side != 16 {
			t.Errorf("%s: the default layer has maps of %d×%d", tt.arch, l.Side, l.Side)
		}
	}
	for _, name := range []string{"h4", "h0", "conv9", "7x7", "x"} {
		if _, err := ParseLayer(arch("svhn32"), name); !errors.Is(err, ErrLayer) || !strings.Contains(err.Error(), "h3 or conv2 (64 maps of 16×16)") {
			t.Errorf("%q: error %v", name, err)
		}
	}
	if _, err := ParseLayer(arch("imagenet32"), "16x16"); !errors.Is(err, ErrLayer) {
		t.Errorf("a size that two layers have: %v", err)
	}
}

// Run gives the same figure for the same options, in both modes and with both statistics, and its
// scores are the scores of its images.
func TestRun(t *testing.T) {
	for _, mode := range []vis.BatchNorm{vis.Fixed, vis.Batch} {
		for _, next := range []Next{Kept, Recomputed} {
			g := tiny(t, "svhn32", mode)
			const n = 14
			z := g.Model.Arch.Prior.DrawZ(n, g.Model.Arch.ZDim, 1)
			o := Options{Layer: 1, Next: next, Boxes: someBoxes(), Draws: 4, Seed: 2}
			out, err := Run(t.Context(), g, z, n, o)
			if err != nil {
				t.Fatal(err)
			}
			ratio, _ := out.Result.Score("ratio")
			if got := ChangesOf(out.Before, out.After, out.Boxes, false).Ratio(); got != ratio.Value || ratio.Control == nil || !(got > 0) || len(out.Maps) == 0 || len(out.Maps) != len(out.RandomMaps) {
				t.Errorf("%s, %s: ratio %g, score %+v, maps %v", mode, next, got, ratio, out.Maps)
			}
			if score, ok := out.Result.Score("z"); !ok || score.N != 4 {
				t.Errorf("no z: %+v", out.Result)
			}
			again, err := Run(t.Context(), g, z, n, o)
			if err != nil || !reflect.DeepEqual(again, out) {
				t.Errorf("%s, %s: a second run differs (%v)", mode, next, err)
			}
			if img, err := out.Draw(); err != nil || img.Bounds().Dx() < 8*128 {
				t.Errorf("picture: %v", err)
			}
			o.Maps = []int{1, 3}
			chosen, err := Run(t.Context(), g, z, n, o)
			if err != nil || !slices.Equal(chosen.Maps, o.Maps) || len(chosen.RandomMaps) != 2 {
				t.Errorf("given maps: %v", err)
			}
		}
	}
}

// fake is a reader that sees a window in the images of even number, and shape 3 in all, until it
// has looked once; then a window in image 0 alone, and shape 3 in half of the images.
type fake struct{ looks int }

func (f *fake) Look(_ context.Context, im datasets.Images) ([]scene.Seen, error) {
	seen := make([]scene.Seen, im.N)
	for i := range seen {
		seen[i].Shape = 3
		if f.looks > 0 && i%2 == 1 {
			seen[i].Shape = 4
		}
		if i == 0 || f.looks == 0 && i%2 == 0 {
			seen[i].Windows = []shapes.Box{{X0: i, Y0: 4, X1: i + 8, Y1: 12}}
		}
	}
	if f.looks++; im.N > 5 {
		seen[4].Windows = append(seen[4].Windows, shapes.Box{X0: 5, Y0: 5, X1: 6, Y1: 6}) // holds no cell
	}
	return seen, nil
}

func (f *fake) Quality() scene.Quality {
	return scene.Quality{Images: 10, Windows: 4, Boxes: 5, Right: 4, Precision: 0.8, Recall: 1, Accuracy: 0.7}
}

// A reader finds the boxes, and says what became of windows and shapes.
func TestRunWithReader(t *testing.T) {
	g := tiny(t, "svhn32", vis.Fixed)
	const n = 8
	z := g.Model.Arch.Prior.DrawZ(n, g.Model.Arch.ZDim, 1)
	out, err := Run(t.Context(), g, z, n, Options{Layer: 1, Reader: &fake{}, Draws: 2})
	if err != nil {
		t.Fatal(err)
	}
	want := []Box{{0, 0, 4, 8, 12}, {2, 2, 4, 10, 12}, {4, 4, 4, 12, 12}, {6, 6, 4, 14, 12}}
	if !slices.Equal(out.Boxes, want) || !out.Found || !strings.Contains(strings.Join(out.Result.Warnings, " "), "1 of the boxes found hold the centre of no cell") {
		t.Errorf("boxes %v, warnings %v", out.Boxes, out.Result.Warnings)
	}
	for name, want := range map[string][2]float64{
		"second_object_before": {0.5, -1}, "second_object_after": {0.25, 0.25}, "shape_kept": {0.5, 0.5},
		"detector_precision": {0.8, -1}, "detector_recall": {1, -1}, "classifier_accuracy": {0.7, -1},
	} {
		s, ok := out.Result.Score(name)
		if !ok || math.Abs(s.Value-want[0]) > 1e-9 || (s.Control == nil) != (want[1] < 0) || s.Control != nil && math.Abs(*s.Control-want[1]) > 1e-9 {
			t.Errorf("%s: %+v, want %v", name, s, want)
		}
	}
	for name, want := range map[string]*eval.Interval{
		"second_object_before": new(eval.Wilson(4, 8)), "second_object_after": new(eval.Wilson(2, 8)), "shape_kept": new(eval.Wilson(4, 8)),
		"detector_precision": new(eval.Wilson(4, 5)), "detector_recall": new(eval.Wilson(4, 4)), "classifier_accuracy": new(eval.Wilson(7, 10)), "ratio": nil, "z": nil,
	} {
		s, _ := out.Result.Score(name)
		if (s.CI95 == nil) != (want == nil) || want != nil && math.Abs(s.CI95[0]-want[0])+math.Abs(s.CI95[1]-want[1]) > 1e-9 {
			t.Errorf("%s has the interval %v, want %v", name, s.CI95, want)
		}
	}
	// Boxes that are given take the place of those found.
	out, err = Run(t.Context(), g, z, n, Options{Layer: 1, Reader: &fake{}, Draws: 2, Boxes: someBoxes()[:8]})
	if err != nil || out.Found || !slices.Equal(out.Boxes, someBoxes()[:8]) {
		t.Errorf("given boxes: %v, %v", out, err)
	}
	blind := &fake{looks: 1}
	if _, err := Run(t.Context(), g, z[:g.Model.Arch.ZDim], 1, Options{Layer: 0, Reader: blind, Draws: 2}); err != nil {
		t.Errorf("one image: %v", err)
	}
}

// Where the reader finds nothing, the error says what helps.
func TestRunFindsNothing(t *testing.T) {
	g := tiny(t, "svhn32", vis.Fixed)
	z := g.Model.Arch.Prior.DrawZ(2, g.Model.Arch.ZDim, 1)
	_, err := Run(t.Context(), g, z, 2, Options{Layer: 1, Reader: none{}})
	if !errors.Is(err, ErrBox) || !strings.Contains(err.Error(), "no second object in 2 generated images") || !strings.Contains(err.Error(), "--boxes") {
		t.Errorf("error %v", err)
	}
}

// none is a reader that sees no window.
type none struct{ *fake }

func (none) Look(_ context.Context, im datasets.Images) ([]scene.Seen, error) {
	return make([]scene.Seen, im.N), nil
}

// In the mode fixed, dropping nothing changes nothing, and statistics that are recomputed without
// a drop are the images of the generator.
func TestDropNothing(t *testing.T) {
	g := tiny(t, "svhn32", vis.Fixed)
	z := g.Model.Arch.Prior.DrawZ(3, g.Model.Arch.ZDim, 1)
	for _, next := range []Next{Kept, Recomputed} {
		d, err := NewDropper(g, 1, next)
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		before, _, err := d.Original(t.Context(), z, 3)
		if err != nil {
			t.Fatal(err)
		}
		after, err := d.Images(t.Context(), z, 3, nil)
		if err != nil {
			t.Fatal(err)
		}
		for i := range before.Data {
			if math.Abs(float64(before.Data[i]-after.Data[i])) > 1e-6 {
				t.Fatalf("%s: value %d is %g, before %g", next, i, after.Data[i], before.Data[i])
			}
		}
		all, err := d.Images(t.Context(), z, 3, d.RandomMaps(1000, 1, 0))
		if err != nil {
			t.Fatal(err)
		}
		if slices.Equal(all.Data, before.Data) {
			t.Errorf("%s: dropping all maps changes nothing", next)
		}
	}
	if _, err := NewDropper(g, 3, Kept); !errors.Is(err, ErrLayer) {
		t.Errorf("layer 3: %v", err)
	}
}

func TestRunErrors(t *testing.T) {
	g := tiny(t, "svhn32", vis.Fixed)
	const n = 13
	z := g.Model.Arch.Prior.DrawZ(n, g.Model.Arch.ZDim, 1)
	for name, tt := range map[string]struct {
		change func(o *Options)
		kind   error
		want   string
	}{
		"no boxes":      {func(o *Options) { o.Boxes = nil }, ErrNeedsBoxes, "--boxes"},
		"empty file":    {func(o *Options) { o.Boxes = []Box{} }, ErrBox, "no boxes"},
		"outside":       {func(o *Options) { o.Boxes[3].X1 = 33 }, ErrBox, "box 3"},
		"image outside": {func(o *Options) { o.Boxes[3].Image = n }, ErrBox, "13 images, 0 to 12"},
		"no cell":       {func(o *Options) { o.Layer = 0; o.Boxes[2] = Box{2, 5, 5, 8, 8} }, ErrBox, "4×4 maps is 8 pixels wide"},
		"one class":     {func(o *Options) { o.Boxes = []Box{{0, 0, 0, 32, 32}} }, ErrOneClass, "cover"},
		"one draw":      {func(o *Options) { o.Draws = 1 }, nil, "2 or more"},
		"C":             {func(o *Options) { o.C = -1 }, nil, "greater than 0"},
		"map":           {func(o *Options) { o.Maps = []int{16} }, nil, "0 to 15"},
		"layer":         {func(o *Options) { o.Layer = 7 }, ErrLayer, "7"},
	} {
		o := Options{Layer: 1, Boxes: someBoxes(), Draws: 2}
		tt.change(&o)
		_, err := Run(t.Context(), g, z, n, o)
		if err == nil || tt.kind != nil && !errors.Is(err, tt.kind) || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
	}
	ctx, stop := context.WithCancelCause(t.Context())
	reason := errors.New("enough")
	stop(reason)
	if _, err := Run(ctx, g, z, n, Options{Layer: 1, Boxes: someBoxes()}); !errors.Is(err, reason) {
		t.Errorf("stopped: %v", err)
	}
}

// Where the object has lower activations than the rest in every map, nothing can be dropped.
func TestNoPositiveWeight(t *testing.T) {
	g := tiny(t, "svhn32", vis.Fixed)
	const n = 2
	z := g.Model.Arch.Prior.DrawZ(n, g.Model.Arch.ZDim, 1)
	d, err := NewDropper(g, 1, Kept)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	_, hidden, err := d.Original(t.Context(), z, n)
	if err != nil {
		t.Fatal(err)
	}
	for i := range hidden { // inside the box all activations are 0
		if cell := i / d.Maps() % (d.Side() * d.Side()); cell == 0 {
			hidden[i] = 0
		} else {
			hidden[i]++
		}
	}
	r := &run{Options: Options{C: 1, Negatives: Outside}, drop: d, n: n, out: &Outcome{Result: vis.NewResult("forget"), Boxes: []Box{{0, 0, 0, 4, 4}, {1, 0, 0, 4, 4}}}}
	if err := r.positive(Grid{n, 32, d.Side()}, hidden); !errors.Is(err, ErrNoMap) || !strings.Contains(err.Error(), "--layer") {
		t.Errorf("error %v", err)
	}
}

// The ratio of changes that are known: 3 inside, and outside 1 in the image with boxes and 2 in the
// one without, which is outside whole where boxes were found in all images: (12·1 + 16·2)/28. Boxes
// that are given say nothing of the image without.
func TestRatio(t *testing.T) {
	before := dcgan.Images{N: 2, H: 4, W: 4, C: 3, Data: make([]float32, 96)}
	after := dcgan.Images{N: 2, H: 4, W: 4, C: 3, Data: make([]float32, 96)}
	boxes := []Box{{1, 1, 1, 3, 3}, {1, 2, 2, 3, 3}}
	for p := range 16 {
		for c := range 3 {
			after.Data[p*3+c] = 2
			change := float32(1)
			if x, y := p%4, p/4; x >= 1 && x < 3 && y >= 1 && y < 3 {
				change = -3
			}
			after.Data[48+p*3+c] = change
		}
	}
	found, given := ChangesOf(before, after, boxes, true), ChangesOf(before, after, boxes, false)
	if got, want := found.Ratio(), 3/(44.0/28); math.Abs(got-want) > 1e-12 {
		t.Errorf("ratio %g, want %g", got, want)
	}
	if want := math.Sqrt(76.0 / 28); math.Abs(found.Rest-want) > 1e-12 {
		t.Errorf("the rest changes by %g, want %g", found.Rest, want)
	}
	if given != (Changes{Inside: 3, Outside: 1, Rest: 1}) {
		t.Errorf("given boxes: %+v", given)
	}
	if got := ChangesOf(before, before, boxes, true).Ratio(); !math.IsNaN(got) {
		t.Errorf("no change: %g", got)
	}
}

// Images without a box in a file of boxes change nothing: the same boxes give the
// same ratio whether 14 images are generated or 40.
func TestGivenBoxesCountAlone(t *testing.T) {
	g := tiny(t, "svhn32", vis.Fixed)
	a := g.Model.Arch
	z := a.Prior.DrawZ(40, a.ZDim, 1)
	var ratios []float64
	for _, n := range []int{14, 40} {
		out, err := Run(t.Context(), g, z[:n*a.ZDim], n, Options{Layer: 1, Boxes: someBoxes(), Draws: 2, Seed: 2})
		if err != nil {
			t.Fatal(err)
		}
		ratio, _ := out.Result.Score("ratio")
		rest, _ := out.Result.Score("rest_change_rms")
		images := len(Masks(someBoxes(), 32, 32))
		if rest.Control == nil || rest.N != images || !strings.Contains(ratio.Of, fmt.Sprintf("%d images", images)) && images < n || !strings.Contains(out.Result.Says, "The rest changes by") {
			t.Errorf("%+v, %+v: %s", ratio, rest, out.Result.Says)
		}
		ratios = append(ratios, ratio.Value)
	}
	if math.Abs(ratios[0]-ratios[1]) > 1e-5*ratios[0] {
		t.Errorf("ratios %v of the same boxes", ratios)
	}
}

// Recomputed statistics equal the kept ones where nothing is normalised behind the layer:
// that is said, and nothing is computed for it.
func TestRecomputedBehindTheLastLayer(t *testing.T) {
	g := tiny(t, "svhn32", vis.Fixed)
	a := g.Model.Arch
	z := a.Prior.DrawZ(14, a.ZDim, 1)
	last := len(a.HiddenLayers()) - 1
	for layer, warns := range map[int]bool{last: true, last - 1: false} {
		out, err := Run(t.Context(), g, z, 14, Options{Layer: layer, Next: Recomputed, Boxes: someBoxes(), Draws: 2})
		if err != nil {
			t.Fatal(err)
		}
		said := slices.ContainsFunc(out.Result.Warnings, func(w string) bool { return strings.Contains(w, "no batch normalisation follows") })
		if said != warns {
			t.Errorf("layer %d: warnings %q", layer, out.Result.Warnings)
		}
	}
}

// The picture names the model and how many images it does not show, and one extreme value does not
// decide the grey of all changes.
func TestPictureTexts(t *testing.T) {
	im := func(v float32) dcgan.Images {
		out := dcgan.Images{N: 9, H: 16, W: 16, C: 3, Data: make([]float32, 9*16*16*3)}
		for i := range out.Data {
			out.Data[i] = v
		}
		return out
	}
	o := &Outcome{Result: vis.NewResult("forget"), Spec: "theano:weights", Before: im(0), After: im(0.1), Random: im(0.05)}
	o.After.Data[0] = 2
	for i := range 9 {
		o.Boxes = append(o.Boxes, Box{i, 2, 2, 8, 8})
	}
	rows, err := o.Rows()
	if err != nil || rows[0].Heading != "The first 8 of 9 images with a box" {
		t.Errorf("heading %q, %v", rows[0].Heading, err)
	}
	if !strings.Contains(o.title(), "theano:weights") || math.Abs(o.scale()-0.1) > 1e-6 {
		t.Errorf("title %q, scale %g", o.title(), o.scale())
	}
}
