package kmeans

import (
	"cmp"
	"math"
	"slices"

	"repbench/internal/simd"
)

// pairOffset is added to the eigenvalues of the correlation of two maps before
// they are whitened, so that maps which are nearly the same do not become noise.
const pairOffset = 0.01

// receptiveFields gives each seed the width maps that are most similar to it, in
// increasing order; of equally similar maps the first. The seed itself is always
// among them.
func receptiveFields(similar []float64, seeds []int, width int) [][]int {
	k := len(similar) / len(seeds)
	fields := make([][]int, len(seeds))
	for i, seed := range seeds {
		row := similar[i*k : (i+1)*k]
		order := make([]int, k)
		for j := range order {
			order[j] = j
		}
		slices.SortStableFunc(order, func(a, b int) int {
			if (a == seed) != (b == seed) {
				return cmp.Compare(btoi(b == seed), btoi(a == seed))
			}
			return cmp.Compare(row[b], row[a])
		})
		fields[i] = slices.Sorted(slices.Values(order[:width]))
	}
	return fields
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// similarities returns the correlation of the squares of each seed and every map
// of the windows, both whitened together, [len(seeds), Channels]: with the values
// x of map j and y of map k, each of mean 0 and variance 1 and of correlation ρ,
//
//	(z_j, z_k) = (R + offset)^-½ · (x, y),  R the matrix of 1 and ρ
//	S[j,k]     = corr(z_j², z_k²)
//
// over the first position of each window. A map that never changes is similar to
// none. Squares and fourth powers of z_j and z_k are sums of moments of x and y,
// which one pass over the windows gives.
func similarities(w *Windows, seeds []int, threads int) []float64 {
	mean, scale := w.standard(threads)
	m := w.moments(seeds, mean, scale, threads)
	k := w.Channels
	s := make([]float64, len(seeds)*k)
	for i, seed := range seeds {
		for j := range k {
			if scale[seed] == 0 || scale[j] == 0 {
				continue
			}
			at := i*k + j
			s[at] = squareCorrelation(m.xy[at], m.fourth[seed], m.xxxy[at], m.xxyy[at], m.xyyy[at], m.fourth[j])
		}
	}
	return s
}

// squareCorrelation is S of similarities from the means of xy, x⁴, x³y, x²y²,
// xy³ and y⁴. The whitening matrix is (a b; b a).
func squareCorrelation(xy, xxxx, xxxy, xxyy, xyyy, yyyy float64) float64 {
	more, less := 1/math.Sqrt(max(0, 1+xy)+pairOffset), 1/math.Sqrt(max(0, 1-xy)+pairOffset)
	a, b := (more+less)/2, (more-less)/2
	square := a*a + 2*a*b*xy + b*b // mean of z_j², and of z_k²
	both := a*a*b*b*(xxxx+yyyy) + 2*a*b*(a*a+b*b)*(xxxy+xyyy) + (a*a*a*a+4*a*a*b*b+b*b*b*b)*xxyy
	first := a*a*a*a*xxxx + 4*a*a*a*b*xxxy + 6*a*a*b*b*xxyy + 4*a*b*b*b*xyyy + b*b*b*b*yyyy
	second := b*b*b*b*xxxx + 4*a*b*b*b*xxxy + 6*a*a*b*b*xxyy + 4*a*a*a*b*xyyy + a*a*a*a*yyyy
	spread := (first - square*square) * (second - square*square)
	if spread <= 0 {
		return 0
	}
	return (both - square*square) / math.Sqrt(spread)
}

// standard returns the mean of each map at the first position of the windows and
// 1/deviation, 0 where it never changes.
func (w *Windows) standard(threads int) (mean, scale []float64) {
	k := w.Channels
	sums := make([][]float64, parts(w.N))
	inParts(w.N, threads, func(part, lo, hi int) {
		s, x := make([]float64, 2*k), make([]float32, k)
		for i := lo; i < hi; i++ {
			simd.FromF16(x, w.first(i))
			for j, v := range x {
				s[j] += float64(v)
				s[k+j] += float64(v) * float64(v)
			}
		}
		sums[part] = s
	})
	total := add(sums)
	mean, scale = total[:k], total[k:]
	for j := range k {
		mean[j] /= float64(w.N)
		variance := scale[j]/float64(w.N) - mean[j]*mean[j]
		scale[j] = 0
		if variance > 1e-12 { // what a constant leaves in rounding is less
			scale[j] = 1 / math.Sqrt(variance)
		}
	}
	return mean, scale
}

// pairMoments are means over the windows for each seed x and map y, [seeds,
// Channels], and of the fourth power of each map.
type pairMoments struct{ xy, xxxy, xxyy, xyyy, fourth []float64 }

func (w *Windows) moments(seeds []int, mean, scale []float64, threads int) pairMoments {
	k, stride := w.Channels, simd.Padded(len(seeds))
	size := stride * k
	sums := make([][]float64, parts(w.N))
	inParts(w.N, threads, func(part, lo, hi int) {
		s := make([]float64, 4*size+k)
		var y [3][]float32 // y, y², y³
		var x [3][]float32 // the same of the seeds
		for p := range y {
			y[p], x[p] = make([]float32, block*k), make([]float32, block*stride)
		}
		for ; lo < hi; lo += block {
			n := min(block, hi-lo)
			for i := range n {
				w.powers(y, i, lo+i, mean, scale, s[4*size:])
				for p := range y {
					for q, seed := range seeds {
						x[p][i*stride+q] = y[p][i*k+seed]
					}
				}
			}
			for m, by := range [4][2]int{{0, 0}, {2, 0}, {1, 1}, {0, 2}} {
				simd.Accumulate(s[m*size:(m+1)*size], k, x[by[0]][:n*stride], rowsOf(y[by[1]], k, 0, n))
			}
		}
		sums[part] = s
	})
	total := add(sums)
	for i := range total {
		total[i] /= float64(w.N)
	}
	return pairMoments{total[:size], total[size : 2*size], total[2*size : 3*size], total[3*size : 4*size], total[4*size:]}
}

// powers writes the standardised values of window i, their squares and cubes as
// row at of y, and adds their fourth powers.
func (w *Windows) powers(y [3][]float32, at, i int, mean, scale, fourth []float64) {
	k := w.Channels
	row := y[0][at*k : (at+1)*k]
	simd.FromF16(row, w.first(i))
	for j, v := range row {
		v := (float64(v) - mean[j]) * scale[j]
		row[j], y[1][at*k+j], y[2][at*k+j] = float32(v), float32(v*v), float32(v*v*v)
		fourth[j] += v * v * v * v
	}
}

// add adds up the sums of the parts, in their order, into the first.
func add(sums [][]float64) []float64 {
	for _, s := range sums[1:] {
		for i, v := range s {
			sums[0][i] += v
		}
	}
	return sums[0]
}
