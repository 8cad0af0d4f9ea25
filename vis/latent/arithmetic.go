package latent

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"

	"repbench/eval"
	"repbench/internal/measure"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/scene"
	"repbench/vis/sheet"
)

// ArithmeticOptions say how vectors are added. The zero value of Neighbours makes none.
type ArithmeticOptions struct {
	// Neighbours is the number of vectors near the result, each component off by at most Spread;
	// Noise are what is added instead of drawing it, Neighbours×Z, nil: it is drawn from Seed.
	Neighbours int
	Spread     float64
	Noise      []float32
	// Clip cuts the result to the range of a uniform prior.
	Clip bool
	// Seed draws the neighbours and the controls.
	Seed uint64
	// Judge says how real images look, Look reads images of a model of shapes; nil: neither is asked.
	Judge Judge
	Look  Look
	// Quality says how well Look reads; nil: nobody knows.
	Quality *scene.Quality
	// Exemplars name the vectors a, b and c, and From the file or the seed that they are from; both may be
	// left out.
	Exemplars [3]Source
	From      Origin
}

// DefaultNeighbours and DefaultSpread are the values of the paper.
const (
	DefaultNeighbours = 8
	DefaultSpread     = 0.25
	maxNeighbours     = 1000
)

// Streams of the random numbers of arithmetic and of turns.
const (
	streamNoise     = 0x3a1d
	streamSamples   = 0x3a1e
	streamDirection = 0x3a1f
)

// Validate says what is wrong with the options.
func (o ArithmeticOptions) Validate() error {
	switch {
	case o.Neighbours < 0 || o.Neighbours > maxNeighbours:
		return fmt.Errorf("%w: %d neighbours of the result; give 0 to %d", ErrOptions, o.Neighbours, maxNeighbours)
	case !(o.Spread >= 0 && o.Spread <= 10):
		return fmt.Errorf("%w: neighbours off by at most %g; give 0 to 10", ErrOptions, o.Spread)
	}
	return nil
}

// Sum is vector arithmetic a - b + c on the means of exemplars.
type Sum struct {
	// Images are the exemplars of a, of b and of c, the result, and its neighbours.
	Images dcgan.Images
	// Counts are the numbers of exemplars of a, b and c.
	Counts [3]int
	// Z are their vectors.
	Z []float32
	// Pixels is the mean image of a less the mean image of b plus the mean image of c, cut to [-1, 1].
	Pixels dcgan.Images
	// Result has the scores.
	Result *vis.Result

	o ArithmeticOptions
}

// Arithmetic computes mean(a) - mean(b) + mean(c), each the vectors of exemplars of a concept, and
// generates the result with its neighbours. Exemplars, result and neighbours are one batch in the
// mode Batch.
func Arithmetic(ctx context.Context, g *vis.Generator, a, b, c []float32, o ArithmeticOptions) (*Sum, error) {
	if err := o.Validate(); err != nil {
		return nil, err
	}
	dim := g.Model.Arch.ZDim
	s := &Sum{Result: vis.NewResult("arithmetic"), o: o}
	for i, z := range [][]float32{a, b, c} {
		s.Counts[i] = len(z) / dim
		if s.Counts[i] == 0 {
			return nil, fmt.Errorf("%w: %s has no exemplars", ErrOptions, "abc"[i:i+1])
		}
		if err := g.Model.Arch.CheckZ(z, s.Counts[i]); err != nil {
			return nil, err
		}
		s.Z = append(s.Z, z...)
	}
	if err := s.addResults(g, o); err != nil {
		return nil, err
	}
	var err error
	if s.Images, err = g.ImagesBeyond(ctx, s.Z, len(s.Z)/dim); err != nil {
		return nil, err
	}
	s.Pixels = s.pixels()
	r := s.Result
	if g.BatchNorm == vis.Batch && o.Neighbours > 0 {
		r.Warn("result and neighbours, %d images that are nearly the same, are %d of the %d images whose statistics normalise them all, so that they come out pale: use the mode %s",
			1+o.Neighbours, 1+o.Neighbours, s.Images.N, vis.Fixed)
	}
	for i, source := range o.Exemplars {
		source.set(r, "abc"[i:i+1], s.Counts[i])
	}
	o.From.set(r, o.Seed)
	r.Set("z_hash", hashOf(s.Z))
	r.Set("neighbours", o.Neighbours)
	r.Set("spread", o.Spread)
	r.Set("clip", o.Clip)
	r.Set("bn", string(g.BatchNorm))
	return s, s.score(ctx, g, o)
}

