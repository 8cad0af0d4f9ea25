package latent_test

import (
	"context"
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/backends/backendtest"
	"repbench/datasets"
	"repbench/datasets/shapes"
	"repbench/eval"
	"repbench/internal/jsonfile"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/latent"
	"repbench/vis/scene"
	"repbench/vis/sheet"
	"repbench/vis/vistest"
)

// z has the frames of the golden walk: lerp in float32 arithmetic, slerp in float64.
func TestFramesGolden(t *testing.T) {
	shape, points := vistest.Array[float32](t, "walk_z")
	if got := latent.Lerp.Frames(points, shape[0], shape[1], 8); !slices.Equal(got, vistest.Floats(t, "walk_frames_z")) {
		t.Error("lerp differs from NumPy's float32")
	}
	vistest.Close(t, "slerp", latent.Slerp.Frames(points, shape[0], shape[1], 8), vistest.Floats(t, "walk_slerp_z"), 1e-6)
}

// Where the arc is not determined, the path is straight, and always finite.
func TestSlerpWithoutArc(t *testing.T) {
	for name, ends := range map[string][]float32{"equal": {1, 2, 1, 2}, "opposite": {1, 2, -1, -2}, "zero": {0, 0, 1, 2}} {
		got := latent.Slerp.Frames(ends, 2, 2, 2)
		for i, v := range got[2:4] {
			if want := (ends[i] + ends[2+i]) / 2; math.Abs(float64(v-want)) > 1e-6 {
				t.Errorf("%s: the middle is %v", name, got[2:4])
			}
		}
	}
}

// scores are as in golden/vis_released/walk_scores.json.
type scores struct {
	Chord   []float64 `json:"chord_rms"`
	Largest []float64 `json:"max_step_over_chord"`
	Length  []float64 `json:"length_over_chord"`
}

// Images and scores of the golden walk, in both modes.
func TestWalkGolden(t *testing.T) {
	var want struct{ Batch, Fixed scores }
	if err := jsonfile.Read(vistest.File(t, "walk_scores.json"), &want); err != nil {
		t.Fatal(err)
	}
	b := backendtest.CPU(t)
	shape, points := vistest.Array[float32](t, "walk_z")
	for mode, s := range map[vis.BatchNorm]scores{vis.Fixed: want.Fixed, vis.Batch: want.Batch} {
		w, err := latent.Go(t.Context(), vistest.Generator(t, b, mode), points, shape[0], latent.WalkOptions{Steps: 8, Path: latent.Lerp})
		if err != nil {
			t.Fatal(err)
		}
		vistest.Close(t, "walk_"+string(mode), w.Images.Data, vistest.Floats(t, "walk_"+string(mode)), vistest.Tolerance)
		for i, got := range latent.Segments(w.Images, 8) {
			for what, pair := range map[string][2]float64{"chord": {got.Chord, s.Chord[i]}, "largest step": {got.Largest, s.Largest[i]}, "length": {got.Length, s.Length[i]}} {
				if math.Abs(pair[0]-pair[1]) > vistest.Tolerance*pair[1] {
					t.Errorf("%s, segment %d: %s %g, want %g", mode, i, what, pair[0], pair[1])
				}
			}
		}
		for i, got := range latent.Segments(w.Blend, 8) {
			if math.Abs(got.Largest-0.125) > 1e-6 || math.Abs(got.Length-1) > 1e-6 {
				t.Errorf("%s, segment %d: the pixel blend has %+v", mode, i, got)
			}
		}
	}
}

