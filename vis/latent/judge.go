package latent

import (
	"context"
	"math"

	"repbench/datasets"
	"repbench/eval"
	"repbench/internal/measure"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/scene"
)

// Judge gives what a discriminator says to images, a logit each, large where it takes one for real.
type Judge func(ctx context.Context, im dcgan.Images) ([]float64, error)

// Look says which shape each image of a model of the set shapes holds, and where its second
// objects are, as a scene.Reader does.
type Look func(ctx context.Context, im datasets.Images) ([]scene.Seen, error)

// second counts the images with a second object.
func second(seen []scene.Seen) int {
	n := 0
	for _, s := range seen {
		if len(s.Windows) > 0 {
			n++
		}
	}
	return n
}

// look is o for images as floats.
func (l Look) look(ctx context.Context, im dcgan.Images) ([]scene.Seen, error) {
	shown, err := bytes(im)
	if err != nil {
		return nil, err
	}
	return l(ctx, shown)
}

// BySecond divides the images of a pool by whether they have a second object, and returns the
// first n numbers of each; fewer where there are not as many.
func BySecond(ctx context.Context, l Look, im dcgan.Images, n int) (with, without []int, err error) {
	seen, err := l.look(ctx, im)
	if err != nil {
		return nil, nil, err
	}
	for i, s := range seen {
		switch {
		case len(s.Windows) > 0 && len(with) < n:
			with = append(with, i)
		case len(s.Windows) == 0 && len(without) < n:
			without = append(without, i)
		}
	}
	return with, without, nil
}

// addQuality adds how well the reader reads held-out drawn images; nil adds nothing.
func addQuality(r *vis.Result, q *scene.Quality) {
	if q == nil {
		return
	}
	r.Add(vis.Score{Name: "detector_precision", Value: q.Precision, CI95: new(eval.Wilson(q.Right, q.Boxes)), N: q.Boxes, Better: measure.Higher,
		Of: "boxes found in held-out drawn images that are right"})
	r.Add(vis.Score{Name: "detector_recall", Value: q.Recall, CI95: new(eval.Wilson(q.Right, q.Windows)), N: q.Windows, Better: measure.Higher,
		Of: "second objects of held-out drawn images that are found"})
	r.Add(vis.Score{Name: "classifier_accuracy", Value: q.Accuracy, CI95: new(eval.WilsonShare(q.Accuracy, float64(q.Images))), N: q.Images, Better: measure.Higher,
		Of: "shapes of held-out drawn images named rightly"})
}

// Lengths of computed z, in units of the prior's, outside which they are warned of.
const shortest, longest = 0.7, 1.4

// longOrShort warns of z that are longer or shorter than a Gaussian prior gives them, on the mean. why
// says what decides the length.
func longOrShort(r *vis.Result, a dcgan.Arch, z []float32, what, why string) {
	if a.Prior != dcgan.Gaussian {
		return
	}
	n, sum := 0, 0.0
	for at := 0; at < len(z); at += a.ZDim {
		sum += math.Sqrt(squared(z[at : at+a.ZDim]))
		n++
	}
	length, usual := sum/float64(n), math.Sqrt(float64(a.ZDim))
	switch {
	case length > longest*usual:
		r.Warn("z of %s is %.1f long, %.2f times as long as z of the prior, of which the generator has seen none: %s", what, length, length/usual, why)
	case length < shortest*usual:
		r.Warn("z of %s is %.1f long, %.2f times as long as z of the prior, and such images are blurred: %s", what, length, length/usual, why)
	}
}
