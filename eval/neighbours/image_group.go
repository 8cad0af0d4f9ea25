package neighbours

import (
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// imageGroup holds the windows of some queries, packed as blocks of A: unit by unit, in each of
// them part by part of the depth, in each of those tile by tile.
type imageGroup struct {
	first, n int // the queries [first, first+n)
	data     []uint32
	sums     []moments // of each window
	e, f     []float32 // of simd.Scores
	found    []nearest
}

func newImageGroup(p imagePlan, windows int) *imageGroup {
	rows := p.group * windows
	return &imageGroup{data: make([]uint32, rows*p.words), sums: make([]moments, rows), e: make([]float32, rows), f: make([]float32, rows), found: make([]nearest, p.group)}
}

// units is the number of units of the group.
func (g *imageGroup) units(p imagePlan) int { return (g.n + p.unit - 1) / p.unit }

// unitOf describes the rows of a unit.
type unitOf struct {
	query, queries int // the queries [query, query+queries) of the group
	rows, tiles    int
	data           []uint32
}

// unit returns unit u.
func (s *imageSearch) unit(u int) unitOf {
	g, v := s.group, len(s.windows)
	x := unitOf{query: u * s.plan.unit}
	x.queries = min(s.plan.unit, g.n-x.query)
	x.rows = x.queries * v
	x.tiles = (x.rows + s.o.tile.Rows - 1) / s.o.tile.Rows
	x.data = g.data[x.query*v*s.plan.words:][:x.rows*s.plan.words]
	return x
}

// tile returns the rows of tile t: all tiles of a unit are equally high, or one row lower.
func (x unitOf) tile(t int) (lo, hi int) { return t * x.rows / x.tiles, (t + 1) * x.rows / x.tiles }

// at returns part c of the depth of tile t.
func (x unitOf) at(p imagePlan, c, t int) []uint32 {
	from, to := p.part(c)
	lo, hi := x.tile(t)
	return x.data[from*x.rows+lo*(to-from):][:(hi-lo)*(to-from)]
}

// load fills the group with the queries from first on.
func (s *imageSearch) load(first int) {
	g := s.group
	g.first, g.n = first, min(s.plan.group, s.queries.N-first)
	for i := range g.n {
		g.found[i] = newNearest(s.k, s.ownOf(first+i))
	}
	tasks.Do(s.o.Threads, g.units(s.plan), func(worker, u int) {
		x, scratch := s.unit(u), &s.block.scratch[worker]
		for t := range x.tiles {
			lo, hi := x.tile(t)
			for r := lo; r < hi; r++ {
				s.loadRow(x, r, lo, hi, t, scratch)
			}
		}
	})
}

// loadRow packs row r of a unit, in tile t of the rows [lo, hi).
func (s *imageSearch) loadRow(x unitOf, r, lo, hi, t int, scratch *packScratch) {
	g, v, tile := s.group, len(s.windows), s.o.tile
	query := x.query + r/v
	bytes := scratch.bytes[:s.plan.n]
	s.metric.cut(bytes, s.queries, g.first+query, s.windows[r%v])
	at := query*v + r%v
	g.sums[at] = newMoments(tile, bytes)
	g.e[at], g.f[at] = queryNumbers(s.metric, s.plan.n, g.sums[at])
	for c := range s.plan.parts() {
		from, to := s.plan.part(c)
		words := scratch.words[:to-from]
		tile.RowB(words, bytes[from*tile.Values:min(to*tile.Values, s.plan.n)])
		tile.PackA(x.at(s.plan, c, t), hi-lo, r-lo, words)
	}
}

// scores sets x to the numbers of the rows and columns of query i of the group.
func (s *imageSearch) scores(x *simd.Scores, i int) {
	g, b, v := s.group, s.block, len(s.windows)
	x.E, x.F = g.e[i*v:(i+1)*v], g.f[i*v:(i+1)*v]
	x.Weight, x.Scale, x.Shift = b.weight, b.scale, b.shift
	largest := float32(0)
	for _, f := range x.F {
		largest = max(largest, f)
	}
	x.Margin = float32(s.plan.n) / 32 * largest
}