// The walk of the released model does not jump: from 16 steps on, its largest steps are smaller
// than the steps of a walk that snaps to other images, on both paths.
func TestWalkBar(t *testing.T) {
	if testing.Short() {
		t.Skip("generates 1,600 images")
	}
	g := vistest.Generator(t, backendtest.CPU(t), vis.Fixed)
	a := g.Model.Arch
	const others = 1000
	im, err := g.Images(t.Context(), a.Prior.DrawZ(others, a.ZDim, 99), others)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := sheet.FromFloat(im.Data, im.N, im.H, im.W, im.C)
	if err != nil {
		t.Fatal(err)
	}
	points := a.Prior.DrawZ(9, a.ZDim, 3)
	sharpness := map[latent.Path]float64{}
	for _, path := range []latent.Path{latent.Lerp, latent.Slerp} {
		w, err := latent.Go(t.Context(), g, points, 9, latent.WalkOptions{Steps: 16, Path: path, Snap: snap, SnapName: "other samples"})
		if err != nil {
			t.Fatal(err)
		}
		s := w.Result.Scores[0]
		if s.Control == nil || s.Value >= *s.Control {
			t.Errorf("%s: %+v", path, s)
		}
		if !strings.Contains(w.Result.Says, "The largest step of 8 segments is") || !strings.Contains(w.Result.Says, "8 segments are too few") {
			t.Errorf("%s says %q", path, w.Result.Says)
		}
		middle, _ := w.Result.Score("sharpness_middle")
		sharpness[path] = middle.Value
		// The walk that is a snap jumps as a snap does.
		copies := latent.Walk{Images: w.Snap, Steps: 16}
		if p := latent.Segments(copies.Images, 16); p[0].Largest < *s.Control/2 {
			t.Errorf("the first segment of the snap has %+v, the median is %g", p[0], *s.Control)
		}
		if rows, err := w.Rows(); err != nil || len(rows) != 4+3 || rows[0].Images.N != 9 {
			t.Errorf("%d rows, %v", len(rows), err)
		}
	}
	if sharpness[latent.Lerp] >= sharpness[latent.Slerp] {
		t.Errorf("the straight path is no more blurred than the arc: %v", sharpness)
	}
}

// thirds are the exemplars of golden arithmetic.
func thirds(z []float32) (a, b, c []float32) {
	n := len(z) / 3
	return z[:n], z[n : 2*n], z[2*n:]
}

func TestArithmeticGolden(t *testing.T) {
	b := backendtest.CPU(t)
	x, y, z := thirds(vistest.Floats(t, "arith_z"))
	o := latent.ArithmeticOptions{Neighbours: 8, Noise: vistest.Floats(t, "arith_noise")}
	for _, mode := range []vis.BatchNorm{vis.Fixed, vis.Batch} {
		s, err := latent.Arithmetic(t.Context(), vistest.Generator(t, b, mode), x, y, z, o)
		if err != nil {
			t.Fatal(err)
		}
		vistest.Close(t, "z of the results", s.Z[900:], vistest.Floats(t, "arith_result_z"), 1e-7)
		if mode == vis.Batch {
			vistest.Close(t, "arith_batch", s.Images.Data, vistest.Floats(t, "arith_batch"), vistest.Tolerance)
			continue
		}
		exemplars := vistest.Floats(t, "arith_exemplars_fixed")
		vistest.Close(t, "exemplars", s.Images.Data[:len(exemplars)], exemplars, vistest.Tolerance)
		vistest.Close(t, "results", s.Results().Data, vistest.Floats(t, "arith_results_fixed"), vistest.Tolerance)
		vistest.Close(t, "pixels", s.Pixels.Data, vistest.Floats(t, "arith_pixels_fixed"), vistest.Tolerance)
		if n, _ := s.Result.Score("neighbours_rms"); n.Control == nil || !(n.Value < *n.Control) {
			t.Errorf("neighbours are no nearer than random samples: %+v", n)
		}
	}
}

