package duplicates

import (
	"cmp"
	"fmt"
	"slices"

	"repbench/internal/progress"
	"repbench/train/autoencoder"
)

// Method is a way to make codes.
type Method string

// Methods.
const (
	MethodAutoencoder Method = "autoencoder"
	MethodPHash       Method = "phash"
	MethodDHash       Method = "dhash"
	MethodExact       Method = "exact"
)

// Methods are all methods, the default first.
var Methods = []Method{MethodAutoencoder, MethodPHash, MethodDHash, MethodExact}

// DefaultBits is the length of the autoencoder's code, as in the paper.
const DefaultBits = 128

// Options say how duplicates are searched for. The zero value is the paper's
// method.
type Options struct {
	// Method makes the codes; "" means MethodAutoencoder. Exact duplicates are
	// found whatever the method.
	Method Method
	// Bits is the length of the autoencoder's code, 1 … 256; 0 means 128. An
	// autoencoder that is trained has as many code units; of one that is given the
	// first ones are used.
	Bits int
	// Threshold is that of the autoencoder's code units; the zero value means 0.
	Threshold Threshold
	// Radius is the number of bits in which two codes may differ and still be
	// linked, below their length; 0 asks for equal codes.
	Radius int
	// Mirror links images to mirror images of others too.
	Mirror bool
	// Run is the folder of a trained autoencoder; "" trains one in the folder of
	// the search, or goes on with the one in it.
	Run string
	// Train are the settings of that training. Hidden is Bits, Seed is Seed, and
	// Progress is Progress, whatever stands there; Batch is at most the number of
	// images.
	Train autoencoder.Options
	// Seed makes all that is random; 0 means 1.
	Seed uint64
	// Progress shows how far the search is.
	Progress progress.Reporter
}

func (o Options) withDefaults() Options {
	o.Method = cmp.Or(o.Method, MethodAutoencoder)
	o.Bits = cmp.Or(o.Bits, DefaultBits)
	o.Seed = cmp.Or(o.Seed, 1)
	o.Progress = progress.Or(o.Progress)
	return o
}

// bits is the length of the codes of the method.
func (o Options) bits() int {
	switch o.Method {
	case MethodAutoencoder:
		return o.Bits
	case MethodExact:
		return MaxBits
	}
	return 64
}

// Validate says what is wrong with options, or nil, so that a command can tell
// before data are read. Errors wrap ErrOptions.
func (o Options) Validate() error { return o.withDefaults().validate() }

// validate checks options with their defaults in place; errors wrap ErrOptions.
func (o Options) validate() error {
	switch {
	case !slices.Contains(Methods, o.Method):
		return fmt.Errorf("%w: method %q is none of %v", ErrOptions, o.Method, Methods)
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
