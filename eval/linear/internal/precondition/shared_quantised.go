package precondition

import (
	"context"
	"math"

	"repbench/eval/linear/internal/cholesky"
	"repbench/eval/linear/internal/passes"
	"repbench/features/matrix"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// gramOfBytes is gramOfFloats with each column of the weighted rows rounded to one
// of 128 values between its least and its largest. As a preconditioner the result is
// as good: the rounding adds a small multiple of the identity, some thousandths of
// the diagonal at most.
//
// With t_ij = lo_j + s_j·q_ij, n rows and S_j = Σ_i q_ij,
//
//	Σ_i t_ij·t_ik = s_j·s_k·Σ_i q_ij·q_ik + lo_k·s_j·S_j + lo_j·s_k·S_k + n·lo_j·lo_k,
//
// where a column of ones beside the constant feature finds S and n.
func gramOfBytes(ctx context.Context, tile *simd.ByteTile, x matrix.View, weights []float64, threads int) (*cholesky.Square, error) {
	p := bytePanels{tile: tile, scale: passes.ColumnScales(x, weights, simd.MaxByte, threads), count: (x.D+1)/tile.Columns + 1}
	g := cholesky.NewSquare(p.count * tile.Columns)
	const depth = 4 * wholeDepth // as many bytes as the panels of floats have
	p.data = make([]uint8, g.N*depth)
	for lo := 0; lo < x.N; lo += depth {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		hi := min(lo+depth, x.N)
		p.pack(x.Rows(lo, hi), weights[lo:hi], threads)
		g.ByPanels(tile.Columns, tile.Rows, threads, func(row, first, col int, c []float32, offsets []int) {
			tile.ByColumns(c, offsets, simd.Signed(p.panel(row)[4*first:]), tile.Columns, p.panel(col), p.groups, lo > 0)
		})
		x.GiveBack(lo, hi)
	}
	restore(&p.scale, g, threads)
	return g, nil
}

// restore turns products of steps into products of values. It clears the row of the column
// of ones, which stands after the last.
func restore(s *passes.Scales, g *cholesky.Square, threads int) {
	ones := len(s.Lo)
	sums := append([]float32(nil), g.Row(ones, 0, ones+1)...)
	clear(g.Row(ones, 0, ones+1))
	n := float64(sums[ones])
	tasks.Do(threads, ones, func(_, j int) {
		lo, step, row := float64(s.Lo[j]), float64(s.Step[j]), g.Row(j, 0, j+1)
		fixed := n*lo + step*float64(sums[j])
		for k, q := range row {
			row[k] = float32(float64(s.Lo[k])*fixed + float64(s.Step[k])*(lo*float64(sums[k])+step*float64(q)))
		}
	})
}

// bytePanels holds rows of steps: panel j has the columns from j·tile.Columns on,
// four rows in a group of bytes.
type bytePanels struct {
	tile   *simd.ByteTile
	scale  passes.Scales
	data   []uint8
	count  int
	groups int
}

func (p *bytePanels) panel(j int) []uint8 {
	n := 4 * p.tile.Columns
	return p.data[j*wholeDepth*n:][:p.groups*n]
}

// pack fills the panels; rows up to a whole group and columns beyond the column of
// ones are zero.
func (p *bytePanels) pack(x matrix.View, weights []float64, threads int) {
	p.groups = (x.N + 3) / 4
	w := p.tile.Columns
	for j := range p.count { // the rows that fill up the last group
		clear(p.panel(j)[(p.groups-1)*4*w:])
	}
	tasks.Do(threads, (x.N+matrix.BlockRows-1)/matrix.BlockRows, func(_, b int) {
		r := matrix.Reader{M: x}
		first := b * matrix.BlockRows
		for l, row := range r.Read(first, min(first+matrix.BlockRows, x.N)) {
			root := float32(math.Sqrt(weights[first+l]))
			group, m := (first+l)/4, (first+l)%4
			at := func(column int) *uint8 { return &p.panel(column / w)[4*(group*w+column%w)+m] }
			for j := range p.count {
				to := p.panel(j)[4*group*w:][:4*w]
				for i, v := range row[min(j*w, x.D):min((j+1)*w, x.D)] {
					to[4*i+m] = p.scale.Round(j*w+i, v*root)
				}
			}
			*at(x.D) = p.scale.Round(x.D, root)
			*at(x.D + 1) = 1
		}
	})
}
