package prepare

import (
	"cmp"
	"errors"
	"fmt"
	"runtime"
	"slices"

	"repbench/datasets"
	"repbench/datasets/resize"
	"repbench/internal/progress"
)

// maxSize is the largest side of prepared images.
const maxSize = 4096

// defaultMaxBad is the share of images that may be unreadable by default.
const defaultMaxBad = 0.001

// ErrOptions is wrapped by errors about invalid options.
var ErrOptions = errors.New("prepare options")

// ErrTooManyBad is wrapped by the error about too many unreadable images.
var ErrTooManyBad = errors.New("too many images cannot be read")

// ErrDiffers is wrapped by errors about a folder that another preparation began or wrote.
var ErrDiffers = errors.New("the folder belongs to another preparation")

// Decode is the scale at which JPEG files are decoded. The zero value is Full.
type Decode uint8

const (
	// Full decodes every pixel: results equal Pillow's.
	Full Decode = iota
	// Scaled decodes at 1/2, 1/4 or 1/8 if the shorter side stays at least twice the size; the
	// result is off by half a grey level on average (docs/prepare.md).
	Scaled
	// Draft decodes at a fraction if the shorter side stays at least the size, as in Pillow's
	// draft mode; the result is off by about two grey levels.
	Draft
)

var decodeNames = [...]string{Full: "full", Scaled: "scaled", Draft: "draft"}

// String returns the name that ParseDecode accepts.
func (d Decode) String() string {
	if int(d) >= len(decodeNames) {
		return fmt.Sprintf("Decode(%d)", uint8(d))
	}
	return decodeNames[d]
}

// ParseDecode reads full, scaled or draft.
func ParseDecode(name string) (Decode, error) {
	i := slices.Index(decodeNames[:], name)
	if i < 0 {
		return 0, fmt.Errorf("%w: unknown decoding %q; use full, scaled or draft", ErrOptions, name)
	}
	return Decode(i), nil
}

// scale returns the fraction at which a w×h JPEG is decoded for size n.
func (d Decode) scale(w, h, n int) int {
	least := n
	switch d {
	case Full:
		return 1
	case Scaled:
		least = 2 * n
	}
	for _, s := range []int{8, 4, 2} {
		if min(w, h) >= s*least {
			return s
		}
	}
	return 1
}

// Options are the settings of a preparation. Sizes is required; all other fields may be zero.
type Options struct {
	// Sizes are the sides of the images, 1 … 4096, each once. With one size the folder itself
	// is the prepared set; with several sizes it has a subfolder per size, named after the
	// size.
	Sizes []int
	// Filter is the resampling filter; the zero value is resize.Bicubic.
	Filter resize.Filter
	// Decode is the way JPEG files are decoded; the zero value is Full.
	Decode Decode
	// Channels is the number of channels of the images: 1 (grey; colours are weighted as in
	// Pillow's convert("L"), before resizing) or 3 (RGB; grey fills all three). 0 means 3 for
	// image files, and the channels of the arrays for sets of arrays.
	Channels int
	// MaxBad is the share of images, 0 … 1, that may be unreadable and are left out; nil means
	// 0.001.
	MaxBad *float64
	// Threads is the largest number of goroutines that decode; 0 means GOMAXPROCS. The result
	// does not depend on it.
	Threads int
	// Data holds the options for opening the set.
	Data datasets.Options
	// Progress receives the progress of the work; nil means no reports.
	Progress progress.Reporter
}

// resolve fills in the defaults and checks the values.
func (o Options) resolve() (Options, error) {
	if o.MaxBad == nil {
		share := defaultMaxBad
		o.MaxBad = &share
	}
	o.Threads = cmp.Or(o.Threads, runtime.GOMAXPROCS(0))
	o.Progress = progress.Or(o.Progress)
	o.Sizes = slices.Sorted(slices.Values(o.Sizes))
	if len(o.Sizes) == 0 {
		return o, fmt.Errorf("%w: there is no size", ErrOptions)
	}
	for i, n := range o.Sizes {
		if n < 1 || n > maxSize {
			return o, fmt.Errorf("%w: the size is %d; it must be in 1 … %d", ErrOptions, n, maxSize)
		}
		if i > 0 && n == o.Sizes[i-1] {
			return o, fmt.Errorf("%w: the size %d is given twice", ErrOptions, n)
		}
	}
	switch {
	case !(*o.MaxBad >= 0 && *o.MaxBad <= 1):
		return o, fmt.Errorf("%w: the share of bad images is %g; it must be in 0 … 1", ErrOptions, *o.MaxBad)
	case o.Channels != 0 && o.Channels != 1 && o.Channels != 3:
		return o, fmt.Errorf("%w: %d channels; images have 1 (grey) or 3 (RGB)", ErrOptions, o.Channels)
	case o.Threads < 0:
		return o, fmt.Errorf("%w: %d threads", ErrOptions, o.Threads)
	case int(o.Decode) >= len(decodeNames):
		return o, fmt.Errorf("%w: %s", ErrOptions, o.Decode)
	}
	if _, err := resize.ParseFilter(o.Filter.String()); err != nil {
		return o, fmt.Errorf("%w: %w", ErrOptions, err)
	}
	return o, nil
}
