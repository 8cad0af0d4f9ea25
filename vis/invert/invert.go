package invert

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"

	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/dcgan"
	"repbench/vis"
)

const (
	// batch is the most problems, starts of images, that are solved in one run of a graph.
	batch = 128
	// streamStarts draws the starts of an image, streamBootstrap resamples.
	streamStarts    = 31
	streamBootstrap = 32
)

// Found is the best z of an image.
type Found struct {
	// Z is the vector.
	Z []float32
	// MSE is the mean squared error of G(Z), pixels in [-1, 1]; PSNR the same in decibels.
	MSE, PSNR float64
	// Norm is the length of Z.
	Norm float64
	// Restart is the number of its start, from 0.
	Restart int
}

// Run inverts n images x, [n, H, W, C] in [-1, 1], one Found for each. name is shown in the
// progress. A generator in the mode batch, images that do not fit and values that are not finite or
// clearly outside [-1, 1] are errors. Once ctx is done the error wraps its cause, and the batches
// that are finished are in Options.Keep.
func Run(ctx context.Context, g *vis.Generator, x dcgan.Images, name string, o Options, p progress.Reporter) ([]Found, error) {
	if err := check(g, x, name); err != nil {
		return nil, err
	}
	a := g.Model.Arch
	o, err := o.Resolve(x.N, a.ZDim)
	if err != nil {
		return nil, err
	}
	starts, err := o.starts(a, x.N)
	if err != nil {
		return nil, err
	}
	s, err := newSolver(g, o)
	if err != nil {
		return nil, err
	}
	defer s.close()
	task := progress.Or(p).Start("invert "+name, int64(x.N*o.Restarts*o.Steps), "steps")
	defer task.Done()
	s.task = task
	var all []Found
	each := batch / o.Restarts // images in a batch
	for lo := 0; lo < x.N; lo += each {
		hi := min(lo+each, x.N)
		pixels := x.Data[lo*a.ImageSize*a.ImageSize*a.Channels : hi*a.ImageSize*a.ImageSize*a.Channels]
		z := starts[lo*o.Restarts*a.ZDim : hi*o.Restarts*a.ZDim]
		solved, err := s.keep(ctx, pixels, z, hi-lo, lo*o.Restarts)
		if err != nil {
			return nil, fmt.Errorf("invert images %d to %d of %s: %w", lo, hi-1, name, err)
		}
		all = append(all, best(solved, hi-lo, o.Restarts, a.ZDim)...)
	}
	return all, nil
}

// beyond is how far outside [-1, 1] pixels may lie: a generator's own rounding, not another scale.
const beyond = 1e-3

// check says what is wrong with images to be inverted.
func check(g *vis.Generator, x dcgan.Images, name string) error {
	a := g.Model.Arch
	if g.BatchNorm != vis.Fixed {
		return fmt.Errorf("%w: with the mode %s a single z has no statistics, and with others it is not found by itself; use the mode %s", ErrOptions, g.BatchNorm, vis.Fixed)
	}
	if x.N == 0 {
		return fmt.Errorf("%s holds no images", name)
	}
	if x.H != a.ImageSize || x.W != a.ImageSize || x.C != a.Channels || len(x.Data) != x.N*x.H*x.W*x.C {
		return fmt.Errorf("%s holds images of %d×%d×%d; the generator (%s) makes %d×%d×%d, and only such can be inverted", name, x.H, x.W, x.C, a.Name, a.ImageSize, a.ImageSize, a.Channels)
	}
	size := x.H * x.W * x.C
	for i, v := range x.Data {
		if v-v != 0 || v < -1-beyond || v > 1+beyond {
			return fmt.Errorf("%s: pixel value %g in image %d; images of floats lie in [-1, 1] and are finite", name, v, i/size)
		}
	}
	return nil
}

// starts are the first z of every problem: those given, or draws from N(0, 0.5²), cut to the range
// of a uniform prior. Each image has a stream of its own, so that its result does not depend on the
// other images.
func (o Options) starts(a dcgan.Arch, n int) ([]float32, error) {
	if o.Z0 != nil {
		if err := a.CheckZ(o.Z0, n*o.Restarts); err != nil {
			return nil, fmt.Errorf("z0: %w", err)
		}
		return o.Z0, nil
	}
	var z []float32
	for i := range n {
		r := train.Random(o.Seed, streamStarts, int64(i))
		for range o.Restarts * a.ZDim {
			z = append(z, start(r, a.Prior))
		}
	}
	return z, nil
}

func start(r *rand.Rand, prior dcgan.Prior) float32 {
	v := float32(startStd * r.NormFloat64())
	if prior == dcgan.Uniform {
		v = min(max(v, -1), 1)
	}
	return v
}

// best takes the start of each image with the least error; of equal ones the first.
func best(s solved, n, restarts, dim int) []Found {
	found := make([]Found, n)
	for i := range found {
		at := i * restarts
		for j := at; j < (i+1)*restarts; j++ {
			if s.mse[j] < s.mse[at] {
				at = j
			}
		}
		z := s.z[at*dim : (at+1)*dim]
		found[i] = Found{Z: z, MSE: float64(s.mse[at]), PSNR: PSNR(float64(s.mse[at])), Norm: norm(z), Restart: at - i*restarts}
	}
	return found
}

// MaxPSNR is the PSNR that stands for an error of 0, of which the logarithm is infinite: one of
// float32's rounding of pixels.
const MaxPSNR = 150

// PSNR is the peak signal-to-noise ratio in decibels for a mean squared error of pixels in [-1, 1].
func PSNR(mse float64) float64 { return min(10*math.Log10(4/mse), MaxPSNR) }

// norm is the Euclidean length of a vector.
func norm(z []float32) float64 {
	sum := 0.0
	for _, v := range z {
		sum += float64(v) * float64(v)
	}
	return math.Sqrt(sum)
}
