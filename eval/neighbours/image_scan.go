package neighbours

import (
	"math"
	"math/bits"

	"repbench/internal/simd"
)

// imageWorker is the memory of a goroutine.
type imageWorker struct {
	sums    []int32
	wide    []int64 // sums of windows whose sums need 64 bits
	offsets []int   // of the rows of a tile in sums
	found   []uint16
	scores  simd.Scores
}

func (s *imageSearch) newWorkers() {
	s.work = make([]imageWorker, s.o.Threads)
	size := s.plan.unit * len(s.windows) * s.plan.block
	for i := range s.work {
		w := &s.work[i]
		w.sums, w.offsets, w.found = make([]int32, size), make([]int, s.o.tile.Rows), make([]uint16, (s.plan.block+15)/16)
		if s.plan.wide() {
			w.wide = make([]int64, size)
		}
	}
}

// compare compares the queries of unit u with the images of the block.
func (s *imageSearch) compare(worker, u int) {
	w, x := &s.work[worker], s.unit(u)
	width := s.block.panels * s.o.tile.Columns
	for i := range w.offsets {
		w.offsets[i] = i * width
	}
	if s.plan.wide() {
		clear(w.wide)
	}
	for c := range s.plan.parts() {
		s.multiply(w, x, c, width)
		if s.plan.wide() && (c%s.plan.sums == s.plan.sums-1 || c == s.plan.parts()-1) {
			for i, v := range w.sums[:x.rows*width] {
				w.wide[i] += int64(v)
			}
		}
	}
	for i := range x.queries {
		s.scan(w, x.query+i, i*len(s.windows)*width, width)
	}
}

// multiply adds the products of part c of the depth to the sums.
func (s *imageSearch) multiply(w *imageWorker, x unitOf, c, width int) {
	t := s.o.tile
	from, to := s.plan.part(c)
	for i := range x.tiles {
		lo, hi := x.tile(i)
		a := x.at(s.plan, c, i)
		for p := range s.block.panels {
			t.Multiply(w.sums[lo*width+p*t.Columns:], w.offsets[:hi-lo], a, s.block.at(s.plan, t, c, p), to-from, c%s.plan.sums > 0)
		}
	}
}

// scan looks through the sums of query i of the group, which begin at element at.
func (s *imageSearch) scan(w *imageWorker, i, at, width int) {
	if s.plan.wide() {
		for j := range s.block.n {
			s.consider(i, j, func(v int) int64 { return w.wide[at+v*width+j] })
		}
		return
	}
	s.scores(&w.scores, i)
	s.o.tile.Hits(w.found, w.sums[at:], width, width, &w.scores, s.group.found[i].least)
	for part := range (width + 15) / 16 {
		for found := w.found[part]; found != 0; found &= found - 1 {
			j := part*16 + bits.TrailingZeros16(found)
			if j < s.block.n {
				s.consider(i, j, func(v int) int64 { return int64(w.sums[at+v*width+j]) })
			}
		}
	}
}

// consider compares query i of the group with image j of the block, exactly. sum returns
// Σ(x−128)y for the window v of the query.
func (s *imageSearch) consider(i, j int, sum func(v int) int64) {
	h := &s.group.found[i]
	row := int32(s.block.first + j)
	if row == h.own {
		return
	}
	v := len(s.windows)
	windows, t := s.group.sums[i*v:(i+1)*v], s.block.sums[j]
	var best Match
	if s.metric == Correlation {
		best = bestCorrelation(int64(s.plan.n), windows, t, sum)
	} else {
		best = bestSquare(windows, t, sum)
	}
	at := s.windows[best.Row]
	best.Row, best.DY, best.DX, best.Mirrored = row, at.dy, at.dx, at.mirrored
	if h.full() && nearerMatch(best, h.farthest()) >= 0 {
		return
	}
	best.Distance = max(best.Distance, math.Sqrt(float64(best.Square)))
	h.add(best, s.metric)
}

// bestSquare returns the least squared distance of the windows, with the window as its row.
func bestSquare(windows []moments, t moments, sum func(v int) int64) Match {
	best := Match{Square: math.MaxInt64}
	for v, q := range windows {
		if d := q.square + t.square - 2*(sum(v)+128*t.sum); d < best.Square {
			best = Match{Row: int32(v), Square: d}
		}
	}
	return best
}

// bestCorrelation returns the least distance of the windows by correlation, with the window as its
// row. A smaller correlation never has a smaller distance, so few square roots are needed.
func bestCorrelation(n int64, windows []moments, t moments, sum func(v int) int64) Match {
	best, top := Match{Distance: math.Inf(1)}, math.Inf(-1)
	for v, q := range windows {
		c := correlation(n, sum(v)+128*t.sum, q, t)
		if c <= top {
			continue
		}
		top = c
		if d := correlationDistance(c); d < best.Distance {
			best = Match{Row: int32(v), Distance: d}
		}
	}
	return best
}
