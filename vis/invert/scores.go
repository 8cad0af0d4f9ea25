package invert

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"

	"repbench/eval"
	"repbench/train"
	"repbench/train/dcgan"
)

// Set is a set of images with what was found for each.
type Set struct {
	// Name says which images they are: "samples of the generator".
	Name string
	// Images are those that were inverted.
	Images dcgan.Images
	// Found are their inversions.
	Found []Found
}

// PSNR returns the decibels of all images.
func (s Set) PSNR() []float64 {
	out := make([]float64, len(s.Found))
	for i, f := range s.Found {
		out[i] = f.PSNR
	}
	return out
}

// FlatPSNR returns the decibels of one colour for each image: the mean of each channel.
func (s Set) FlatPSNR() []float64 {
	im := s.Images
	out := make([]float64, im.N)
	pixels := im.H * im.W
	for i := range out {
		px := im.Data[i*pixels*im.C : (i+1)*pixels*im.C]
		mean := make([]float64, im.C)
		for k, v := range px {
			mean[k%im.C] += float64(v) / float64(pixels)
		}
		sum := 0.0
		for k, v := range px {
			d := float64(v) - mean[k%im.C]
			sum += d * d
		}
		out[i] = PSNR(sum / float64(len(px)))
	}
	return out
}

// Norm returns the mean length of the z that were found.
func (s Set) Norm() float64 {
	sum := 0.0
	for _, f := range s.Found {
		sum += f.Norm / float64(len(s.Found))
	}
	return sum
}

// norms are the lengths of the z that were found.
func (s Set) norms() []float64 {
	out := make([]float64, len(s.Found))
	for i, f := range s.Found {
		out[i] = f.Norm
	}
	return out
}

// Median is the middle value, or the mean of the two in the middle; NaN of nothing.
func Median(values []float64) float64 {
	v := slices.Sorted(slices.Values(values))
	n := len(v)
	if n == 0 {
		return math.NaN()
	}
	return (v[(n-1)/2] + v[n/2]) / 2
}

// PriorNorm is the root mean square length of z of a prior.
func PriorNorm(a dcgan.Arch) float64 {
	if a.Prior == dcgan.Uniform {
		return math.Sqrt(float64(a.ZDim) / 3)
	}
	return math.Sqrt(float64(a.ZDim))
}

// resamples is the number of bootstrap samples of an interval.
const resamples = 2000

// Gap is the difference of the medians of two sets of images with its 95 % interval, by the
// percentiles of 2,000 bootstrap samples of both. Fewer than two images of a set are an error.
func Gap(a, b []float64, seed uint64) (gap float64, ci [2]float64, err error) {
	if len(a) < 2 || len(b) < 2 {
		return 0, ci, fmt.Errorf("%d and %d images: an interval needs at least two of each", len(a), len(b))
	}
	r := train.Random(seed, streamBootstrap, 0)
	return Median(a) - Median(b), percentiles(func() float64 { return medianOfDraw(r, a) - medianOfDraw(r, b) }), nil
}

// MedianInterval is the 95 % interval of a median by the percentiles of 2,000 bootstrap samples; nil
// for fewer than two values.
func MedianInterval(values []float64, seed uint64) *eval.Interval {
	if len(values) < 2 {
		return nil
	}
	r := train.Random(seed, streamBootstrap, 1)
	ci := percentiles(func() float64 { return medianOfDraw(r, values) })
	return (*eval.Interval)(&ci)
}

// medianOfDraw is the median of as many values as there are, drawn with replacement.
func medianOfDraw(r *rand.Rand, from []float64) float64 {
	sample := make([]float64, len(from))
	for i := range sample {
		sample[i] = from[r.IntN(len(from))]
	}
	return Median(sample)
}

// percentiles are the values that 2.5 % of the bootstrap samples of a statistic lie below and above.
func percentiles(draw func() float64) [2]float64 {
	values := make([]float64, resamples)
	for i := range values {
		values[i] = draw()
	}
	slices.Sort(values)
	cut := resamples / 40 // 2.5 %
	return [2]float64{values[cut-1], values[resamples-cut]}
}
