package latent

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"repbench/eval"
	"repbench/internal/measure"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/scene"
	"repbench/vis/sheet"
)

// TurnOptions say how a turn goes.
type TurnOptions struct {
	// Steps is the number of images from t = -1 to t = 1.
	Steps int
	// Clip cuts computed z to the range of a uniform prior.
	Clip bool
	// Seed draws the random directions.
	Seed uint64
	// Look reads images of a model of shapes; nil: nobody is asked.
	Look Look
	// Quality says how well Look reads; nil: nobody knows.
	Quality *scene.Quality
	// LeftOf, RightOf and BaseOf name the vectors that were given, and From the file or the seed that they
	// are from; all may be left out. BaseOf without a name: the bases were drawn.
	LeftOf, RightOf, BaseOf Source
	From                    Origin
}

// DefaultTurnSteps is the number of images of a turn.
const DefaultTurnSteps = 7

// maxBases bounds the bases of a turn.
const maxBases = 1000

// Turn moves bases along the direction from the mean of some vectors to the mean of others.
type Turn struct {
	// T are the steps from -1 to 1.
	T []float64
	// Z are the vectors base + t·v, base by base, Images their images.
	Z      []float32
	Images dcgan.Images
	// Random are the images of the same along random directions of the same length, one for each base.
	Random dcgan.Images
	// Left and Right are the images of the vectors that make the direction: v = mean(left) - mean(right).
	Left, Right dcgan.Images
	// Bases is the number of bases.
	Bases int
	// Result has the scores.
	Result *vis.Result

	o TurnOptions
}

// TurnT are steps values from -1 to 1.
func TurnT(steps int) []float64 {
	t := make([]float64, steps)
	for i := range t {
		t[i] = -1 + float64(i)*(2/float64(steps-1))
	}
	t[steps-1] = 1
	return t
}

// DrawTurn turns the bases along mean(left) - mean(right), each of them vectors z one after the
// other. In the mode Batch the turned bases are one batch, and so are the control and the
// exemplars.
func DrawTurn(ctx context.Context, g *vis.Generator, left, right, bases []float32, o TurnOptions) (*Turn, error) {
	a := g.Model.Arch
	if o.Steps < 2 || o.Steps > maxSteps {
		return nil, fmt.Errorf("%w: a turn of %d steps; give 2 to %d", ErrOptions, o.Steps, maxSteps)
	}
	for name, z := range map[string][]float32{"left": left, "right": right, "base": bases} {
		if len(z) == 0 || len(z) > maxBases*a.ZDim {
			return nil, fmt.Errorf("%w: %d vectors for %s; give 1 to %d", ErrOptions, len(z)/a.ZDim, name, maxBases)
		}
		if err := a.CheckZ(z, len(z)/a.ZDim); err != nil {
			return nil, fmt.Errorf("%s: %w", name, err)
		}
	}
	t := &Turn{T: TurnT(o.Steps), Bases: len(bases) / a.ZDim, Result: vis.NewResult("turn"), o: o}
	v := directionOf(left, right, a.ZDim)
	if squared(v) == 0 {
		return nil, fmt.Errorf("%w: left and right have the same mean, so that there is no direction to turn in; choose other exemplars", ErrOptions)
	}
	t.Z = turned(bases, v, t.T, a.ZDim)
	beyond(t.Result, a, t.Z, o.Clip)
	var random []float32
	r := rand.New(rand.NewPCG(o.Seed, streamDirection))
	for b := 0; b < len(bases); b += a.ZDim {
		random = append(random, turned(bases[b:b+a.ZDim], direction(r, a.ZDim, squared(v)), t.T, a.ZDim)...)
	}
	if o.Clip {
		a.Prior.Clip(random)
	}
	for _, f := range []struct {
		into *dcgan.Images
		z    []float32
	}{{&t.Images, t.Z}, {&t.Random, random}} {
		var err error
		if *f.into, err = g.ImagesBeyond(ctx, f.z, len(f.z)/a.ZDim); err != nil {
			return nil, err
		}
	}
	n := len(left) / a.ZDim
	exemplars, err := g.ImagesBeyond(ctx, append(append([]float32(nil), left...), right...), n+len(right)/a.ZDim)
	if err != nil {
		return nil, err
	}
	t.Left, t.Right = slice(exemplars, 0, n), slice(exemplars, n, exemplars.N)
	o.LeftOf.set(t.Result, "left", t.Left.N)
	o.RightOf.set(t.Result, "right", t.Right.N)
	if o.BaseOf.Name == "" {
		t.Result.Set("bases", t.Bases)
	} else {
		o.BaseOf.set(t.Result, "base", t.Bases)
	}
	o.From.set(t.Result, o.Seed)
	t.Result.Set("z_hash", hashOf(left, right, bases))
	t.Result.Set("steps", o.Steps)
	t.Result.Set("clip", o.Clip)
	t.Result.Set("bn", string(g.BatchNorm))
	longOrShort(t.Result, a, t.endsOf(), "the ends of the turn", "more exemplars of each side make the direction shorter")
	return t, t.score(ctx, g, shuffling{left, right, bases, v}, o)
}

