package figures

import (
	"math"
	"slices"
)

// Window is the number of neighbouring points that a curve of n points is
// smoothed over: a twenty-fifth of them, odd, at least 1 and at most 501, for
// beyond that a wider window costs time and shows nothing more.
func Window(n int) int {
	return min(n/25, 500) | 1
}

// smooth is the median of ys over the window of w points centred on each,
// shorter at both ends: a mean would turn one spike into a plateau. NaN values
// do not count, and a point whose own value is NaN stays NaN.
func smooth(ys []float64, w int) []float64 {
	out := make([]float64, len(ys))
	var window []float64 // the values of the window, sorted
	insert := func(y float64) {
		if !math.IsNaN(y) {
			i, _ := slices.BinarySearch(window, y)
			window = slices.Insert(window, i, y)
		}
	}
	remove := func(y float64) {
		if !math.IsNaN(y) {
			i, _ := slices.BinarySearch(window, y)
			window = slices.Delete(window, i, i+1)
		}
	}
	for _, y := range ys[:min(w/2, len(ys))] {
		insert(y)
	}
	for i := range ys {
		if in := i + w/2; in < len(ys) {
			insert(ys[in])
		}
		if gone := i - w/2 - 1; gone >= 0 {
			remove(ys[gone])
		}
		out[i] = math.NaN()
		if n := len(window); !math.IsNaN(ys[i]) {
			out[i] = (window[(n-1)/2] + window[n/2]) / 2
		}
	}
	return out
}

// maxPoints bounds the points of a drawn line: more would not be seen at the
// width of a figure and would only make the file large.
const maxPoints = 800

// thin returns the points of a line with at most maxPoints: of each stretch of
// neighbours it keeps the least and the greatest value, in their order, so that
// spikes stay. A stretch without any value becomes one NaN, a gap.
func thin(xs, ys []float64) (tx, ty []float64) {
	if len(xs) <= maxPoints {
		return xs, ys
	}
	bins := maxPoints / 2
	for b := range bins {
		lo, hi := b*len(xs)/bins, (b+1)*len(xs)/bins
		least, most := extremes(ys, lo, hi)
		tx, ty = append(tx, xs[least]), append(ty, ys[least])
		if most != least {
			tx, ty = append(tx, xs[most]), append(ty, ys[most])
		}
	}
	return tx, ty
}

// extremes are the places of the least and greatest value in ys[lo:hi], the
// earlier first; both are lo when there is none.
func extremes(ys []float64, lo, hi int) (first, second int) {
	least, most := -1, -1
	for i := lo; i < hi; i++ {
		if math.IsNaN(ys[i]) {
			continue
		}
		if least < 0 || ys[i] < ys[least] {
			least = i
		}
		if most < 0 || ys[i] > ys[most] {
			most = i
		}
	}
	if least < 0 {
		return lo, lo
	}
	return min(least, most), max(least, most)
}