// exemplars is the number of all exemplars.
func (s *Sum) exemplars() int { return s.Counts[0] + s.Counts[1] + s.Counts[2] }

// part are the exemplars of a concept: a is 0.
func (s *Sum) part(concept int) dcgan.Images {
	lo := 0
	for _, n := range s.Counts[:concept] {
		lo += n
	}
	return slice(s.Images, lo, lo+s.Counts[concept])
}

// Results are the result and its neighbours.
func (s *Sum) Results() dcgan.Images { return slice(s.Images, s.exemplars(), s.Images.N) }

// addResults appends the result and its neighbours to Z.
func (s *Sum) addResults(g *vis.Generator, o ArithmeticOptions) error {
	a := g.Model.Arch
	y := s.sum(a.ZDim)
	noise := o.Noise
	if noise == nil {
		r := rand.New(rand.NewPCG(o.Seed, streamNoise))
		for range o.Neighbours * a.ZDim {
			noise = append(noise, float32(o.Spread*(2*r.Float64()-1)))
		}
	}
	if len(noise) != o.Neighbours*a.ZDim {
		return fmt.Errorf("%w: noise of %d values for %d neighbours of %d", ErrOptions, len(noise), o.Neighbours, a.ZDim)
	}
	all := slices.Clone(y)
	for i, v := range noise {
		all = append(all, y[i%a.ZDim]+v)
	}
	beyond(s.Result, a, all, o.Clip)
	s.Z = append(s.Z, all...)
	return nil
}

// sum is mean(a) - mean(b) + mean(c).
func (s *Sum) sum(dim int) []float32 {
	out := make([]float64, dim)
	at := 0
	for concept, n := range s.Counts {
		sums := make([]float64, dim)
		for range n {
			for j := range dim {
				sums[j] += float64(s.Z[at+j])
			}
			at += dim
		}
		for j, v := range sums {
			if concept == 1 {
				v = -v
			}
			out[j] += v / float64(n)
		}
	}
	return narrowed(out, 1)
}

// beyond cuts computed z to the range of the prior, or warns of what lies outside.
func beyond(r *vis.Result, a dcgan.Arch, z []float32, clip bool) {
	n := a.Prior.Outside(z)
	switch {
	case n == 0:
	case clip:
		a.Prior.Clip(z)
		r.Warn("%d of %d computed values of z were cut to [-1, 1], the range of the prior", n, len(z))
	default:
		r.Warn("%d of %d computed values of z lie outside [-1, 1], the range of the prior: the generator has never seen such z; --clip cuts them", n, len(z))
	}
}

// pixels does the same arithmetic on images.
func (s *Sum) pixels() dcgan.Images {
	out := slice(s.Images, 0, 1)
	a, b, c := meanImage(s.part(0)), meanImage(s.part(1)), meanImage(s.part(2))
	out.Data = make([]float32, len(a))
	for i := range a {
		out.Data[i] = float32(min(max(float64(a[i])-float64(b[i])+float64(c[i]), -1), 1))
	}
	return out
}

