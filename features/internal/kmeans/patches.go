package kmeans

import (
	"fmt"
	"math"
	"math/rand/v2"

	"repbench/datasets"
)

// draw takes random patches of the images, [Patches, Size·Size·C], each
// normalised in contrast.
func draw(im datasets.Images, o Options) ([]float32, error) {
	if im.N == 0 || im.H < o.Size || im.W < o.Size {
		return nil, fmt.Errorf("kmeans: patches of %d×%d from %d images of %d×%d", o.Size, o.Size, im.N, im.H, im.W)
	}
	rng := rand.New(rand.NewPCG(o.Seed, 0x9a7c))
	d := o.Size * o.Size * im.C
	x := make([]float32, o.Patches*d)
	for i := range o.Patches {
		image, row, col := im.At(rng.IntN(im.N)), rng.IntN(im.H-o.Size+1), rng.IntN(im.W-o.Size+1)
		patch := x[i*d : (i+1)*d]
		for r := range o.Size {
			from := ((row+r)*im.W + col) * im.C
			for j, v := range image[from : from+o.Size*im.C] {
				patch[r*o.Size*im.C+j] = float32(v)
			}
		}
		normalise(patch, ContrastOffset)
	}
	return x, nil
}

// normalise subtracts the mean of a patch and divides by √(variance + offset);
// the variance has n-1 in its denominator, as in the authors' program.
func normalise(patch []float32, offset float64) {
	mean, variance := spread(patch)
	scale := 1 / math.Sqrt(variance+offset)
	for i, v := range patch {
		patch[i] = float32((float64(v) - mean) * scale)
	}
}

// spread returns mean and variance, with n-1 in its denominator, of the values.
func spread(patch []float32) (mean, variance float64) {
	var sum float64
	for _, v := range patch {
		sum += float64(v)
	}
	mean = sum / float64(len(patch))
	sum = 0
	for _, v := range patch {
		sum += (float64(v) - mean) * (float64(v) - mean)
	}
	return mean, sum / float64(max(1, len(patch)-1))
}
