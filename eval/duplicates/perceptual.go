package duplicates

import (
	"fmt"
	"math"
	"slices"

	"repbench/datasets"
)

// tie is the difference, in grey levels, below which two values count as equal, so that
// rounding in flat areas sets no bits.
const tie = 1e-6

// PHash is the perceptual hash of 64 bits. The grey image, averaged to 32×32, is transformed by
// a two-dimensional cosine transform (DCT-II, not normalised), and bit 8·v+u says whether
// coefficient (v, u) of the lowest 8×8 is above their median. The Python package imagehash
// computes the same hash, but reduces images with Lanczos' filter and treats images without
// structure in another way: here an image gets NoCode if no coefficient but the mean differs
// from 0.
type PHash struct{}

// Bits returns 64.
func (PHash) Bits() int { return 64 }

const (
	dctSide = 32
	dctKept = 8
)

// cosines[u][x] holds the factors of the cosine transform.
var cosines = func() (c [dctKept][dctSide]float64) {
	for u := range c {
		for x := range c[u] {
			c[u][x] = math.Cos(math.Pi * float64(u) * (float64(x) + 0.5) / dctSide)
		}
	}
	return c
}()

// Hash writes the perceptual hash of each image; see Hasher.
func (PHash) Hash(dst []Code, im datasets.Images) error {
	rows, columns := areas(im.H, dctSide), areas(im.W, dctSide)
	return eachGrey(im, func(i int, grey []float64) {
		low := lowFrequencies(resample(grey, im.W, rows, columns))
		if flat(low[1:]) {
			dst[i] = NoCode
			return
		}
		sorted := slices.Sorted(slices.Values(low[:]))
		median := (sorted[31] + sorted[32]) / 2
		dst[i] = Code{}
		for b, v := range low {
			if v > median+tie {
				dst[i].set(b)
			}
		}
	})
}

// flat reports whether all values count as 0.
func flat(values []float64) bool {
	return !slices.ContainsFunc(values, func(v float64) bool { return math.Abs(v) > tie })
}

// lowFrequencies returns the upper left of the cosine transform of 32×32 values.
func lowFrequencies(g []float64) (low [dctKept * dctKept]float64) {
	var half [dctSide][dctKept]float64 // rows transformed
	for y := range half {
		for u := range dctKept {
			for x, v := range g[y*dctSide:][:dctSide] {
				half[y][u] += v * cosines[u][x]
			}
		}
	}
	for v := range dctKept {
		for u := range dctKept {
			for y := range half {
				low[v*dctKept+u] += half[y][u] * cosines[v][y]
			}
		}
	}
	return low
}

// DHash is the difference hash of 64 bits. The grey image is averaged to 8 rows of 9 values,
// and bit 8·y+x says whether value (y, x+1) is above value (y, x). An image without any
// difference gets NoCode.
type DHash struct{}

// Bits returns 64.
func (DHash) Bits() int { return 64 }

// Hash writes the difference hash of each image; see Hasher.
func (DHash) Hash(dst []Code, im datasets.Images) error {
	rows, columns := areas(im.H, 8), areas(im.W, 9)
	return eachGrey(im, func(i int, grey []float64) {
		small := resample(grey, im.W, rows, columns)
		dst[i] = differences(small)
	})
}

// differences returns the difference hash of 8 rows of 9 values.
func differences(small []float64) Code {
	var c Code
	structure := false
	for y := range 8 {
		for x := range 8 {
			d := small[y*9+x+1] - small[y*9+x]
			structure = structure || math.Abs(d) > tie
			if d > tie {
				c.set(8*y + x)
			}
		}
	}
	if !structure {
		return NoCode
	}
	return c
}

// eachGrey calls do with the grey levels of each image, 0.299 R + 0.587 G + 0.114 B, [H, W];
// grey is reused.
func eachGrey(im datasets.Images, do func(i int, grey []float64)) error {
	if im.C != 1 && im.C != 3 {
		return fmt.Errorf("images have %d channels, not 1 or 3", im.C)
	}
	grey := make([]float64, im.H*im.W)
	for i := range im.N {
		px := im.At(i)
		for p := range grey {
			if im.C == 1 {
				grey[p] = float64(px[p])
				continue
			}
			grey[p] = 0.299*float64(px[3*p]) + 0.587*float64(px[3*p+1]) + 0.114*float64(px[3*p+2])
		}
		do(i, grey)
	}
	return nil
}
