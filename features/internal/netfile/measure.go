package netfile

import (
	"slices"
	"time"

	"repbench/datasets"
)

// unmeasured is the number of images in one run where none was given, before it is measured and
// where it is not.
const unmeasured = 16

// onDevice is that number on a backend that is no CPU.
const onDevice = 128

// measured are the numbers of images that are tried, from which the fastest is taken: larger ones
// take more memory for the same speed.
var measured = []int{8, 16, 32}

// gain is how much faster a larger batch must be to be taken.
const gain = 1.03

// Trials are the batch sizes to be tried on a set of that many images: none where the file or the
// options say the size, where the backend is no CPU (it runs batches of the default size), and where
// the set is too small for the measurement to be worth its compiling.
func (e *Network) Trials(images int) []int {
	if e.fixed || e.Options.BatchSize != 0 || e.backend.XLA() || images < 20*measured[len(measured)-1] {
		return nil
	}
	return slices.Clone(measured)
}

// SetBatch changes the number of images of one run.
func (e *Network) SetBatch(n int, im datasets.Images) error {
	e.batch = n
	return e.compile(im)
}

// Fastest is the batch size with the highest speed of some trials, in their order: a later one must
// be faster by 3 %.
func Fastest(sizes []int, seconds []time.Duration) int {
	best := 0
	speed := func(i int) float64 { return float64(sizes[i]) / max(seconds[i].Seconds(), 1e-9) }
	for i := range sizes {
		if speed(i) > gain*speed(best) {
			best = i
		}
	}
	return sizes[best]
}
