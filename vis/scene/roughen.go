package scene

import (
	"math/rand/v2"

	"repbench/datasets"
	"repbench/datasets/shapes"
)

// Generators draw windows that drawn images do not have: faint ones, and some with soft bars and
// spotted panes. Half of the images of the fit are therefore faded and roughened, each by amounts
// of its own; without them the network takes such windows for background.
const (
	roughShare = 0.5  // of the images
	leastFade  = 0.25 // least opacity of a window
	mostBlur   = 0.8  // share of the blurred image
	mostNoise  = 20   // standard deviation in grey levels
)

// fade makes the windows of half of the images faint, in place: a mean of the image and of the
// same one without its window.
func fade(im datasets.Images, factors []shapes.Factors, r *rand.Rand) {
	without := make([]uint8, im.Stride())
	for i, f := range factors {
		faded, opacity := r.Float64() < roughShare, leastFade+(1-leastFade)*r.Float64()
		if !faded || !f.Window.Present {
			continue
		}
		f.Window = shapes.Window{}
		shapes.Render(without, im.H, f)
		for k, v := range im.At(i) {
			im.At(i)[k] = uint8(opacity*float64(v) + (1-opacity)*float64(without[k]) + 0.5)
		}
	}
}

// roughen blurs half of the images and adds noise to them, in place.
func roughen(im datasets.Images, r *rand.Rand) {
	for i := range im.N {
		if r.Float64() >= roughShare {
			continue
		}
		pix := im.At(i)
		blurred := blur(pix, im.H, im.W, im.C)
		share, sigma := mostBlur*r.Float64(), mostNoise*r.Float64()
		for k := range pix {
			v := (1-share)*float64(pix[k]) + share*blurred[k] + sigma*r.NormFloat64()
			pix[k] = uint8(min(max(v+0.5, 0), 255))
		}
	}
}

// blur is the mean over 3×3 pixels, of those inside the image.
func blur(pix []uint8, h, w, c int) []float64 {
	out := make([]float64, len(pix))
	for y := range h {
		for x := range w {
			n := 0.0
			for v := max(y-1, 0); v < min(y+2, h); v++ {
				for u := max(x-1, 0); u < min(x+2, w); u++ {
					n++
					for k := range c {
						out[(y*w+x)*c+k] += float64(pix[(v*w+u)*c+k])
					}
				}
			}
			for k := range c {
				out[(y*w+x)*c+k] /= n
			}
		}
	}
	return out
}
