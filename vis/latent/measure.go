package latent

import (
	"math"
	"slices"

	"repbench/datasets"
	"repbench/train/dcgan"
	"repbench/vis/sheet"
)

// at is one image of im.
func at(im dcgan.Images, i int) []float32 {
	size := im.H * im.W * im.C
	return im.Data[i*size : (i+1)*size]
}

// slice are the images [lo, hi) of im, which share its memory.
func slice(im dcgan.Images, lo, hi int) dcgan.Images {
	size := im.H * im.W * im.C
	im.Data, im.N = im.Data[lo*size:hi*size], hi-lo
	return im
}

// join puts images behind one another.
func join(all ...dcgan.Images) dcgan.Images {
	out := all[0]
	out.Data, out.N = nil, 0
	for _, im := range all {
		out.Data, out.N = append(out.Data, im.Data...), out.N+im.N
	}
	return out
}

// rms is the root mean square difference of two images, over all values.
func rms(a, b []float32) float64 {
	sum := 0.0
	for i, v := range a {
		d := float64(v) - float64(b[i])
		sum += d * d
	}
	return math.Sqrt(sum / float64(len(a)))
}

// Sharpness is the mean over images, positions and channels of the length of the gradient, by
// differences to the pixel on the right and to the one below.
func Sharpness(im dcgan.Images) float64 {
	sum, n := 0.0, 0
	for i := range im.N {
		px := at(im, i)
		for y := range im.H - 1 {
			for x := range im.W - 1 {
				for c := range im.C {
					p := (y*im.W+x)*im.C + c
					dx := float64(px[p+im.C]) - float64(px[p])
					dy := float64(px[p+im.W*im.C]) - float64(px[p])
					sum += math.Hypot(dx, dy)
					n++
				}
			}
		}
	}
	return sum / float64(n)
}

// meanImage is the mean of the images, pixel by pixel.
func meanImage(im dcgan.Images) []float32 {
	sums := make([]float64, im.H*im.W*im.C)
	for i := range im.N {
		for j, v := range at(im, i) {
			sums[j] += float64(v)
		}
	}
	return narrowed(sums, im.N)
}

// narrowed divides sums and rounds them to float32.
func narrowed(sums []float64, n int) []float32 {
	out := make([]float32, len(sums))
	for i, v := range sums {
		out[i] = float32(v / float64(n))
	}
	return out
}

// quantile is the value below which a share q of the values lies, interpolated between them as
// NumPy does; NaN of no values.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(values))
	at := q * float64(len(s)-1)
	lo := int(at)
	hi := min(lo+1, len(s)-1)
	return s[lo] + (at-float64(lo))*(s[hi]-s[lo])
}

func median(values []float64) float64 { return quantile(values, 0.5) }

func mean(values []float64) float64 {
	sum := 0.0
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}

// bytes are images as they are shown.
func bytes(im dcgan.Images) (datasets.Images, error) {
	return sheet.FromFloat(im.Data, im.N, im.H, im.W, im.C)
}
