package passes

import (
	"context"
	"errors"
	"fmt"
	"math"

	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix"
	"repbench/internal/measure"
	"repbench/internal/memory"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

const (
	// byteMost bounds the memory of a Quantised.
	byteMost = 3 << 29
	// byteDepth is the number of rows whose sums are added up at once.
	byteDepth = 128
	// byteLevels is the number of steps of a column.
	byteLevels = math.MaxUint8
)

// Quantised is a copy of a matrix with each column rounded to one of 256 values
// between its least and its largest,
//
//	x_ij ≈ lo_j + step_j·q_ij.
//
// Passes over it take about half the time of passes over floats (0.07 s, not 0.15, for
// ten vectors on 50,000 × 7,168). The vectors of a product are rounded to 16 bits
// there, the factors of the rows to eight; with 16 there are as many iterations. That
// is right for the Hessian products of the conjugate gradients, whose solution is only a direction: what the objective,
// its gradient and the scores are follows from the matrix itself.
type Quantised struct {
	x     matrix.View
	tile  *simd.ByteTile
	sweep *Native
	scale Scales
	width int // columns, rounded up to whole panels
	// data has a panel for as many rows as a tile is wide: for each four columns, four
	// bytes per row. It is lent.
	data []uint8
	lent *memory.Arena
}

// QuantisedFits reports whether the copy is small enough to be kept.
func QuantisedFits(x matrix.View, tile *simd.ByteTile) bool {
	return x.D > 0 && roundUp(x.N, tile.Columns)*roundUp(x.D, tile.Columns) <= byteMost && roundUp(x.D, tile.Columns) <= 4*simd.MaxByteDepth
}

func roundUp(n, step int) int { return (n + step - 1) / step * step }

// ErrNoRoom: the system gives no memory for the copy.
var ErrNoRoom = errors.New("no memory for a copy of the features in bytes")

// NewQuantised copies x into lent memory, until it is given back.
func NewQuantised(ctx context.Context, lend func(bytes int) (*memory.Arena, error), tile *simd.ByteTile, x matrix.View, threads int) (*Quantised, error) {
	w := tile.Columns
	size := roundUp(x.N, w) * roundUp(x.D, w)
	lent, err := lend(size)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrNoRoom, err)
	}
	m := &Quantised{x: x, tile: tile, sweep: NewNative(x, threads), width: roundUp(x.D, w), data: lent.Bytes()[:size], lent: lent}
	m.scale = ColumnScales(x, nil, byteLevels, threads)
	clear(m.data)
	tasks.Do(threads, (x.N+matrix.BlockRows-1)/matrix.BlockRows, func(_, b int) {
		if ctx.Err() != nil {
			return
		}
		r := matrix.Reader{M: x}
		first := b * matrix.BlockRows
		end := min(first+matrix.BlockRows, x.N)
		for l, row := range r.Read(first, end) {
			i := first + l
			to := m.data[i/w*w*m.width+4*(i%w):]
			for j, v := range row {
				to[j/4*4*w+j%4] = m.scale.Round(j, v)
			}
		}
		x.GiveBack(first, end)
	})
	if err := ctx.Err(); err != nil {
		m.GiveBack()
		return nil, err
	}
	return m, nil
}

// GiveBack returns the memory of the copy, which may be nil.
func (m *Quantised) GiveBack() {
	if m != nil {
		m.lent.Give()
	}
}

// Parts implements Passes.
func (m *Quantised) Parts() int { return m.sweep.Parts() }

// Pass32 implements Passes.
func (m *Quantised) Pass32(ctx context.Context, w, out [][]float64, weigh Weighing[float32]) error {
	return quantisedPass(ctx, m, w, out, weigh)
}

// Pass64 implements Passes: the factors of the rows have more digits before they are
// rounded to bytes, no more after it.
func (m *Quantised) Pass64(ctx context.Context, w, out [][]float64, weigh Weighing[float64]) error {
	return quantisedPass(ctx, m, w, out, weigh)
}

// By implements Passes.
func (m *Quantised) By() measure.Products { return measure.Products{CPU: true, Bytes: true} }

func quantisedPass[T simd.Float](ctx context.Context, m *Quantised, w, out [][]float64, weigh Weighing[T]) error {
	d := m.x.D
	vectors, bias := m.pack(w)
	sums := vec.Dense(len(out), d+1)
	err := m.sweep.sum(ctx, simd.Padded(len(out)), sums, func(wk *worker, part int) {
		end := min((part+1)*m.sweep.partRows, m.x.N)
		for lo := part * m.sweep.partRows; lo < end; lo += byteDepth {
			rows := min(byteDepth, end-lo)
			var z []float64
			if len(w) > 0 {
				z = m.scores(wk, vectors, bias, lo, rows)
			}
			stride := simd.Padded(len(out))
			s := factors[T](wk, rows*stride)
			weigh(part, lo, rows, z, s, stride)
			addQuantised(m, wk, s, lo, rows, len(out))
		}
	})
	for k, v := range out {
		all := sums[k][d]
		for j, sum := range sums[k][:d] {
			v[j] += float64(m.scale.Step[j])*sum + float64(m.scale.Lo[j])*all
		}
		v[d] += all
	}
	return err
}

