package kmeans

import (
	"fmt"
	"runtime"

	"repbench/internal/progress"
)

// Constants of the paper, for values from 0 to 255.
const (
	// ContrastOffset is added to the variance of a patch before it is divided by
	// the root.
	ContrastOffset = 10
	// WhiteningOffset is added to the eigenvalues of the covariance.
	WhiteningOffset = 0.1
)

// Options say how a dictionary is learned. K is required.
type Options struct {
	// K is the number of centroids.
	K int
	// Size is the side of a patch; 0: 6.
	Size int
	// Patches is the number of random training patches; 0: 400,000.
	Patches int
	// Iterations of k-means; 0: 50.
	Iterations int
	// Seed draws patches and first centroids.
	Seed uint64
	// Threads is the number of goroutines; 0: GOMAXPROCS. It does not change the
	// result.
	Threads int
	// Progress receives each iteration; nil: no progress is shown.
	Progress progress.Reporter
}

// WithDefaults returns o with its zero values filled in.
func (o Options) WithDefaults() Options {
	for _, f := range []struct {
		v       *int
		without int
	}{{&o.Size, 6}, {&o.Patches, 400_000}, {&o.Iterations, 50}, {&o.Threads, runtime.GOMAXPROCS(0)}} {
		if *f.v == 0 {
			*f.v = f.without
		}
	}
	o.Progress = progress.Or(o.Progress)
	return o
}

// Validate says what is wrong with the options.
func (o Options) Validate() error {
	o = o.WithDefaults()
	if o.K < 1 || o.Size < 1 || o.Iterations < 1 || o.Threads < 1 {
		return fmt.Errorf("kmeans: K = %d, patches of side %d, %d iterations, %d threads: all must be positive", o.K, o.Size, o.Iterations, o.Threads)
	}
	if o.K > o.Patches {
		return fmt.Errorf("kmeans: K = %d of %d patches: take more patches, or fewer centroids", o.K, o.Patches)
	}
	return nil
}