// score fills in the scores, what a reader sees first.
func (s *Sum) score(ctx context.Context, g *vis.Generator, o ArithmeticOptions) error {
	r, results := s.Result, s.Results()
	r.Says = fmt.Sprintf("mean of %d a - mean of %d b + mean of %d c:", s.Counts[0], s.Counts[1], s.Counts[2])
	longOrShort(r, g.Model.Arch, s.sum(g.Model.Arch.ZDim), "the result", "three exemplars of each concept give it the length of the prior, one of each √3 of it")
	if o.Look != nil {
		if err := s.scoreFactors(ctx, g, o); err != nil {
			return err
		}
	}
	if o.Judge != nil {
		logits, err := o.Judge(ctx, join(slice(results, 0, 1), s.Pixels))
		if err != nil {
			return err
		}
		r.Add(vis.Score{Name: "logit", Value: logits[0], Control: &logits[1], N: 1, Better: measure.Higher,
			Of: "logit of the discriminator for the result", Against: "the same arithmetic on pixels"})
		r.Says += fmt.Sprintf(" The discriminator's logit for the result is %.2f, for the same arithmetic on pixels %.2f", logits[0], logits[1])
		if logits[0] < logits[1] {
			r.Says += ": it takes the pixels for the more real image"
		}
		r.Says += "."
	}
	exemplars := Sharpness(slice(s.Images, 0, s.exemplars()))
	sharp, pixels := Sharpness(slice(results, 0, 1))/exemplars, Sharpness(s.Pixels)/exemplars
	r.Add(vis.Score{Name: "sharpness", Value: sharp, Control: &pixels, N: 1,
		Of: "sharpness of the result / of the exemplars; 1: as sharp", Against: "the same arithmetic on pixels"})
	r.Says += fmt.Sprintf(" The result is %.2f times as sharp as the exemplars, the same arithmetic on pixels %.2f times (below 1: blurred, above: cluttered).", sharp, pixels)
	if o.Neighbours > 0 {
		return s.scoreNeighbours(ctx, g, o)
	}
	return nil
}

// scoreNeighbours adds how far the neighbours' images are from the result.
func (s *Sum) scoreNeighbours(ctx context.Context, g *vis.Generator, o ArithmeticOptions) error {
	a, results := g.Model.Arch, s.Results()
	n := max(o.Neighbours, 2)
	z := a.Prior.DrawZ(n, a.ZDim, rand.New(rand.NewPCG(o.Seed, streamSamples)).Uint64())
	random, err := g.Images(ctx, z, n)
	if err != nil {
		return err
	}
	away := func(im dcgan.Images) float64 {
		var all []float64
		for i := range im.N {
			all = append(all, rms(at(im, i), at(results, 0)))
		}
		return mean(all)
	}
	near, far := away(slice(results, 1, results.N)), away(random)
	s.Result.Add(vis.Score{Name: "neighbours_rms", Value: near, Control: &far, N: o.Neighbours, Better: measure.Lower,
		Of: "difference of the neighbours from the result, root mean square of pixels in [-1, 1]", Against: fmt.Sprintf("%d random samples", n)})
	return nil
}

// scoreFactors adds what a reader of shapes sees: what the exemplars promise of the second object,
// and whether the result and its neighbours keep it. The control moves the mean of c in random
// directions by the length of mean(a) - mean(b).
func (s *Sum) scoreFactors(ctx context.Context, g *vis.Generator, o ArithmeticOptions) error {
	var shares [3]float64
	shapes := map[int32]int{}
	for i := range shares {
		seen, err := o.Look.look(ctx, s.part(i))
		if err != nil {
			return err
		}
		shares[i] = float64(second(seen)) / float64(len(seen))
		for _, one := range seen {
			if i == 2 {
				shapes[one.Shape]++
			}
		}
	}
	wanted := shares[0]-shares[1]+shares[2] > 0.5
	control, err := s.randomSums(ctx, g, o)
	if err != nil {
		return err
	}
	results := s.Results()
	share := func(im dcgan.Images) (object, shape float64, err error) {
		seen, err := o.Look.look(ctx, im)
		for _, one := range seen {
			if (len(one.Windows) > 0) == wanted {
				object++
			}
			if shapes[one.Shape] > 0 {
				shape++
			}
		}
		return object / float64(im.N), shape / float64(im.N), err
	}
	object, shape, err := share(results)
	if err != nil {
		return err
	}
	objectControl, shapeControl, err := share(control)
	if err != nil {
		return err
	}
	what := "with"
	if !wanted {
		what = "without"
	}
	r := s.Result
	r.Add(vis.Score{Name: "second_object", Value: object, Control: &objectControl, N: results.N, Better: measure.Higher,
		Of:      fmt.Sprintf("share of the result and its neighbours %s a second object, as a - b + c promises (shares among a, b, c: %.2f, %.2f, %.2f)", what, shares[0], shares[1], shares[2]),
		Against: "c moved in random directions as far as from b to a"})
	r.Add(vis.Score{Name: "shape_of_c", Value: shape, Control: &shapeControl, N: results.N, Better: measure.Higher,
		Of: "share of them with a shape that an exemplar of c has", Against: "the same random directions"})
	for i, share := range shares {
		if share > 0 && share < 1 {
			r.Warn("the reader sees a second object in %.0f %% of the exemplars of %s: exemplars of a concept that differ in it, or that it misreads, promise little; choose others", 100*share, "abc"[i:i+1])
		}
	}
	r.Says += fmt.Sprintf(" a - b + c promises images %s a second object: %.0f %% of the result and its neighbours are, and %.0f %% of images moved in random directions%s.",
		what, 100*object, 100*objectControl, apart(object, objectControl, results.N, control.N))
	r.Says += fmt.Sprintf(" A shape of c is in %.0f %% of them, in random directions in %.0f %%%s.", 100*shape, 100*shapeControl, apart(shape, shapeControl, results.N, control.N))
	addQuality(r, o.Quality)
	return nil
}

