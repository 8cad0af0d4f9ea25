package latent

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"

	"repbench/datasets"
	"repbench/eval/neighbours"
	"repbench/internal/measure"
	"repbench/internal/progress"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/sheet"
)

// WalkOptions say how a walk goes. The zero value of Path takes the path of the prior.
type WalkOptions struct {
	// Steps is the number of frames of a segment.
	Steps int
	// Path is the way from point to point; "": PathFor the prior.
	Path Path
	// Snap are images among which the nearest of each frame is taken as a control, all of the
	// generator's size; none: that control is left out.
	Snap datasets.Images
	// SnapName says what they are: "5,000 training images of cifar10".
	SnapName string
	// Seed draws the z of the random control.
	Seed uint64
	// Through names the vectors of the points, and From the file or the seed that they are from; both may
	// be left out.
	Through Source
	From    Origin
	// Progress receives how far the search for nearest images is.
	Progress progress.Reporter
}

// Limits of a walk.
const (
	maxSteps  = 256
	maxFrames = 20_000
)

// Validate says what is wrong with the options for n points.
func (o WalkOptions) Validate(n int) error {
	switch {
	case n < 2:
		return fmt.Errorf("%w: a walk has at least 2 points, this one has %d", ErrOptions, n)
	case o.Steps < 1 || o.Steps > maxSteps:
		return fmt.Errorf("%w: %d steps for each segment of a walk; give 1 to %d", ErrOptions, o.Steps, maxSteps)
	case (n-1)*o.Steps+1 > maxFrames:
		return fmt.Errorf("%w: %d points with %d steps are %d frames; at most %d can be made", ErrOptions, n, o.Steps, (n-1)*o.Steps+1, maxFrames)
	}
	return nil
}

// Walk is a walk with its controls, all with the same number of frames.
type Walk struct {
	// Z are the z of the frames, Images their images.
	Z      []float32
	Images dcgan.Images
	// Blend mixes pixels, Random has random z between the points. Snap is empty without images to
	// snap to.
	Blend, Snap, Random dcgan.Images
	// Steps is the number of frames of a segment.
	Steps int
	// Result has the scores.
	Result *vis.Result

	o WalkOptions
}

// streamRandom draws the z of random controls.
const streamRandom = 0x3a1c

// Go walks through the points, n vectors z, with its controls.
func Go(ctx context.Context, g *vis.Generator, points []float32, n int, o WalkOptions) (*Walk, error) {
	if err := o.Validate(n); err != nil {
		return nil, err
	}
	a := g.Model.Arch
	if err := a.CheckZ(points, n); err != nil {
		return nil, err
	}
	if o.Path == "" {
		o.Path = PathFor(a.Prior)
	}
	w := &Walk{Steps: o.Steps, Result: vis.NewResult("walk"), o: o, Z: o.Path.Frames(points, n, a.ZDim, o.Steps)}
	frames := len(w.Z) / a.ZDim
	if out := a.Prior.Outside(w.Z); out > 0 {
		w.Result.Warn("%d of %d values of z lie outside the prior: the path %s leaves the range of a uniform prior; use %s", out, len(w.Z), o.Path, Lerp)
	}
	var err error
	if w.Images, err = g.ImagesBeyond(ctx, w.Z, frames); err != nil {
		return nil, err
	}
	w.Blend = blend(w.Images, o.Steps)
	if w.Random, err = w.random(ctx, g, o.Seed); err != nil {
		return nil, err
	}
	if o.Snap.N > 0 {
		if w.Snap, err = snap(ctx, w.Images, o); err != nil {
			return nil, err
		}
	}
	w.Result.Set("steps", o.Steps)
	switch {
	case o.Through.Name != "":
		o.Through.set(w.Result, "through", n)
	case o.From.File != "":
		w.Result.Set("points_of_file", n)
	default:
		w.Result.Set("points", n)
	}
	o.From.set(w.Result, o.Seed)
	w.Result.Set("z_hash", hashOf(points))
	w.Result.Set("path", string(o.Path))
	w.Result.Set("bn", string(g.BatchNorm))
	w.Result.Set("snap", o.Snap.N)
	if o.SnapName != "" {
		w.Result.Set("snap_to", o.SnapName)
	}
	w.score(n-1, o)
	return w, nil
}

// random are frames of independent z between the points, in the same mode as the walk.
func (w *Walk) random(ctx context.Context, g *vis.Generator, seed uint64) (dcgan.Images, error) {
	a := g.Model.Arch
	r := rand.New(rand.NewPCG(seed, streamRandom))
	z := a.Prior.DrawZ(len(w.Z)/a.ZDim, a.ZDim, r.Uint64())
	for i := 0; i < w.Images.N; i += w.Steps {
		copy(z[i*a.ZDim:(i+1)*a.ZDim], w.Z[i*a.ZDim:])
	}
	im, err := g.Images(ctx, z, w.Images.N)
	if err != nil {
		return im, err
	}
	for i := 0; i < w.Images.N; i += w.Steps {
		copy(at(im, i), at(w.Images, i)) // in the mode batch the points would differ
	}
	return im, nil
}

