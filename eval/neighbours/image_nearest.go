package neighbours

import (
	"math"
	"slices"
)

// nearest keeps the k nearest base images of a query: a heap with the farthest at its root.
type nearest struct {
	k     int
	own   int32 // the row that is left out, or −1
	heap  []Match
	least float32 // a score that a nearer image reaches, but for the rounding that Scores.Margin covers
}

func newNearest(k int, own int32) nearest {
	return nearest{k: k, own: own, heap: make([]Match, 0, k), least: float32(math.Inf(-1))}
}

// full reports whether k images are known.
func (h *nearest) full() bool { return len(h.heap) == h.k }

// farthest returns the farthest of the nearest images.
func (h *nearest) farthest() Match { return h.heap[0] }

// add takes up an image that is nearer than the farthest, or any as long as there are fewer than k.
func (h *nearest) add(x Match, m ImageMetric) {
	if !h.full() {
		h.heap = append(h.heap, x)
		for i := len(h.heap) - 1; i > 0; {
			up := (i - 1) / 2
			if nearerMatch(h.heap[i], h.heap[up]) < 0 {
				break
			}
			h.heap[i], h.heap[up] = h.heap[up], h.heap[i]
			i = up
		}
	} else {
		h.heap[0] = x
		h.sink()
	}
	if h.full() {
		h.least = m.least(h.heap[0])
	}
}

// sink moves the root down to its place.
func (h *nearest) sink() {
	for i := 0; ; {
		far := i
		for _, c := range []int{2*i + 1, 2*i + 2} {
			if c < len(h.heap) && nearerMatch(h.heap[c], h.heap[far]) > 0 {
				far = c
			}
		}
		if far == i {
			return
		}
		h.heap[i], h.heap[far] = h.heap[far], h.heap[i]
		i = far
	}
}

// sorted returns the images, nearest first.
func (h *nearest) sorted() []Match {
	slices.SortFunc(h.heap, nearerMatch)
	return h.heap
}

// least returns the score of a match.
func (m ImageMetric) least(x Match) float32 {
	if m == Correlation {
		return float32(1 - x.Distance*x.Distance/2 - 1e-6) // for the roundings behind the square roots
	}
	return float32(-float64(x.Square) / 2)
}