// pack returns the vectors times the steps of the columns, and what the least
// values of the columns and the constant feature add to their products.
func (m *Quantised) pack(w [][]float64) (*fixedPoint, []float64) {
	h, bias := newFixedPoint(m.width, len(w), 2), make([]float64, len(w))
	steps := make([]float64, m.x.D)
	for k, v := range w {
		bias[k] = v[m.x.D]
		for j, a := range v[:m.x.D] {
			bias[k] += a * float64(m.scale.Lo[j])
			steps[j] = a * float64(m.scale.Step[j])
		}
		h.set(k, steps)
	}
	return h, bias
}

// scores returns the products of the rows from lo on with the vectors.
func (m *Quantised) scores(wk *worker, vectors *fixedPoint, bias []float64, lo, rows int) []float64 {
	w, k := m.tile.Columns, len(bias)
	stride := simd.Padded(k)
	z := vec.Grown(&wk.z, roundUp(byteDepth, w)*stride)
	c := vec.Grown(&wk.bytes.c, 2*k*w)
	offsets := make([]int, 2*k)
	for i := range offsets {
		offsets[i] = i * w
	}
	for first := 0; first < rows; first += w {
		panel := m.data[(lo+first)*m.width:][:w*m.width]
		m.multiply(c, offsets, vectors, panel, m.width/4)
		for k, b := range bias {
			high, low := c[2*k*w:][:w], c[(2*k+1)*w:][:w]
			for i := range min(w, rows-first) {
				z[(first+i)*stride+k] = b + vectors.unit[k]*(256*float64(high[i])+float64(low[i]))
			}
		}
	}
	return z[:rows*stride]
}

// multiply makes the products of all bytes of the vectors, as many as there are
// offsets, with a panel.
func (m *Quantised) multiply(c []float32, offsets []int, vectors *fixedPoint, panel []uint8, depth int) {
	parts := (len(offsets) + m.tile.Rows - 1) / m.tile.Rows
	step := (len(offsets) + parts - 1) / parts // even ones
	for i := 0; i < len(offsets); i += step {
		m.tile.ByColumns(c, offsets[i:min(i+step, len(offsets))], vectors.bytes[4*i:], len(offsets), panel, depth, false)
	}
}

// addQuantised adds a block of rows of steps times the first k of their factors s to the
// sums of the worker.
func addQuantised[T simd.Float](m *Quantised, wk *worker, s []T, lo, rows, k int) {
	w, b := m.tile.Columns, &wk.bytes
	stride := len(s) / rows
	if b.factors == nil || b.factors.count != k {
		b.factors = newFixedPoint(byteDepth, k, 1)
	}
	column := make([]float64, rows)
	for k := range k {
		for i := range column {
			column[i] = float64(s[i*stride+k])
		}
		wk.sum[k] += b.factors.set(k, column)
	}
	panels := (rows + w - 1) / w
	turned := vec.Grown(&b.turned, panels*w*w)
	c := vec.Grown(&b.products, k*m.width)
	offsets := make([]int, k)
	for col := 0; col < m.width; col += w {
		m.tile.Turn(turned, m.data[lo*m.width+col*w:], panels, w*m.width)
		for i := range offsets {
			offsets[i] = i*m.width + col
		}
		m.multiply(c, offsets, b.factors, turned, panels*w/4)
	}
	m.sumUp(wk, c, k)
}

// sumUp adds the products c of k vectors of factors to the sums.
func (m *Quantised) sumUp(wk *worker, c []float32, k int) {
	d, unit := m.x.D, wk.bytes.factors.unit
	for first := 0; first < k; first += simd.Width {
		n := min(simd.Width, k-first)
		rows, s := make([][]float32, n), make([]float32, n*simd.Width)
		for i := range rows {
			rows[i] = c[(first+i)*m.width:][:m.width]
			s[i*simd.Width+i] = float32(unit[first+i])
		}
		simd.Accumulate(wk.g[first*d:(first+simd.Width)*d], d, s, rows)
	}
}

// byteBuffers are the buffers of a thread for passes over a Quantised.
type byteBuffers struct {
	c, products []float32
	turned      []uint8
	factors     *fixedPoint
}
