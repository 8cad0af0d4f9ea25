package latent

import (
	"context"

	"repbench/datasets"
	"repbench/train/dcgan"
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
