package neighbours

import (
	"math"
	"slices"
)

// imagesByDefinition compares every pair of windows by the definition of the metric and sorts all
// images. It shares no code with the search but the types.
func imagesByDefinition(base, queries Images, m ImageMetric, own []int32) [][]Match {
	all := make([][]Match, queries.N)
	for i := range all {
		for r := range base.N {
			if own == nil || own[i] != int32(r) {
				all[i] = append(all[i], pairByDefinition(queries.Image(i), base.Image(r), base, m, int32(r)))
			}
		}
		slices.SortStableFunc(all[i], func(a, b Match) int {
			switch {
			case a.Square != b.Square:
				return int(a.Square - b.Square)
			case m == Correlation && a.Distance < b.Distance:
				return -1
			case m == Correlation && a.Distance > b.Distance:
				return 1
			}
			return 0
		})
	}
	return all
}

// pairByDefinition returns the best window of query q for image t of the size of x.
func pairByDefinition(q, t []uint8, x Images, m ImageMetric, row int32) Match {
	shift, flips := 0, 1
	if m == Shift || m == MirrorShift || m == Correlation {
		shift = 2
	}
	if m == Mirror || m == MirrorShift || m == Correlation {
		flips = 2
	}
	var best *Match
	for flip := range flips {
		for dy := -shift; dy <= shift; dy++ {
			for dx := -shift; dx <= shift; dx++ {
				at := Match{Row: row, DY: int8(dy), DX: int8(dx), Mirrored: flip == 1}
				at.Square, at.Distance = windowByDefinition(q, t, x, m, shift, dy, dx, flip == 1)
				if best == nil || at.Square < best.Square || at.Square == best.Square && at.Distance < best.Distance {
					best = &at
				}
			}
		}
	}
	return *best
}

func windowByDefinition(q, t []uint8, x Images, m ImageMetric, shift, dy, dx int, flip bool) (square int64, distance float64) {
	var n, sx, sy, xx, yy, xy int64
	for i := shift; i < x.H-shift; i++ {
		for j := shift; j < x.W-shift; j++ {
			for c := range x.C {
				column := j + dx
				if flip {
					column = x.W - 1 - column
				}
				a, b := int64(q[((i+dy)*x.W+column)*x.C+c]), int64(t[(i*x.W+j)*x.C+c])
				n, sx, sy, xx, yy, xy = n+1, sx+a, sy+b, xx+a*a, yy+b*b, xy+a*b
				square += (a - b) * (a - b)
			}
		}
	}
	if m != Correlation {
		return square, math.Sqrt(float64(square))
	}
	vx, vy := n*xx-sx*sx, n*yy-sy*sy
	if vx == 0 || vy == 0 {
		return 0, math.Sqrt2
	}
	c := float64(n*xy-sx*sy) / math.Sqrt(float64(vx)*float64(vy))
	return 0, math.Sqrt(math.Max(2-2*c, 0))
}
