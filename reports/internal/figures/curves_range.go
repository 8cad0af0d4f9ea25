package figures

import (
	"math"
	"slices"
)

// ValueLimit is the greatest value inside the axis of Curves for these series;
// false means that every value is inside.
func ValueLimit(series []Series) (limit float64, clipped bool) {
	_, hi := valueRange(series)
	for _, s := range series {
		for _, y := range s.Y {
			clipped = clipped || y > hi
		}
	}
	return hi, clipped
}

// fewValues is the number of values below which none is left beyond the axis.
const fewValues = 50

// valueRange begins at 0 (or below, for negative values) and ends above 99 in a
// hundred values, or above all when there are few or the rest is not far.
func valueRange(series []Series) (lo, hi float64) {
	var ys []float64
	for _, s := range series {
		for _, y := range s.Y {
			if !math.IsNaN(y) && !math.IsInf(y, 0) {
				ys = append(ys, y)
			}
		}
	}
	if len(ys) == 0 {
		return 0, 1
	}
	slices.Sort(ys)
	lo, hi = min(0, ys[0]), ys[len(ys)-1]
	if usual := ys[(len(ys)-1)*99/100]; len(ys) >= fewValues && usual > 0 && hi > 1.5*usual {
		hi = 1.15 * usual
	}
	if hi <= lo {
		hi = lo + 1
	}
	step := niceStep(hi-lo, 5)
	return step * math.Floor(lo/step), step * math.Ceil(hi/step)
}

// rangeAbout holds every value, and the reference unless it is 0, with a margin.
func rangeAbout(series []Series, reference float64) (lo, hi float64) {
	lo, hi = math.Inf(1), math.Inf(-1)
	take := func(y float64) {
		if !math.IsNaN(y) && !math.IsInf(y, 0) {
			lo, hi = min(lo, y), max(hi, y)
		}
	}
	for _, s := range series {
		for _, y := range s.Y {
			take(y)
		}
	}
	if lo > hi {
		return 0, 1
	}
	if reference != 0 {
		take(reference)
	}
	if hi <= lo {
		lo, hi = lo-max(0.5, math.Abs(lo)/10), hi+max(0.5, math.Abs(hi)/10)
	}
	step := niceStep(hi-lo, 5)
	return step * math.Floor(lo/step), step * math.Ceil(hi/step)
}

func stepRange(xs []float64) (lo, hi float64) {
	if len(xs) == 0 {
		return 0, 1
	}
	lo, hi = xs[0], xs[len(xs)-1]
	if lo > 0 && lo < hi/10 {
		lo = 0
	}
	if lo == hi {
		return lo - 1, hi + 1
	}
	return lo, hi
}
