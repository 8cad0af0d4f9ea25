package neighbours

import (
	"math"

	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// imageBlock holds the windows of some base images, packed as panels of B: part by part of the
// depth, in each of them panel by panel.
type imageBlock struct {
	first, n int // the images [first, first+n)
	panels   int
	data     []uint32
	sums     []moments
	// The numbers of the columns of simd.Scores.
	weight, scale, shift []float32
	scratch              []packScratch // of each worker
}

// packScratch is the memory of a worker that packs.
type packScratch struct {
	bytes []uint8  // windows
	words []uint32 // a part of their depth
}

func newImageBlock(p imagePlan, t *simd.IntTile, threads int) *imageBlock {
	b := &imageBlock{data: make([]uint32, p.block*p.words), sums: make([]moments, p.block), scratch: make([]packScratch, threads)}
	numbers := make([]float32, 3*p.block)
	b.weight, b.scale, b.shift = numbers[:p.block], numbers[p.block:2*p.block], numbers[2*p.block:]
	for i := range b.scratch {
		b.scratch[i] = packScratch{make([]uint8, t.Columns*p.n), make([]uint32, t.Columns*p.depth)}
	}
	return b
}

// part returns the words of part c of the depth.
func (p imagePlan) part(c int) (lo, hi int) { return c * p.depth, min((c+1)*p.depth, p.words) }

// parts is the number of parts of the depth.
func (p imagePlan) parts() int { return (p.words + p.depth - 1) / p.depth }

// at returns a panel of part c of the depth.
func (b *imageBlock) at(p imagePlan, t *simd.IntTile, c, panel int) []uint32 {
	lo, hi := p.part(c)
	return b.data[(lo*b.panels+panel*(hi-lo))*t.Columns:][:(hi-lo)*t.Columns]
}

// pack fills the block with the base images from first on.
func (s *imageSearch) pack(first int) {
	b, t := s.block, s.o.tile
	b.first, b.n = first, min(s.plan.block, s.base.N-first)
	b.panels = (b.n + t.Columns - 1) / t.Columns
	tasks.Do(s.o.Threads, b.panels, func(worker, panel int) {
		scratch, lo := &b.scratch[worker], panel*t.Columns
		rows := min(t.Columns, b.n-lo)
		for i := range rows {
			x := scratch.bytes[i*s.plan.n:][:s.plan.n]
			s.metric.cut(x, s.base, first+lo+i, window{})
			b.set(lo+i, newMoments(t, x), s.metric, s.plan.n)
		}
		for c := range s.plan.parts() {
			from, to := s.plan.part(c)
			for i := range rows {
				x := scratch.bytes[i*s.plan.n:][:s.plan.n]
				t.RowB(scratch.words[i*s.plan.depth:], x[from*t.Values:min(to*t.Values, s.plan.n)])
			}
			t.PackB(b.at(s.plan, t, c, panel), scratch.words, s.plan.depth, rows, to-from)
		}
	})
}

// newMoments returns the sums of a window.
func newMoments(t *simd.IntTile, x []uint8) moments {
	sum, square := t.Moments(x)
	return moments{sum: sum, square: square, spread: int64(len(x))*square - sum*sum}
}

// A pair of windows is looked at closely if its score, in float32, reaches that of the k-th nearest.
// With s = Σ(x−128)y, which the tiles give exactly, the score is
//
//	−d²/2 = s − Σx²/2 − (Σy² − 256Σy)/2                            for distances
//	c     = (s + (128 − Σx/n)·Σy)·√(n/spread x)·√(n/spread y)      for correlations
//
// No number in front of the square roots exceeds 65,280n, and fewer than eight roundings, each of at
// most 2⁻²⁴ of such a number, take part, so less than n/32 is lost. Added to the score, this makes
// every pair found that would be found by exact arithmetic.

// set fills column j with the numbers of a window of those sums.
func (b *imageBlock) set(j int, sums moments, m ImageMetric, n int) {
	b.sums[j] = sums
	b.weight[j], b.scale[j], b.shift[j] = 1, 1, float32(-float64(sums.square-256*sums.sum)/2)
	if m == Correlation {
		b.weight[j], b.scale[j], b.shift[j] = float32(sums.sum), rootOf(n, sums), 0
	}
}

// rootOf returns √(n/spread), or 0 for a window of one value.
func rootOf(n int, sums moments) float32 {
	if sums.spread <= 0 {
		return 0
	}
	return float32(math.Sqrt(float64(n) / float64(sums.spread)))
}

// queryNumbers returns E and F of simd.Scores for a window of those sums.
func queryNumbers(m ImageMetric, n int, sums moments) (e, f float32) {
	if m == Correlation {
		return float32(128 - float64(sums.sum)/float64(n)), rootOf(n, sums)
	}
	return float32(-float64(sums.square) / 2), 1
}
