package duplicates

import (
	"crypto/sha256"
	"encoding/binary"

	"repbench/datasets"
	"repbench/internal/raster"
)

// Exact is the SHA-256 of the size and the pixels: equal images have equal codes, and different
// images have different codes, except for a collision of SHA-256.
type Exact struct{}

// Bits returns 256.
func (Exact) Bits() int { return MaxBits }

// Hash writes the SHA-256 of each image; see Hasher.
func (Exact) Hash(dst []Code, im datasets.Images) error {
	var size [24]byte
	for i, n := range []int{im.H, im.W, im.C} {
		binary.LittleEndian.PutUint64(size[8*i:], uint64(n))
	}
	h := sha256.New()
	for i := range im.N {
		h.Reset()
		h.Write(size[:])
		h.Write(im.At(i))
		sum := h.Sum(nil)
		for w := range dst[i] {
			dst[i][w] = binary.LittleEndian.Uint64(sum[8*w:])
		}
	}
	return nil
}

// mirror returns a copy of the images with left and right exchanged.
func mirror(im datasets.Images) datasets.Images {
	out := im
	out.Data = make([]uint8, len(im.Data))
	raster.Mirror(out.Data, im.Data, im.W, im.C)
	return out
}

// side is the largest side of the images for the autoencoder, as in the paper.
const side = 32

// reduced returns the side of the square images that reduce returns, and whether reduce changes
// nothing.
func reduced(im datasets.Images) (n int, same bool) {
	n = min(im.H, im.W, side)
	return n, im.H == n && im.W == n
}

// reduce crops the images to their central square. If it is larger than 32×32, it averages
// areas of the square down to 32×32. Images that are square and not larger are returned
// unchanged.
func reduce(im datasets.Images) datasets.Images {
	n, same := reduced(im)
	if same {
		return im
	}
	crop := min(im.H, im.W)
	top, left := (im.H-crop)/2, (im.W-crop)/2
	out := datasets.Images{Data: make([]uint8, im.N*n*n*im.C), N: im.N, H: n, W: n, C: im.C}
	weights := areas(crop, n)
	plane := make([]float64, crop*crop)
	for i := range im.N {
		src, dst := im.At(i), out.At(i)
		for c := range im.C {
			for y := range crop {
				for x := range crop {
					plane[y*crop+x] = float64(src[((top+y)*im.W+left+x)*im.C+c])
				}
			}
			for p, v := range resample(plane, crop, weights, weights) {
				dst[p*im.C+c] = uint8(v + 0.5)
			}
		}
	}
	return out
}

// span holds the weights of consecutive inputs, from first on, that make one output.
type span struct {
	first   int
	weights []float64 // their sum is 1
}

// areas returns the spans by which n values become m; each output is the mean over its share of
// the length.
func areas(n, m int) []span {
	out := make([]span, m)
	for i := range out {
		lo, hi := float64(i*n)/float64(m), float64((i+1)*n)/float64(m)
		s := span{first: int(lo)}
		for j := s.first; j < n && float64(j) < hi; j++ {
			s.weights = append(s.weights, (min(hi, float64(j+1))-max(lo, float64(j)))*float64(m)/float64(n))
		}
		out[i] = s
	}
	return out
}

// resample applies spans to the rows and the columns of a plane of the given width.
func resample(plane []float64, width int, rows, columns []span) []float64 {
	out := make([]float64, 0, len(rows)*len(columns))
	line := make([]float64, width)
	for _, r := range rows {
		clear(line)
		for k, w := range r.weights {
			for x, v := range plane[(r.first+k)*width:][:width] {
				line[x] += w * v
			}
		}
		for _, c := range columns {
			sum := 0.0
			for k, w := range c.weights {
				sum += w * line[c.first+k]
			}
			out = append(out, sum)
		}
	}
	return out
}