// directionOf is mean(left) - mean(right).
func directionOf(left, right []float32, dim int) []float32 {
	l, r := meanOf(left, dim), meanOf(right, dim)
	for j := range l {
		l[j] -= r[j]
	}
	return narrowed(l, 1)
}

// meanOf is the mean of vectors, meanZ the same as float32.
func meanOf(z []float32, dim int) []float64 {
	sums := make([]float64, dim)
	for i, v := range z {
		sums[i%dim] += float64(v)
	}
	for j := range sums {
		sums[j] /= float64(len(z) / dim)
	}
	return sums
}

func meanZ(z []float32, dim int) []float32 { return narrowed(meanOf(z, dim), 1) }

func squared(v []float32) float64 {
	sum := 0.0
	for _, x := range v {
		sum += float64(x) * float64(x)
	}
	return sum
}

// direction is a random direction of a squared length.
func direction(r *rand.Rand, dim int, length2 float64) []float32 {
	v := make([]float64, dim)
	sum := 0.0
	for j := range v {
		v[j] = r.NormFloat64()
		sum += v[j] * v[j]
	}
	k := math.Sqrt(length2 / sum)
	for j := range v {
		v[j] *= k
	}
	return narrowed(v, 1)
}

// turned are base + t·v for every base and every t, in float32.
func turned(bases, v []float32, ts []float64, dim int) []float32 {
	var z []float32
	for b := 0; b < len(bases); b += dim {
		for _, t := range ts {
			for j, x := range v {
				z = append(z, bases[b+j]+float32(float32(t)*x)) // the conversion keeps both roundings
			}
		}
	}
	return z
}

// base are the images of a base.
func (t *Turn) base(im dcgan.Images, i int) dcgan.Images {
	return slice(im, i*len(t.T), (i+1)*len(t.T))
}

