package precondition

import (
	"context"
	"math"

	"repbench/eval/linear/internal/cholesky"
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// Limits of the preconditioner from all rows.
const (
	// wholeDepth is the number of rows that are multiplied at once.
	wholeDepth = 512
	// factorReach is the ratio of costs within which a factor is used again: on
	// 50,000 × 7,168 features it costs no more iterations at 2.5, a quarter more at 4.
	factorReach = 3
)

// full preconditions the Newton systems like Sampled, but from all rows, and in
// the space of the columns:
//
//	P = ρI + 2C·Σ_i a_i·x_i·x_iᵀ,
//
// a_i the share of the classes for which row i was active when it was built.
// The sum is kept along the path of costs: only its factor is made again as C
// grows. It costs N·D² operations, once, on bytes where the processor multiplies
// bytes faster than floats.
type full struct {
	gram     *cholesky.Square // Σ a_i·x_i·x_iᵀ, its order rounded up to whole panels
	meanNorm float64          // Σ a_i·‖x_i‖²
	threads  int
	scale    float64 // 2C of the factor
	factor   *cholesky.Factor
}

// newFull builds the matrix for the rows that are active now.
func newFull(ctx context.Context, x matrix.View, active []Active, threads int) (*full, error) {
	var rows []int32
	var weights []float64
	for i := range x.N {
		if a := shareOf(active, i); a > 0 {
			rows, weights = append(rows, int32(i)), append(weights, a)
		}
	}
	w := &full{threads: threads}
	var err error
	if w.gram, err = gramOf(ctx, x.Subset(rows), weights, threads); err != nil {
		return nil, err
	}
	for j := range x.D + 1 {
		w.meanNorm += float64(w.gram.Row(j, j, j+1)[0])
	}
	return w, nil
}

// gramOf returns the lower triangle of Σ a_i·(x_i, 1)·(x_i, 1)ᵀ, its order rounded up to
// whole panels, by the kernels that are fastest here.
func gramOf(ctx context.Context, x matrix.View, weights []float64, threads int) (*cholesky.Square, error) {
	if tile := simd.MatrixByteTile(); tile != nil {
		return gramOfBytes(ctx, tile, x, weights, threads)
	}
	return gramOfFloats(ctx, simd.MatrixTile(), x, weights, threads)
}

// gramOfFloats returns the lower triangle of Σ a_i·(x_i, 1)·(x_i, 1)ᵀ.
func gramOfFloats(ctx context.Context, tile *simd.Tile, x matrix.View, weights []float64, threads int) (*cholesky.Square, error) {
	p := panels{tile: tile, d: x.D, count: x.D/tile.Columns + 1}
	g := cholesky.NewSquare(p.count * tile.Columns)
	p.data = make([]float32, g.N*wholeDepth)
	for lo := 0; lo < x.N; lo += wholeDepth {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		hi := min(lo+wholeDepth, x.N)
		p.pack(x.Rows(lo, hi), weights[lo:hi], threads)
		p.square(g, lo > 0, threads)
		x.GiveBack(lo, hi)
	}
	return g, nil
}

// panels holds rows (x_i, 1)·√a_i of up to wholeDepth rows: panel j has the
// columns from j·tile.Columns on, one row after the other.
type panels struct {
	tile  *simd.Tile
	data  []float32
	d     int // columns without the constant
	count int
	depth int // rows
}

func (p *panels) panel(j int) []float32 {
	w := p.tile.Columns
	return p.data[j*wholeDepth*w:][:p.depth*w]
}

// pack fills the panels; columns beyond the constant are zero.
func (p *panels) pack(x matrix.View, weights []float64, threads int) {
	p.depth = x.N
	w := p.tile.Columns
	tasks.Do(threads, (x.N+matrix.BlockRows-1)/matrix.BlockRows, func(_, b int) {
		r := matrix.Reader{M: x}
		lo := b * matrix.BlockRows
		for l, row := range r.Read(lo, min(lo+matrix.BlockRows, x.N)) {
			root := float32(math.Sqrt(weights[lo+l]))
			for j := range p.count {
				to := p.panel(j)[(lo+l)*w:][:w]
				part := row[min(j*w, p.d):min((j+1)*w, p.d)]
				for i, v := range part {
					to[i] = v * root
				}
				clear(to[len(part):])
			}
			p.panel(p.d / w)[(lo+l)*w+p.d%w] = root
		}
	})
}

// square sets the lower triangle of g to the products of all pairs of columns,
// or adds them.
func (p *panels) square(g *cholesky.Square, add bool, threads int) {
	w := p.tile.Columns
	g.ByPanels(w, p.tile.Rows, threads, func(row, first, col int, c []float32, offsets []int) {
		p.tile.ByColumns(c, offsets, p.panel(row)[first:], w, p.panel(col), p.depth, w, add)
	})
}

// Update factors ρI + 2C·gram, unless that is done for a C that is close below.
func (w *full) Update(_ context.Context, c float64, _ []Active) error {
	if w.factor != nil && 2*c >= w.scale && 2*c <= factorReach*w.scale {
		return nil
	}
	w.scale = 2 * c
	f, _, err := cholesky.Ridged(max(1, sketchFloor*w.scale*w.meanNorm), w.scale, w.threads, w.gram.Clone)
	w.factor = f
	return err
}

// Shared implements Preconditioner.
func (w *full) Shared() bool { return true }

// Apply implements Preconditioner.
func (w *full) Apply(_ context.Context, dst, src [][]float64) error {
	byColumns(w.factor, w.scale, dst, src)
	return nil
}

// byColumns sets dst = (L·Lᵀ)⁻¹·src/scale, L the factor of a matrix in the space of the
// columns, its order rounded up.
func byColumns(f *cholesky.Factor, scale float64, dst, src [][]float64) {
	u := vec.Dense(len(src), f.Order())
	for k, v := range src {
		copy(u[k], v)
	}
	f.Solve(u)
	for k, to := range dst {
		for j := range to {
			to[j] = u[k][j] / scale
		}
	}
}
