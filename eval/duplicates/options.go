package duplicates

import (
	"cmp"
	"fmt"
	"slices"

	"repbench/internal/progress"
	"repbench/train/autoencoder"
)

// Method is a kind of code.
type Method string

// The methods.
const (
	MethodAutoencoder Method = "autoencoder"
	MethodPHash       Method = "phash"
	MethodDHash       Method = "dhash"
	MethodExact       Method = "exact"
)

// Methods lists all methods, the default first.
var Methods = []Method{MethodAutoencoder, MethodPHash, MethodDHash, MethodExact}

// DefaultBits is the length of the autoencoder's code in the paper.
const DefaultBits = 128

// Options are the settings of a search for duplicates. The zero value is the paper's method.
type Options struct {
	// Method makes the codes; "" means MethodAutoencoder. Exact duplicates are found with any
	// method.
	Method Method
	// Bits is the length of the autoencoder's code, 1 … 256; 0 means 128. A newly trained
	// autoencoder has Bits code units; of a given one, the first Bits units are used.
	Bits int
	// Threshold is the threshold of the autoencoder's code units; the zero value means 0.
	Threshold Threshold
	// Radius is the number of bits in which two linked codes may differ, less than the length
	// of the codes; 0 means equal codes.
	Radius int
	// Mirror also links images to the mirror images of others.
	Mirror bool
	// Run is the folder of a trained autoencoder; "" trains one in the folder of the search, or
	// resumes its training.
	Run string
	// Train are the settings of the training. Hidden, Seed and Progress are replaced by Bits,
	// Seed and Progress of these Options; Batch is at most the number of images.
	Train autoencoder.Options
	// Seed decides everything random; nil means 1.
	Seed *uint64
	// Progress receives the progress of the search.
	Progress progress.Reporter
}

func (o Options) withDefaults() Options {
	o.Method = cmp.Or(o.Method, MethodAutoencoder)
	o.Bits = cmp.Or(o.Bits, DefaultBits)
	o.Seed = cmp.Or(o.Seed, new(uint64(1)))
	o.Progress = progress.Or(o.Progress)
	return o
}

// bits returns the length of the method's codes.
func (o Options) bits() int {
	switch o.Method {
	case MethodAutoencoder:
		return o.Bits
	case MethodExact:
		return MaxBits
	}
	return 64
}

// Validate returns an error for invalid options, so that a command can report it before data
// are read. Errors wrap ErrOptions.
func (o Options) Validate() error { return o.withDefaults().validate() }

// validate checks options, with their defaults filled in; errors wrap ErrOptions.
func (o Options) validate() error {
	switch {
	case !slices.Contains(Methods, o.Method):
		return fmt.Errorf("%w: unknown method %q; use one of %v", ErrOptions, o.Method, Methods)
	case o.Bits < 1 || o.Bits > MaxBits:
		return fmt.Errorf("%w: %d bits are outside 1 … %d", ErrOptions, o.Bits, MaxBits)
	case o.Radius < 0 || o.Radius >= o.bits():
		return fmt.Errorf("%w: radius %d is outside 0 … %d, below the length of the codes", ErrOptions, o.Radius, o.bits()-1)
	case o.Method == MethodExact && (o.Radius > 0 || o.Mirror):
		return fmt.Errorf("%w: the method exact takes neither a radius nor mirror images", ErrOptions)
	case !(o.Threshold.Value >= 0):
		return fmt.Errorf("%w: threshold %g is negative", ErrOptions, o.Threshold.Value)
	}
	return nil
}