func TestTurnGolden(t *testing.T) {
	g := vistest.Generator(t, backendtest.CPU(t), vis.Fixed)
	turn, err := latent.DrawTurn(t.Context(), g, vistest.Floats(t, "turn_left_z"), vistest.Floats(t, "turn_right_z"), vistest.Floats(t, "turn_base_z"), latent.TurnOptions{Steps: 7})
	if err != nil {
		t.Fatal(err)
	}
	var ts []float64
	if err := jsonfile.Read(vistest.File(t, "turn_t.json"), &ts); err != nil {
		t.Fatal(err)
	}
	for i, want := range ts {
		if math.Abs(turn.T[i]-want) > 1e-15 {
			t.Errorf("t %v, want %v", turn.T, ts)
		}
	}
	vistest.Close(t, "turn_z", turn.Z, vistest.Floats(t, "turn_z"), 1e-7)
	vistest.Close(t, "turn_fixed", turn.Images.Data, vistest.Floats(t, "turn_fixed"), vistest.Tolerance)
	long, err := latent.DrawTurn(t.Context(), g, vistest.Floats(t, "turn_left_z"), vistest.Floats(t, "turn_right_z"), vistest.Floats(t, "turn_base_z"), latent.TurnOptions{Steps: 17})
	if err != nil {
		t.Fatal(err)
	}
	if rows, err := long.Rows(); err != nil || rows[2].Images.N != 9 || rows[2].Captions[8] != "t 1" {
		t.Errorf("a long turn is drawn as %d images, the last one %v (%v)", rows[2].Images.N, rows[2].Captions, err)
	}
	// An even number of steps has no middle; both ends are shown all the same.
	small := tiny(t, "svhn32")
	for _, steps := range []int{10, 12, 16} {
		even, err := latent.DrawTurn(t.Context(), small, vistest.Floats(t, "turn_left_z"), vistest.Floats(t, "turn_right_z"), vistest.Floats(t, "turn_base_z"), latent.TurnOptions{Steps: steps})
		if err != nil {
			t.Fatal(err)
		}
		rows, err := even.Rows()
		if err != nil {
			t.Fatal(err)
		}
		last := rows[2].Images.N - 1
		one := even.Images
		one.N, one.Data = 1, one.Data[(steps-1)*32*32*3:steps*32*32*3]
		want, err := sheet.FromFloat(one.Data, 1, one.H, one.W, one.C)
		if err != nil || rows[2].Captions[0] != "t -1" || rows[2].Captions[last] != "t 1" || !slices.Equal(rows[2].Images.At(last), want.Data) {
			t.Errorf("%d steps: captions %v, %v", steps, rows[2].Captions, err)
		}
	}
	if f := turn.Frames(); f.N != 7 || f.W != 3*32 || f.H != 32 || f.Data[32*3] != turn.Images.Data[7*32*32*3] {
		t.Errorf("frames of %d×%d×%d", f.N, f.H, f.W)
	}
}

