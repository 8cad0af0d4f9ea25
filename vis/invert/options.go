package invert

import (
	"errors"
	"fmt"
)

// ErrOptions is wrapped by errors about Options that cannot be followed.
var ErrOptions = errors.New("invert")

// Defaults of Options.
const (
	// DefaultLambda is the weight of mean z².
	DefaultLambda = 0.01
	// MaxLambda is the largest weight: Adam squares gradients, which float32 numbers hold up to 1e19.
	MaxLambda = 1e9
	// DefaultSteps is the number of steps of Adam.
	DefaultSteps = 300
	// DefaultRestarts is the number of starts of each image.
	DefaultRestarts = 4
)

// Constants of Adam and the standard deviation of the starts.
const (
	learningRate = 0.05
	beta1        = 0.9
	beta2        = 0.999
	epsilon      = 1e-8
	startStd     = 0.5
)

// Options say how an image is inverted. The zero value takes 300 steps from 4 starts with λ = 0.01.
type Options struct {
	// Lambda is the weight of mean z²; nil: 0.01.
	Lambda *float64
	// Steps is the number of steps; 0: 300.
	Steps int
	// Restarts is the number of starts of each image; 0: 4, or as many as Z0 has.
	Restarts int
	// Z0 are the starts, all of the first image before the starts of the second; nil: they are drawn.
	Z0 []float32
	// Double computes in float64. In float32 the rounding of a value near 0 can turn a ReLU on or
	// off, after which the same start goes another way, on every kind of processor its own.
	Double bool
	// Seed draws the starts.
	Seed uint64
	// Keep is the folder in which finished batches are kept, so that an interrupted inversion goes
	// on; "": nothing is kept.
	Keep string
	// Trace is called after each evaluation of a batch, from step 0 on, with the number of its
	// first problem and the mean squared errors before the update of that step; nil: nobody is.
	// Batches that were kept are not computed and not traced. A problem is a start of an image.
	Trace func(step, first int, mse []float32)
}

// Resolve fills in the defaults and checks the options for n images and z of a dimension.
func (o Options) Resolve(n, dim int) (Options, error) {
	if o.Lambda == nil {
		o.Lambda = new(float64(DefaultLambda))
	}
	if o.Steps == 0 {
		o.Steps = DefaultSteps
	}
	given := 0
	if o.Z0 != nil {
		given = len(o.Z0) / dim
		if len(o.Z0)%dim != 0 || given == 0 || given%n != 0 {
			return o, fmt.Errorf("%w: z0 has %d values; %d images want %d×%d, or a multiple of that for several starts of each image", ErrOptions, len(o.Z0), n, n, dim)
		}
		if o.Restarts != 0 && o.Restarts != given/n {
			return o, fmt.Errorf("%w: z0 has %d starts for %d images, which are %d of each, not %d; leave restarts out, or give %d×%d", ErrOptions, given, n, given/n, o.Restarts, n*o.Restarts, dim)
		}
		o.Restarts = given / n
	}
	if o.Restarts == 0 {
		o.Restarts = DefaultRestarts
	}
	switch {
	case !(*o.Lambda >= 0):
		return o, fmt.Errorf("%w: lambda %g must be 0 or more", ErrOptions, *o.Lambda)
	case *o.Lambda > MaxLambda:
		return o, fmt.Errorf("%w: lambda %g is too large for float32 numbers; give at most %g", ErrOptions, *o.Lambda, float64(MaxLambda))
	case o.Steps < 1:
		return o, fmt.Errorf("%w: %d steps; there has to be at least one", ErrOptions, o.Steps)
	case o.Restarts < 1 || o.Restarts > batch:
		return o, fmt.Errorf("%w: %d restarts; 1 to %d are possible", ErrOptions, o.Restarts, batch)
	}
	return o, nil
}
