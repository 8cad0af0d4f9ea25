package neighbours

import "slices"

// candidate is a row that may be among the nearest, with bounds on its score.
type candidate struct {
	lower, upper float64
	row          int32
}

// candidates keeps the rows that may be among the k nearest of a query, in
// bounded memory.
type candidates struct {
	k       int
	own     int32   // the row that is left out, or −1
	qq      float64 // squared norm of the query
	e, h    float64 // of the bound
	pending []candidate
	// best are at most k rows compared in float64, nearest first. A row that is
	// neither there nor pending is farther than k others.
	best []ranked
	// threshold is a score below which a row, at the upper end of its bound
	// without h, is farther than k others.
	threshold float64
}

// room is the number of pending candidates for k neighbours: with twice k the
// list is cut down a few times only, as the threshold rises fast.
func room(k int) int { return 2*k + 256 }

// full reports whether there is no room for another candidate.
func (c *candidates) full() bool { return len(c.pending) == cap(c.pending) }

// raise lifts the threshold to a score that k rows reach and drops what is below.
func (c *candidates) raise(score float64) {
	if t := score - c.h; t > c.threshold {
		c.threshold = t
	}
	c.pending = slices.DeleteFunc(c.pending, func(p candidate) bool { return p.upper < c.threshold })
}

// cut drops the pending candidates that k others surpass for certain. scratch
// has room for all of them.
func (c *candidates) cut(scratch []float64) {
	if len(c.pending) <= c.k {
		return
	}
	lower := scratch[:len(c.pending)]
	for i, p := range c.pending {
		lower[i] = p.lower
	}
	c.raise(kthLargest(lower, c.k))
}

// settle compares the pending candidates in float64 and keeps the best k.
func (c *candidates) settle(b bound, value func(row int32) float64) {
	for _, p := range c.pending {
		c.best = append(c.best, ranked{value(p.row), p.row})
	}
	c.pending = c.pending[:0]
	slices.SortFunc(c.best, nearer)
	if len(c.best) >= c.k {
		c.best = c.best[:c.k]
		c.raise(b.floor(c.best[c.k-1].value, c.qq))
	}
}

// kthLargest returns the k-th largest of x, 1 ≤ k ≤ len(x), and changes the
// order of x (Hoare's quickselect).
func kthLargest(x []float64, k int) float64 {
	lo, hi, at := 0, len(x)-1, k-1
	for lo < hi {
		pivot := x[lo+(hi-lo)/2]
		i, j := lo, hi
		for i <= j {
			for x[i] > pivot {
				i++
			}
			for x[j] < pivot {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i++
				j--
			}
		}
		switch {
		case at <= j:
			hi = j
		case at >= i:
			lo = i
		default:
			return x[at]
		}
	}
	return x[at]
}
