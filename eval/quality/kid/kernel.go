package kid

import (
	"context"
	"fmt"
	"math"

	"repbench/features/matrix"
	"repbench/internal/progress"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// Sizes of the blocks of kernelSums. They are fixed, so that the order of the sums, and
// with it the last bit, depends on nothing else.
const (
	panelRows = 64  // rows of b that are packed at once
	chunkRows = 256 // rows of a that a task takes; a multiple of panelRows
)

// kernelSums are sums of the cubic kernel k(x, y) = (x·y/d + 1)³ over pairs of rows.
type kernelSums struct {
	// all is the sum over all pairs, diagonal that over the pairs of equal row numbers.
	all, diagonal float64
	// magnitude is the sum of |k| over the pairs that count: all pairs of two sets, pairs
	// of different rows of one.
	magnitude float64
	// a and b are the shares of magnitude of the pairs in which each row takes part.
	a, b []float64
	// halves are the sums over the pairs of which both rows lie in a half, without those of
	// equal row numbers where the two sets are one.
	halves []float64
}

// kernelTask computes kernelSums block by block.
type kernelTask struct {
	a, b         matrix.View
	same         bool // a and b are one set: pairs (i, j) with j > i are the pairs with j < i
	halvesA      []uint64
	halvesB      []uint64
	panel        simd.Panel[float64]
	first        int // row of b of the panel
	rows         [][]float32
	buffer       []float32
	chunks       []kernelChunk
	rowsA, rowsB []float64
}

// kernelChunk is the memory of the rows of a that a task takes.
type kernelChunk struct {
	all, diagonal, magnitude float64
	columns                  [panelRows]float64
	bins                     []float64 // see fold
}

// sumKernel sums the kernel over all pairs of rows of a and b. same says that they are the
// same set. The halves have one element for each row; nil: none.
func sumKernel(ctx context.Context, a, b matrix.View, same bool, halvesA, halvesB []uint64, n int, threads int, report progress.Task) (kernelSums, error) {
	t := &kernelTask{a: a, b: b, same: same, chunks: make([]kernelChunk, (a.N+chunkRows-1)/chunkRows),
		rowsA: make([]float64, a.N), rowsB: make([]float64, b.N)}
	if n > 0 {
		t.halvesA, t.halvesB = halvesA, halvesB
		for c := range t.chunks {
			t.chunks[c].bins = make([]float64, (n+binHalves-1)/binHalves*binSize)
		}
	}
	dots := make([][]float64, threads)
	readers := make([]matrix.Reader, threads)
	for w := range dots {
		dots[w], readers[w].M = make([]float64, matrix.BlockRows*simd.Padded(panelRows)), a
	}
	for lo := 0; lo < b.N; lo += panelRows {
		if err := ctx.Err(); err != nil {
			return kernelSums{}, fmt.Errorf("kid: %w", err)
		}
		t.pack(lo)
		from := 0
		if same {
			from = lo / chunkRows
		}
		tasks.Do(threads, len(t.chunks)-from, func(w, c int) { t.chunk(from+c, &readers[w], dots[w]) })
		t.collect(from)
		report.Add(int64(len(t.rows)) * int64(a.N))
	}
	return t.result(n), nil
}

// pack takes the rows of b from lo on as the panel.
func (t *kernelTask) pack(lo int) {
	hi := min(lo+panelRows, t.b.N)
	if t.buffer == nil {
		t.buffer = make([]float32, panelRows*t.b.D)
	}
	t.first, t.rows = lo, t.rows[:0]
	for i := lo; i < hi; i++ {
		t.rows = append(t.rows, t.b.Row(i, t.buffer[(i-lo)*t.b.D:(i-lo+1)*t.b.D]))
	}
	t.panel.PackRows(t.rows)
	t.b.GiveBack(lo, hi)
}

// chunk adds the pairs of the panel with the rows of chunk c.
func (t *kernelTask) chunk(c int, r *matrix.Reader, dots []float64) {
	chunk := &t.chunks[c]
	clear(chunk.columns[:])
	lo, hi := c*chunkRows, min((c+1)*chunkRows, t.a.N)
	if t.same {
		lo = max(lo, t.first)
	}
	stride := t.panel.Stride()
	for block := lo; block < hi; block += matrix.BlockRows {
		end := min(block+matrix.BlockRows, hi)
		t.panel.Dot(dots, r.Read(block, end))
		for i := block; i < end; i++ {
			t.row(chunk, i, dots[(i-block)*stride:][:len(t.rows)])
		}
	}
}

// row adds the pairs of row i of a with the panel, given their products.
func (t *kernelTask) row(chunk *kernelChunk, i int, dots []float64) {
	weight := 1.0
	if t.same {
		dots, weight = dots[:min(len(dots), i-t.first+1)], 2
	}
	d := float64(t.a.D)
	var sum, magnitude, diagonal float64
	if j := i - t.first; j >= 0 && j < len(dots) {
		diagonal = cube(dots[j]/d + 1)
		if t.same {
			dots = dots[:j]
		}
	}
	for j, p := range dots {
		k := cube(p/d + 1)
		dots[j] = k
		sum += k
		magnitude += math.Abs(k)
		chunk.columns[j] += weight * math.Abs(k)
	}
	if t.halvesA != nil {
		addBins(chunk.bins, dots, t.halvesA[i], t.halvesB[t.first:])
	}
	chunk.all += weight * sum
	if t.same {
		chunk.all += diagonal
	}
	chunk.diagonal += diagonal
	chunk.magnitude += weight * magnitude
	t.rowsA[i] += weight * magnitude
}

// collect adds the sums of the columns of the panel over the chunks, in their order.
func (t *kernelTask) collect(from int) {
	for c := from; c < len(t.chunks); c++ {
		for j := range t.rows {
			t.rowsB[t.first+j] += t.chunks[c].columns[j]
		}
	}
}

// result adds up the chunks, in their order.
func (t *kernelTask) result(n int) kernelSums {
	s := kernelSums{a: t.rowsA, b: t.rowsB}
	bins := make([]float64, (n+binHalves-1)/binHalves*binSize)
	for _, c := range t.chunks {
		s.all += c.all
		s.diagonal += c.diagonal
		s.magnitude += c.magnitude
		for i, v := range c.bins {
			bins[i] += v
		}
	}
	if t.same {
		for i, v := range s.b {
			s.a[i] += v
		}
		s.b = s.a
	}
	s.halves = fold(bins, n)
	if t.same {
		for i := range s.halves {
			s.halves[i] *= 2
		}
	}
	return s
}

// cube is x³.
func cube(x float64) float64 { return x * x * x }

// The sums over halves are kept in bins: binHalves halves make a group, and in each group
// a pair goes to the bin of the memberships of its two rows. So a pair costs an addition
// for each group instead of one for each half.
const (
	binHalves = 4
	binValues = 1 << binHalves
	binSize   = binValues * binValues
)

// addBins adds the kernels of a row with a panel; of is the membership of the row, those of
// the panel are in columns.
func addBins(bins, kernels []float64, of uint64, columns []uint64) {
	for g := 0; g*binSize < len(bins); g++ {
		shift := g * binHalves
		mine := int(of >> shift & (binValues - 1))
		if mine == 0 {
			continue
		}
		bin := (*[binValues]float64)(bins[g*binSize+mine*binValues:])
		for j, k := range kernels {
			bin[columns[j]>>shift&(binValues-1)] += k
		}
	}
}

// fold returns the sum of each of n halves: the sum of the bins in which both rows belong to
// it.
func fold(bins []float64, n int) []float64 {
	sums := make([]float64, n)
	for s := range sums {
		group, bit := bins[s/binHalves*binSize:][:binSize], s%binHalves
		for i, v := range group {
			if (i/binValues)>>bit&1 == 1 && (i%binValues)>>bit&1 == 1 {
				sums[s] += v
			}
		}
	}
	return sums
}