// apart says in words that the share a of n images is not shown to be higher than the share b of m images;
// "" where a is higher and the 95 % intervals do not overlap.
func apart(a, b float64, n, m int) string {
	x, y := eval.WilsonShare(a, float64(n)), eval.WilsonShare(b, float64(m))
	switch {
	case x[1] < y[0]:
		return ", which are more"
	case x[0] <= y[1]:
		return ", which is not told apart: it says nothing of the concept"
	}
	return ""
}

// randomSums are images of mean(c) moved in random directions by the length of mean(a) - mean(b),
// as many as there are results.
func (s *Sum) randomSums(ctx context.Context, g *vis.Generator, o ArithmeticOptions) (dcgan.Images, error) {
	dim := g.Model.Arch.ZDim
	n := max(1+o.Neighbours, 2)
	y := s.sum(dim)
	c := meanZ(s.Z[(s.Counts[0]+s.Counts[1])*dim:s.exemplars()*dim], dim)
	length := 0.0
	for j := range y {
		d := float64(y[j]) - float64(c[j])
		length += d * d
	}
	r := rand.New(rand.NewPCG(o.Seed, streamDirection))
	var z []float32
	for range n {
		for j, v := range direction(r, dim, length) {
			z = append(z, c[j]+v)
		}
	}
	if o.Clip {
		g.Model.Arch.Prior.Clip(z)
	}
	return g.ImagesBeyond(ctx, z, n)
}

// Rows are the exemplars, the result with its neighbours, and the arithmetic on pixels.
func (s *Sum) Rows() ([]sheet.Row, error) {
	var rows []sheet.Row
	add := func(im dcgan.Images, of Source, heading string, label ...string) error {
		n := min(im.N, stripFrames-1)
		shown, err := bytes(slice(im, 0, n))
		rows = append(rows, sheet.Row{Heading: heading, Label: label, Images: shown, Captions: of.captions(n)})
		return err
	}
	for i, sign := range []string{"a", "- b", "+ c"} {
		heading := ""
		if i == 0 {
			heading = "Exemplars" + s.o.From.numbered(s.o.Seed, s.o.Exemplars[:]...)
		}
		if err := add(s.part(i), s.o.Exemplars[i], heading, sign); err != nil {
			return nil, err
		}
	}
	results := s.Results()
	if err := add(slice(results, 0, 1), Source{}, "mean a - mean b + mean c", "Result"); err != nil {
		return nil, err
	}
	if results.N > 1 {
		if err := add(slice(results, 1, results.N), Source{}, "", "Its neighbours"); err != nil {
			return nil, err
		}
	}
	err := add(s.Pixels, Source{}, "Control", "The same on pixels")
	return rows, err
}