// tiny is a generator with random weights.
func tiny(t *testing.T, arch string) *vis.Generator {
	t.Helper()
	g, err := vis.Open(t.Context(), "random:"+arch+",width=1", backendtest.CPU(t), vis.Options{Seed: 4})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// leaning sees a second object in images whose left half is the brighter one, and always the same
// shape.
func leaning(_ context.Context, im datasets.Images) ([]scene.Seen, error) {
	seen := make([]scene.Seen, im.N)
	for i := range seen {
		sum := 0
		for p, v := range im.At(i) {
			if p/im.C%im.W < im.W/2 {
				sum += int(v)
			} else {
				sum -= int(v)
			}
		}
		if sum > 0 {
			seen[i].Windows = make([]shapes.Box, 1)
		}
	}
	return seen, nil
}

// What the reader sees decides exemplars and scores: on a sheet divided by the brighter half, a turn
// from right to left moves the bases to the left, and so does arithmetic.
func TestFactors(t *testing.T) {
	g := tiny(t, "svhn32")
	p, err := latent.DrawPool(g, 64, 1)
	if err != nil {
		t.Fatal(err)
	}
	grid, err := latent.DrawGrid(t.Context(), g, p)
	if err != nil {
		t.Fatal(err)
	}
	with, without, err := latent.BySecond(t.Context(), leaning, grid.Images, 12)
	if err != nil || len(with) < 6 || len(without) < 6 {
		t.Fatalf("%d images to the left and %d to the right, %v", len(with), len(without), err)
	}
	take := func(i []int) []float32 {
		z, err := p.Take(i)
		if err != nil {
			t.Fatal(err)
		}
		return z
	}
	turn, err := latent.DrawTurn(t.Context(), g, take(with), take(without[:6]), p.Z[:32*p.Dim], latent.TurnOptions{Steps: 3, Look: leaning})
	if err != nil {
		t.Fatal(err)
	}
	gain, _ := turn.Result.Score("second_object_gain")
	kept, _ := turn.Result.Score("shape_kept")
	if gain.Control == nil || gain.Value < 0.3 || gain.Value < *gain.Control || kept.Value != 1 || gain.N != 32 {
		t.Errorf("turn: %+v, %+v", gain, kept)
	}
	for _, s := range turn.Result.Scores {
		share := s.Name == "shape_kept"
		if mean := s.Name == "toward_left" || s.Name == "change_rms" || s.Name == "sharpness_ends"; (s.CI95 != nil) != (share || mean) {
			t.Errorf("%s has the interval %v", s.Name, s.CI95)
		} else if mean && math.Abs(s.CI95[0]+s.CI95[1]-2*s.Value) > 1e-9 || share && *s.CI95 != eval.Wilson(32, 32) {
			t.Errorf("%s is %g in %v", s.Name, s.Value, *s.CI95)
		}
	}
	sum, err := latent.Arithmetic(t.Context(), g, take(with[:3]), take(without[:3]), take(without[3:6]), latent.ArithmeticOptions{Neighbours: 20, Spread: 0.25, Look: leaning})
	if err != nil {
		t.Fatal(err)
	}
	object, _ := sum.Result.Score("second_object")
	if object.Control == nil || object.Value < 0.7 || object.N != 21 || !strings.Contains(object.Of, "with a second object") {
		t.Errorf("arithmetic: %+v", object)
	}
}

// Neighbours come from a seed of their own, and a seed gives the same ones again.
func TestArithmeticSeeds(t *testing.T) {
	g := tiny(t, "svhn32")
	dim := g.Model.Arch.ZDim
	z := g.Model.Arch.Prior.DrawZ(3, dim, 1)
	run := func(seed uint64) []float32 {
		s, err := latent.Arithmetic(t.Context(), g, z[:dim], z[dim:2*dim], z[2*dim:], latent.ArithmeticOptions{Neighbours: 2, Spread: 0.25, Seed: seed})
		if err != nil {
			t.Fatal(err)
		}
		y := s.Z[3*dim : 4*dim]
		for i, v := range s.Z[4*dim:] {
			if d := math.Abs(float64(v - y[i%dim])); d > 0.25+1e-6 {
				t.Fatalf("a neighbour is off by %g", d)
			}
		}
		return s.Z
	}
	if a, b := run(1), run(1); !slices.Equal(a, b) {
		t.Error("the same seed gives other neighbours")
	}
	if a, b := run(1), run(2); slices.Equal(a, b) {
		t.Error("another seed gives the same neighbours")
	}
}

// Results outside a uniform prior are warned of, or cut.
func TestBeyondThePrior(t *testing.T) {
	g := tiny(t, "imagenet32")
	dim := g.Model.Arch.ZDim
	a, b := make([]float32, dim), make([]float32, dim)
	for i := range a {
		a[i], b[i] = 0.9, -0.9
	}
	for _, clip := range []bool{false, true} {
		s, err := latent.Arithmetic(t.Context(), g, a, b, a, latent.ArithmeticOptions{Neighbours: 1, Clip: clip})
		if err != nil {
			t.Fatal(err)
		}
		outside := g.Model.Arch.Prior.Outside(s.Z)
		if want := map[bool]int{false: 2 * dim, true: 0}[clip]; outside != want || len(s.Result.Warnings) != 1 {
			t.Errorf("clip %v: %d values outside, want %d; warnings %q", clip, outside, want, s.Result.Warnings)
		}
	}
	a[0] = 1.5
	if _, err := latent.Arithmetic(t.Context(), g, a, b, b, latent.ArithmeticOptions{}); err == nil || !strings.Contains(err.Error(), "outside [-1, 1]") {
		t.Errorf("an exemplar outside the prior: %v", err)
	}
}

func TestOptionErrors(t *testing.T) {
	g := tiny(t, "svhn32")
	a := g.Model.Arch
	z := a.Prior.DrawZ(4, a.ZDim, 1)
	walk := func(n int, o latent.WalkOptions) error {
		_, err := latent.Go(t.Context(), g, z[:n*a.ZDim], n, o)
		return err
	}
	turn := func(left []float32, o latent.TurnOptions) error {
		_, err := latent.DrawTurn(t.Context(), g, left, z, z, o)
		return err
	}
	_, empty := latent.Arithmetic(t.Context(), g, nil, z, z, latent.ArithmeticOptions{})
	_, noise := latent.Arithmetic(t.Context(), g, z, z, z, latent.ArithmeticOptions{Neighbours: 2, Noise: z[:3]})
	for want, err := range map[string]error{
		"at least 2 points": walk(1, latent.WalkOptions{Steps: 8}),
		"0 steps":           walk(2, latent.WalkOptions{}),
		"at most 20000":     latent.WalkOptions{Steps: 256}.Validate(1000),
		"turn of 1 steps":   turn(z, latent.TurnOptions{Steps: 1}),
		"0 vectors for":     turn(nil, latent.TurnOptions{Steps: 7}),
		"a has no":          empty,
		"noise of 3":        noise,
		"-1 neighbours":     latent.ArithmeticOptions{Neighbours: -1}.Validate(),
		"at most NaN":       latent.ArithmeticOptions{Spread: math.NaN()}.Validate(),
	} {
		if !errors.Is(err, latent.ErrOptions) || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	z[7] = float32(math.NaN())
	if err := walk(2, latent.WalkOptions{Steps: 4}); err == nil || !strings.Contains(err.Error(), "NaN") {
		t.Errorf("NaN among the points: %v", err)
	}
}

func TestIndices(t *testing.T) {
	for text, want := range map[string][]int{"3,17,40": {3, 17, 40}, " 0-2, 9 ": {0, 1, 2, 9}} {
		if got, err := latent.ParseIndices(text); err != nil || !slices.Equal(got, want) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	for _, text := range []string{"", "a", "3-1", "-1", "1,,2", "0-99999999"} {
		if got, err := latent.ParseIndices(text); !errors.Is(err, latent.ErrOptions) {
			t.Errorf("%q: %v, %v", text, got, err)
		}
	}
	g := tiny(t, "svhn32")
	small, err := latent.DrawPool(g, 4, 1)
	if err != nil {
		t.Fatal(err)
	}
	large, err := latent.DrawPool(g, 9, 1)
	if err != nil || !slices.Equal(large.Z[:len(small.Z)], small.Z) {
		t.Errorf("a larger sheet begins otherwise (%v)", err)
	}
	if z, err := small.Take([]int{3, 0}); err != nil || !slices.Equal(z[small.Dim:], small.Z[:small.Dim]) {
		t.Errorf("the vectors taken are others (%v)", err)
	}
	if _, err := small.Take([]int{4}); !errors.Is(err, latent.ErrOptions) || !strings.Contains(err.Error(), "numbered 0 to 3") {
		t.Errorf("an index outside the sheet: %v", err)
	}
	if _, err := latent.DrawPool(g, 1, 1); !errors.Is(err, latent.ErrOptions) {
		t.Errorf("a sheet of one image: %v", err)
	}
}

func TestGrid(t *testing.T) {
	g := tiny(t, "svhn32")
	p, err := latent.DrawPool(g, 13, 1)
	if err != nil {
		t.Fatal(err)
	}
	grid, err := latent.DrawGrid(t.Context(), g, p)
	if err != nil || grid.Images.N != 13 || len(grid.Rows) != 2 || grid.Rows[1].Captions[2] != "12" {
		t.Fatalf("%v: %d images in %d rows", err, grid.Images.N, len(grid.Rows))
	}
	if s := grid.Result.Scores[0]; s.N != 13*12/2 || !(s.Value > 0) || s.Value > *s.Control {
		t.Errorf("%+v", s)
	}
}

// Images are sharp where they change from pixel to pixel.
func TestSharpness(t *testing.T) {
	im := dcgan.Images{N: 1, H: 3, W: 3, C: 1, Data: []float32{0, 1, 0, 0, 1, 0, 0, 1, 0}}
	if got := latent.Sharpness(im); got != 1 {
		t.Errorf("stripes have sharpness %g, want 1", got)
	}
	clear(im.Data)
	if got := latent.Sharpness(im); got != 0 {
		t.Errorf("a flat image has sharpness %g", got)
	}
}

// A verdict on jumps needs 20 segments; below, the largest of them is said, of one in the singular.
func TestWalkOfFewSegments(t *testing.T) {
	g := tiny(t, "svhn32")
	a := g.Model.Arch
	z := a.Prior.DrawZ(21, a.ZDim, 5)
	im, err := g.Images(t.Context(), a.Prior.DrawZ(30, a.ZDim, 6), 30)
	if err != nil {
		t.Fatal(err)
	}
	snap, err := sheet.FromFloat(im.Data, im.N, im.H, im.W, im.C)
	if err != nil {
		t.Fatal(err)
	}
	for n, want := range map[int]string{2: "The largest step of the one segment is", 20: "The largest step of 19 segments is", 21: "In 95 % of the segments"} {
		w, err := latent.Go(t.Context(), g, z[:n*a.ZDim], n, latent.WalkOptions{Steps: 16, Snap: snap, SnapName: "other samples"})
		if err != nil {
			t.Fatal(err)
		}
		verdict := strings.Contains(w.Result.Says, "this one does not jump") || strings.Contains(w.Result.Says, "this walk jumps as much")
		if !strings.HasPrefix(w.Result.Says, want) || verdict != (n > 20) || n == 2 && strings.Contains(w.Result.Says+w.Result.Scores[0].Of, "1 segments") {
			t.Errorf("%d points: %s (%s)", n, w.Result.Says, w.Result.Scores[0].Of)
		}
	}
}

// unknownWords are the words and labels of a figure, which never hold NaN.
func unknownWords(t *testing.T, r *vis.Result, rows []sheet.Row) {
	t.Helper()
	words := append([]string{r.Says}, r.Warnings...)
	for _, s := range r.Scores {
		words = append(words, s.Of, s.Against)
	}
	for _, row := range rows {
		words = append(append(words, row.Heading), row.Label...)
	}
	if all := strings.Join(words, "|"); strings.Contains(all, "NaN") || strings.Contains(all, "Inf") {
		t.Errorf("no word for people: %s", all)
	}
}

// One sample has no pair, and a walk from a point to itself no step: both are said in words.
func TestNothingToMeasure(t *testing.T) {
	g := tiny(t, "svhn32")
	a := g.Model.Arch
	z := a.Prior.DrawZ(1, a.ZDim, 5)
	grid, err := latent.DrawGrid(t.Context(), g, latent.Pool{Z: z, N: 1, Dim: a.ZDim})
	if err != nil {
		t.Fatal(err)
	}
	unknownWords(t, grid.Result, grid.Rows)
	if !strings.HasPrefix(grid.Result.Says, "1 sample, number 0.") {
		t.Errorf("one sample: %s", grid.Result.Says)
	}
	w, err := latent.Go(t.Context(), g, slices.Concat(z, z, z), 3, latent.WalkOptions{Steps: 4})
	if err != nil {
		t.Fatal(err)
	}
	rows, err := w.Rows()
	if err != nil {
		t.Fatal(err)
	}
	unknownWords(t, w.Result, rows)
	if !strings.HasPrefix(w.Result.Says, "Every segment begins and ends with the same image") || rows[0].Label[1] != "the same image at both ends" {
		t.Errorf("one point three times: %s; %q", w.Result.Says, rows[0].Label)
	}
}

// alike sees the same in all images: nothing that is promised can be told apart.
func alike(_ context.Context, im datasets.Images) ([]scene.Seen, error) {
	return make([]scene.Seen, im.N), nil
}

// What a reader sees comes first, with how well it reads; a share that random directions reach, too, is
// said to tell nothing, and so are exemplars that do not agree.
func TestArithmeticWords(t *testing.T) {
	g := tiny(t, "svhn32")
	a := g.Model.Arch
	z := a.Prior.DrawZ(9, a.ZDim, 1)
	n := 3 * a.ZDim
	quality := &scene.Quality{Images: 100, Windows: 50, Boxes: 40, Right: 38, Precision: 0.95, Recall: 0.76, Accuracy: 0.9}
	judge := func(context.Context, dcgan.Images) ([]float64, error) { return []float64{-2.39, 0.3}, nil }
	o := latent.ArithmeticOptions{Neighbours: 8, Spread: 0.25, Look: alike, Quality: quality, Judge: judge}
	s, err := latent.Arithmetic(t.Context(), g, z[:n], z[n:2*n], z[2*n:], o)
	if err != nil {
		t.Fatal(err)
	}
	recall, _ := s.Result.Score("detector_recall")
	if s.Result.Scores[0].Name != "second_object" || recall.Value != 0.76 || len(s.Result.Warnings) != 0 {
		t.Errorf("scores %+v, warnings %q", s.Result.Scores, s.Result.Warnings)
	}
	for _, want := range []string{"100 % of images moved in random directions, which is not told apart", "in random directions in 100 %, which is not told apart", "-2.39", "it takes the pixels for the more real image"} {
		if !strings.Contains(s.Result.Says, want) {
			t.Errorf("%q is not said in: %s", want, s.Result.Says)
		}
	}
	o.Look = func(ctx context.Context, im datasets.Images) ([]scene.Seen, error) {
		seen, err := alike(ctx, im)
		seen[0].Windows = make([]shapes.Box, 1)
		return seen, err
	}
	if s, err = latent.Arithmetic(t.Context(), g, z[:n], z[n:2*n], z[2*n:], o); err != nil || len(s.Result.Warnings) != 3 || !strings.Contains(s.Result.Warnings[0], "in 33 % of the exemplars of a") {
		t.Errorf("%v, warnings %q", err, s.Result.Warnings)
	}
}

// A sum of single exemplars of a Gaussian prior is √3 too long, a mean of 30 too short, one of three as
// long as it has to be.
func TestLengthsOfSums(t *testing.T) {
	g := tiny(t, "svhn32")
	a := g.Model.Arch
	z := a.Prior.DrawZ(90, a.ZDim, 1)
	for n, want := range map[int]string{1: "times as long as z of the prior, of which the generator has seen none", 3: "", 30: "such images are blurred"} {
		k := n * a.ZDim
		s, err := latent.Arithmetic(t.Context(), g, z[:k], z[k:2*k], z[2*k:3*k], latent.ArithmeticOptions{})
		if err != nil {
			t.Fatal(err)
		}
		if all := strings.Join(s.Result.Warnings, "; "); (all == "") != (want == "") || !strings.Contains(all, want) {
			t.Errorf("%d exemplars: %q", n, all)
		}
	}
	turn, err := latent.DrawTurn(t.Context(), g, z[:a.ZDim], z[a.ZDim:2*a.ZDim], z[2*a.ZDim:4*a.ZDim], latent.TurnOptions{Steps: 3})
	if err != nil || len(turn.Result.Warnings) != 1 || !strings.Contains(turn.Result.Warnings[0], "the ends of the turn") {
		t.Errorf("%v: %q", err, turn.Result.Warnings)
	}
}

// The correlation of a turn with the difference of its own exemplars is not 0 where nothing is shared:
// arbitrary samples reach what shuffled ones do, and that is said.
func TestTurnOfArbitrarySamples(t *testing.T) {
	g := tiny(t, "svhn32")
	a := g.Model.Arch
	z := a.Prior.DrawZ(46, a.ZDim, 8)
	k := 3 * a.ZDim
	turn, err := latent.DrawTurn(t.Context(), g, z[:k], z[k:2*k], z[2*k:], latent.TurnOptions{Steps: 3})
	if err != nil {
		t.Fatal(err)
	}
	along, _ := turn.Result.Score("toward_left")
	random, _ := turn.Result.Score("toward_left_random")
	if along.Control == nil || *along.Control < 0.2 || math.Abs(random.Value) > 0.2 || math.Abs(along.Value-*along.Control) > 0.25 || !strings.Contains(along.Against, "shuffled") {
		t.Errorf("%+v, random directions %+v", along, random)
	}
	for _, sides := range [][2]int{{1, 1}, {1, 3}, {3, 1}} {
		turn, err := latent.DrawTurn(t.Context(), g, z[:sides[0]*a.ZDim], z[k:k+sides[1]*a.ZDim], z[2*k:3*k], latent.TurnOptions{Steps: 3})
		if err != nil {
			t.Fatal(err)
		}
		along, _ := turn.Result.Score("toward_left")
		if arbitrary := strings.Contains(along.Against, "arbitrary samples"); arbitrary != (sides == [2]int{1, 1}) {
			t.Errorf("%v exemplars: %s", sides, along.Against)
		}
	}
}