// snap replaces each frame by the nearest of some images, in bytes.
func snap(ctx context.Context, im dcgan.Images, o WalkOptions) (dcgan.Images, error) {
	q, err := bytes(im)
	if err != nil {
		return im, err
	}
	of := func(x datasets.Images) neighbours.Images {
		return neighbours.Images{N: x.N, H: x.H, W: x.W, C: x.C, Pix: x.Data}
	}
	if o.Snap.H != q.H || o.Snap.W != q.W || o.Snap.C != q.C {
		return im, fmt.Errorf("%s are %d×%d×%d, the generator makes %d×%d×%d", o.SnapName, o.Snap.H, o.Snap.W, o.Snap.C, q.H, q.W, q.C)
	}
	near, err := neighbours.SearchImages(ctx, of(o.Snap), of(q), 1, neighbours.Pixels, neighbours.ImageOptions{Progress: o.Progress})
	if err != nil {
		return im, err
	}
	out := im
	out.Data = make([]float32, 0, len(im.Data))
	for _, m := range near {
		for _, v := range o.Snap.At(int(m.Row)) {
			out.Data = append(out.Data, float32(v)/127.5-1)
		}
	}
	return out, nil
}

// score fills in the scores of segments segments.
func (w *Walk) score(segments int, o WalkOptions) {
	r := w.Result
	own := Segments(w.Images, w.Steps)
	walk, none := largest(own)
	if none > 0 {
		r.Warn("%d of %d segments begin and end with the same image and have no score", none, segments)
	}
	random, _ := largest(Segments(w.Random, w.Steps))
	p95 := quantile(walk, 0.95)
	first := vis.Score{Name: "largest_step_p95", Value: p95, N: len(walk), Better: measure.Lower,
		Of: fmt.Sprintf("largest step of a segment / its chord, 95 %% of %s", segmentCount(len(walk)))}
	var snapped []float64
	if w.Snap.N > 0 {
		snapped, none = largest(Segments(w.Snap, w.Steps))
		if len(snapped) > 0 {
			first.Control, first.Against = new(median(snapped)), fmt.Sprintf("snap to the nearest of %s, median of %s", o.SnapName, segmentCount(len(snapped)))
		}
		if none > 0 {
			r.Warn("%d of %d segments snap to one image at both ends and have no score", none, segments)
		}
	}
	if len(walk) > 0 {
		w.addSteps(first, walk, snapped, random, own)
	}
	w.sharpness(segments)
	r.Says = w.says(walk, p95, first.Control, o)
}

// addSteps adds the scores of the segments that have a chord, of which there is one or more.
func (w *Walk) addSteps(first vis.Score, walk, snapped, random []float64, own []Segment) {
	r, blended := w.Result, 1/float64(w.Steps)
	r.Add(first)
	r.Add(vis.Score{Name: "largest_step_median", Value: median(walk), Control: &blended, N: len(walk), Better: measure.Lower,
		Of: "the same, median", Against: "pixel blend: equal steps"})
	if len(snapped) > 0 {
		r.Add(vis.Score{Name: "snap_largest_step_p95", Value: quantile(snapped, 0.95), N: len(snapped), Of: "the same of the snap, 95 %"})
	}
	if w.Steps > 1 && len(random) > 0 {
		r.Add(vis.Score{Name: "random_largest_step_median", Value: median(random), N: len(random), Of: "the same with random z between the points, median"})
	}
	one := 1.0
	r.Add(vis.Score{Name: "length_median", Value: median(lengths(own)), Control: &one, N: len(walk), Of: "length of a segment's path of images / its chord, median", Against: "pixel blend: straight"})
}

// sharpness adds how sharp the middle frames are beside the points.
func (w *Walk) sharpness(segments int) {
	if w.Steps < 2 {
		return
	}
	middle := func(im dcgan.Images) dcgan.Images {
		var all []dcgan.Images
		for i := range segments {
			k := i*w.Steps + w.Steps/2
			all = append(all, slice(im, k, k+1))
		}
		return join(all...)
	}
	var ends []dcgan.Images
	for i := range segments + 1 {
		ends = append(ends, slice(w.Images, i*w.Steps, i*w.Steps+1))
	}
	points := Sharpness(join(ends...))
	w.Result.Add(vis.Score{Name: "sharpness_middle", Value: Sharpness(middle(w.Images)) / points, Control: new(Sharpness(middle(w.Blend)) / points), N: segments,
		Of: "sharpness of the middle frames / of the points; 1: as sharp", Against: "pixel blend"})
}

