package sheet

import (
	"fmt"
	"math"

	"repbench/datasets"
)

// FromFloat converts a generator's output, n×h×w×c float32 row-major in [-1, 1], to images:
// (v+1)·127.5 rounded to the nearest whole number, halves away from zero. -1 becomes 0, 1
// becomes 255, and 0, which maps to 127.5, becomes 128. Values outside [-1, 1], including
// infinities, are clamped. A NaN is an error that names the first image with a NaN. Sizes that
// are not positive, c other than 1 and 3, and a length other than n·h·w·c are errors too.
func FromFloat(data []float32, n, h, w, c int) (datasets.Images, error) {
	return fromFloats(data, n, h, w, c, level)
}

// FromUnit is FromFloat for a generator whose output is in [0, 1]: 255·v rounded to the nearest
// whole number, halves away from zero.
func FromUnit(data []float32, n, h, w, c int) (datasets.Images, error) {
	return fromFloats(data, n, h, w, c, func(v float32) uint8 {
		return uint8(math.Round(min(max(float64(v)*255, 0), 255)))
	})
}

func fromFloats(data []float32, n, h, w, c int, level func(v float32) uint8) (datasets.Images, error) {
	im := datasets.Images{Data: make([]uint8, len(data)), N: n, H: h, W: w, C: c}
	if err := check(im); err != nil {
		return datasets.Images{}, fmt.Errorf("images from floats: %w", err)
	}
	for i, v := range data {
		if v != v {
			return datasets.Images{}, fmt.Errorf(
				"images from floats: image %d of %d holds NaN; the generator has diverged", i/im.Stride(), n)
		}
		im.Data[i] = level(v)
	}
	return im, nil
}

// level is the grey level, 0 … 255, of v in [-1, 1]; v must not be NaN.
func level(v float32) uint8 {
	// In float64, (v+1)·127.5 is accurate far beyond one half, so it is rounded as the exact
	// value would be.
	return uint8(math.Round(min(max((float64(v)+1)*127.5, 0), 255)))
}