// score fills in the scores.
func (t *Turn) score(ctx context.Context, g *vis.Generator, s shuffling, o TurnOptions) error {
	r := t.Result
	if o.Look != nil {
		if err := t.scoreFactors(ctx, o); err != nil {
			return err
		}
	}
	toward := meanImage(t.Left)
	for i, v := range meanImage(t.Right) {
		toward[i] -= v
	}
	var own, control turnNumbers
	for i := range t.Bases {
		own.add(t.base(t.Images, i), toward)
		control.add(t.base(t.Random, i), toward)
	}
	along := mean(own.along)
	shuffled, err := t.shuffled(ctx, g, s, o)
	if err != nil {
		return err
	}
	alongControl := mean(shuffled)
	r.Add(vis.Score{Name: "toward_left", Value: along, Control: &alongControl, CI95: eval.MeanInterval(own.along), N: t.Bases, Better: measure.Higher,
		Of:      "correlation of the change from t = -1 to 1 with the mean image of left less that of right, mean over the bases",
		Against: fmt.Sprintf("%s, against their own mean images, mean of %d draws", s.what(g.Model.Arch.ZDim), shuffles)})
	r.Add(vis.Score{Name: "toward_left_random", Value: mean(control.along), N: t.Bases, Of: "the same correlation of random directions of the same length"})
	r.Add(vis.Score{Name: "change_rms", Value: mean(own.change), Control: new(mean(control.change)), CI95: eval.MeanInterval(own.change), N: t.Bases,
		Of: "difference of the images at t = -1 and 1, root mean square of pixels in [-1, 1]", Against: "random directions of the same length"})
	r.Add(vis.Score{Name: "largest_step_median", Value: median(own.largest), Control: new(median(control.largest)), N: t.Bases, Better: measure.Lower,
		Of: fmt.Sprintf("largest of %d steps / difference of the ends, median over the bases", len(t.T)-1), Against: "random directions of the same length"})
	r.Add(vis.Score{Name: "sharpness_ends", Value: mean(own.sharp), Control: new(mean(control.sharp)), CI95: eval.MeanInterval(own.sharp), N: t.Bases,
		Of: "sharpness of the images at t = -1 and 1 / of the middle", Against: "random directions of the same length"})
	r.Says += turnSays(t.Bases, along, shuffled, mean(control.along), s.what(g.Model.Arch.ZDim))
	return nil
}

// turnNumbers are the numbers of bases.
type turnNumbers struct{ along, change, largest, sharp []float64 }

func (n *turnNumbers) add(im dcgan.Images, toward []float32) {
	first, last := at(im, 0), at(im, im.N-1)
	diff := make([]float32, len(first))
	for i := range diff {
		diff[i] = last[i] - first[i]
	}
	n.along = append(n.along, correlation(diff, toward))
	n.change = append(n.change, rms(first, last))
	n.largest = append(n.largest, Segments(im, im.N-1)[0].Largest)
	middle := Sharpness(slice(im, im.N/2, im.N/2+1))
	n.sharp = append(n.sharp, Sharpness(join(slice(im, 0, 1), slice(im, im.N-1, im.N)))/middle)
}

// correlation is Pearson's; NaN where one side is constant.
func correlation(a, b []float32) float64 {
	var ma, mb float64
	for i := range a {
		ma, mb = ma+float64(a[i]), mb+float64(b[i])
	}
	ma, mb = ma/float64(len(a)), mb/float64(len(b))
	var aa, bb, ab float64
	for i := range a {
		x, y := float64(a[i])-ma, float64(b[i])-mb
		aa, bb, ab = aa+x*x, bb+y*y, ab+x*y
	}
	return ab / math.Sqrt(aa*bb)
}

// scoreFactors adds what a reader of shapes sees at both ends.
func (t *Turn) scoreFactors(ctx context.Context, o TurnOptions) error {
	l := o.Look
	shares := make([]float64, 2)
	for i, im := range []dcgan.Images{t.Left, t.Right} {
		seen, err := l.look(ctx, im)
		if err != nil {
			return err
		}
		shares[i] = float64(second(seen)) / float64(im.N)
	}
	gain, kept, err := t.ends(ctx, l, t.Images)
	if err != nil {
		return err
	}
	gainControl, keptControl, err := t.ends(ctx, l, t.Random)
	if err != nil {
		return err
	}
	r := t.Result
	r.Add(vis.Score{Name: "second_object_gain", Value: gain, Control: &gainControl, N: t.Bases,
		Of:      fmt.Sprintf("share of bases with a second object at t = 1 less at t = -1 (left less right: %.2f)", shares[0]-shares[1]),
		Against: "random directions of the same length"})
	r.Add(vis.Score{Name: "shape_kept", Value: kept, Control: &keptControl, CI95: new(eval.WilsonShare(kept, float64(t.Bases))), N: t.Bases, Better: measure.Higher,
		Of: "share of bases that show the same shape at t = -1 and 1", Against: "random directions of the same length"})
	r.Says += fmt.Sprintf("The share of bases with a second object changes by %+.2f from t = -1 to 1, in random directions by %+.2f; %.0f %% keep their shape, in random directions %.0f %%. ",
		gain, gainControl, 100*kept, 100*keptControl)
	addQuality(r, o.Quality)
	return nil
}