// fewSegments is the number of segments below which 95 % of them are all of them.
const fewSegments = 20

// says puts the scores in words.
func (w *Walk) says(walk []float64, p95 float64, snapped *float64, o WalkOptions) string {
	if len(walk) == 0 {
		return "Every segment begins and ends with the same image, so there is no step to measure: choose points that differ."
	}
	if n := len(walk); n < fewSegments {
		out := fmt.Sprintf("The largest step of %d segments is %.2f of the way from end to end (equal steps: %.2f).", n, slices.Max(walk), 1/float64(w.Steps))
		if n == 1 {
			out = fmt.Sprintf("The largest step of the one segment is %.2f of the way from end to end (equal steps: %.2f).", walk[0], 1/float64(w.Steps))
		}
		if snapped != nil {
			out += fmt.Sprintf(" A walk that jumps between %s has a largest step of %.2f (median).", o.SnapName, *snapped)
		}
		return out + fmt.Sprintf(" %s too few to say that no segment jumps: %d are enough (--points %d).", areSegments(n), fewSegments, fewSegments+1)
	}
	out := fmt.Sprintf("In 95 %% of the segments no step is larger than %.2f of the way from end to end (equal steps: %.2f).", p95, 1/float64(w.Steps))
	switch {
	case snapped == nil:
		return out
	case p95 < *snapped:
		return out + fmt.Sprintf(" A walk that jumps between %s has a largest step of %.2f: this one does not jump.", o.SnapName, *snapped)
	case w.Steps < 16:
		return out + fmt.Sprintf(" A walk that jumps between %s has a largest step of %.2f; with %d steps the two are hard to tell apart: take 16 or more.", o.SnapName, *snapped, w.Steps)
	}
	return out + fmt.Sprintf(" A walk that jumps between %s has a largest step of %.2f: this walk jumps as much.", o.SnapName, *snapped)
}

// stripSegments is the number of segments that the picture shows.
const stripSegments = 4

// Rows are the strip of the walk, a row for each segment, the first ones with the controls below.
func (w *Walk) Rows() ([]sheet.Row, error) {
	var rows []sheet.Row
	segments := Segments(w.Images, w.Steps)
	shown := min(len(segments), stripSegments)
	add := func(im dcgan.Images, segment int, label ...string) error {
		row, err := w.row(im, segment)
		row.Label = label
		rows = append(rows, row)
		return err
	}
	for i, s := range segments[:shown] {
		if err := add(w.Images, i, fmt.Sprintf("Segment %d", i+1), s.label()); err != nil {
			return nil, err
		}
	}
	rows[0].Heading = "The walk"
	if in, all := len(stripOf(w.Steps+1)), w.Steps+1; in < all {
		rows[0].Heading += fmt.Sprintf(", %d of %d frames of each segment", in, all)
	}
	if shown < len(segments) {
		rows[0].Heading += fmt.Sprintf(" (the first %d of %d segments)", shown, len(segments))
	}
	rows[0].Heading += w.o.From.numbered(w.o.Seed, w.o.Through)
	from := len(rows)
	for _, c := range []struct {
		im    dcgan.Images
		label string
	}{{w.Blend, "Pixel blend"}, {w.Snap, "Snap to the nearest image"}, {w.Random, "Random z"}} {
		if c.im.N == 0 {
			continue
		}
		score := Segments(c.im, w.Steps)[0]
		if err := add(c.im, 0, c.label, score.label()); err != nil {
			return nil, err
		}
	}
	rows[from].Heading = "Controls of the first segment"
	return rows, nil
}

// row are the frames of a segment that the picture shows.
func (w *Walk) row(im dcgan.Images, segment int) (sheet.Row, error) {
	var frames []dcgan.Images
	for _, k := range stripOf(w.Steps + 1) {
		frames = append(frames, slice(im, segment*w.Steps+k, segment*w.Steps+k+1))
	}
	shown, err := bytes(join(frames...))
	row := sheet.Row{Images: shown}
	if ends := w.o.Through.Numbers; segment+1 < len(ends) {
		row.Captions = make([]string, len(frames))
		row.Captions[0], row.Captions[len(frames)-1] = strconv.Itoa(ends[segment]), strconv.Itoa(ends[segment+1])
	}
	return row, err
}

func areSegments(n int) string {
	if n == 1 {
		return "1 segment is"
	}
	return fmt.Sprintf("%d segments are", n)
}

func segmentCount(n int) string {
	if n == 1 {
		return "1 segment"
	}
	return fmt.Sprintf("%d segments", n)
}