// ends compares what is seen at both ends: the gain of second objects, and the share of bases that
// keep their shape.
func (t *Turn) ends(ctx context.Context, l Look, im dcgan.Images) (gain, kept float64, err error) {
	var first, last []dcgan.Images
	for i := range t.Bases {
		b := t.base(im, i)
		first, last = append(first, slice(b, 0, 1)), append(last, slice(b, b.N-1, b.N))
	}
	before, err := l.look(ctx, join(first...))
	if err != nil {
		return 0, 0, err
	}
	after, err := l.look(ctx, join(last...))
	if err != nil {
		return 0, 0, err
	}
	for i := range before {
		if before[i].Shape == after[i].Shape {
			kept++
		}
	}
	n := float64(t.Bases)
	return float64(second(after)-second(before)) / n, kept / n, nil
}

// shownBases is the number of bases in the picture.
const shownBases = 4

// Rows are the exemplars, the turned bases, and the first ones along a random direction.
func (t *Turn) Rows() ([]sheet.Row, error) {
	var rows []sheet.Row
	var captions []string
	strip := stripOf(len(t.T))
	for _, k := range strip {
		captions = append(captions, fmt.Sprintf("t %.2g", t.T[k]))
	}
	add := func(im dcgan.Images, heading, label string, below []string) error {
		shown := slice(im, 0, min(im.N, stripFrames))
		if below != nil {
			var steps []dcgan.Images
			for _, k := range strip {
				steps = append(steps, slice(im, k, k+1))
			}
			shown = join(steps...)
		}
		pixels, err := bytes(shown)
		rows = append(rows, sheet.Row{Heading: heading, Label: []string{label}, Images: pixels, Captions: below})
		return err
	}
	numbered := t.o.From.numbered(t.o.Seed, t.o.LeftOf, t.o.RightOf)
	if err := add(t.Left, "Exemplars: v = mean of left - mean of right"+numbered, "Left", nil); err != nil {
		return nil, err
	}
	if err := add(t.Right, "", "Right", nil); err != nil {
		return nil, err
	}
	rows[0].Captions = t.o.LeftOf.captions(rows[0].Images.N)
	rows[1].Captions = t.o.RightOf.captions(rows[1].Images.N)
	n := min(t.Bases, shownBases)
	for i := range n {
		heading := ""
		if i == 0 {
			heading = "base + t·v"
			if n < t.Bases {
				heading += fmt.Sprintf(" (the first %d of %d bases)", n, t.Bases)
			}
		}
		if err := add(t.base(t.Images, i), heading, t.o.BaseOf.name("Base", i), captions); err != nil {
			return nil, err
		}
	}
	for i := range n {
		heading := ""
		if i == 0 {
			heading = "Control: random directions of the same length, one for each base"
			if n < t.Bases {
				heading += fmt.Sprintf(" (the first %d of %d bases)", n, t.Bases)
			}
		}
		if err := add(t.base(t.Random, i), heading, t.o.BaseOf.name("Base", i), captions); err != nil {
			return nil, err
		}
	}
	return rows, nil
}

// Frames are the turned bases side by side, one image for each t.
func (t *Turn) Frames() dcgan.Images {
	n := min(t.Bases, shownBases)
	out := t.Images
	out.N, out.W, out.Data = len(t.T), n*t.Images.W, nil
	for k := range t.T {
		for y := range out.H {
			for b := range n {
				px := at(t.Images, b*len(t.T)+k)
				row := t.Images.W * out.C
				out.Data = append(out.Data, px[y*row:(y+1)*row]...)
			}
		}
	}
	return out
}
