package fusion

import (
	"errors"
	"fmt"
	"sync"
	"unsafe"

	"repbench/backends/cpu/internal/pool"
)

// RowKernel is a program that runs on pieces of its space, in any order: on some rows and
// columns, where a column is an index of the last axis and a row one of all other axes together.
// So a program can follow a product piece by piece, while each piece is in the cache. Each
// element has the same bits as from a Kernel.
type RowKernel struct {
	kernel *Kernel // for its checks; it never runs
	// Rows and Columns are the numbers of both.
	Rows, Columns int
	plans         [2]rowPlans // in place: without and with hazards
	finish        *finisher   // computes everything, unless it is nil
}

// rowPlans are the plans for whole rows and for parts of rows.
type rowPlans struct{ whole, parts func() *plan }

// errRows is returned for a program that has no rows or reduces them.
var errRows = errors.New("fusion: a program that runs by rows has a last axis of at least two elements, and no reduction")

// CompileRows compiles a program without reductions and with at least one axis.
func CompileRows(p Program) (*RowKernel, error) {
	k, err := Compile(p)
	if err != nil {
		return nil, err
	}
	n := len(p.Dims)
	if n == 0 || p.Dims[n-1] < 2 || k.empty != nil {
		return nil, errRows
	}
	pr := newProblem(&p, standard)
	for _, o := range pr.outputs {
		if o.Reduce != None {
			return nil, errRows
		}
	}
	pr.byRows(&p)
	r := &RowKernel{kernel: k, Columns: p.Dims[n-1], Rows: product(p.Dims[:n-1]), finish: pr.finisher()}
	for i := range r.plans {
		safe := *pr
		safe.safe = i > 0
		r.plans[i] = rowPlans{whole: sync.OnceValue(safe.wholeRows), parts: sync.OnceValue(safe.partsOfRows)}
	}
	return r, nil
}

// byRows merges the axes of the rows and keeps the last axis apart.
func (pr *problem) byRows(p *Program) {
	last := len(p.Dims) - 1
	var strides [][]int
	for _, in := range p.Inputs {
		strides = append(strides, in.Strides)
	}
	for _, o := range p.Outputs {
		if o.Strides == nil {
			o.Strides = rowMajor(p.Dims, nil)
		}
		strides = append(strides, o.Strides)
	}
	rows := make([][]int, len(strides))
	for i, s := range strides {
		rows[i] = s[:last]
	}
	dims, merged := merge(p.Dims[:last], rows)
	pr.dims = append(dims, p.Dims[last])
	for i := range strides {
		all := append(merged[i], strides[i][last])
		if i < len(pr.inputs) {
			pr.inputs[i].Strides = all
		} else {
			pr.strides[i-len(pr.inputs)] = all
		}
	}
}

// wholeRows plans tiles of whole rows; nil if a row is longer than a tile.
func (pr *problem) wholeRows() *plan {
	n := len(pr.dims)
	cols := pr.dims[n-1]
	for size := pr.limits.maxTile; size >= cols; size /= 2 {
		g := &grid{dims: pr.dims, axis: n - 2, block: min(pr.dims[n-2], size/cols), inner: cols}
		if p := pr.pieces(g); size <= pr.limits.minTile || size/2 < cols || p.fits(pr) {
			return p
		}
	}
	return nil
}

// partsOfRows plans tiles within a row.
func (pr *problem) partsOfRows() *plan {
	n := len(pr.dims)
	for size := pr.limits.maxTile; ; size /= 2 {
		g := &grid{dims: pr.dims, axis: n - 1, block: min(pr.dims[n-1], size), inner: 1}
		if p := pr.pieces(g); size <= pr.limits.minTile || p.fits(pr) {
			return p
		}
	}
}

// fits reports whether the tiles that a step may touch fit the cache.
func (p *plan) fits(pr *problem) bool {
	return 4*p.size()*(p.slots+len(p.direct)) <= pr.limits.cacheBytes
}

// pieces makes the plan for a grid whose loops run over rows and tiles.
func (pr *problem) pieces(g *grid) *plan {
	for a, n := range g.dims[:g.axis] {
		g.loops = append(g.loops, loop{axis: a, step: 1, n: n})
	}
	g.loops = append(g.loops, loop{axis: g.axis, step: g.block, n: ceilDiv(g.dims[g.axis], g.block)})
	p := &plan{grid: g, inputs: len(pr.inputs)}
	for _, in := range pr.inputs {
		p.operands = append(p.operands, operand{typ: in.Type, offset: in.Offset, strides: in.Strides, steps: p.moves(in.Strides), runs: p.runs(in.Strides)})
	}
	for i, o := range pr.outputs {
		p.operands = append(p.operands, operand{typ: o.Type, strides: pr.strides[i], steps: p.moves(pr.strides[i]), runs: p.runs(pr.strides[i])})
	}
	p.schedule = newSchedule(pr, p)
	p.workers.New = func() any { return newWorker(p) }
	return p
}

// Pass is one run of a RowKernel over all pieces. Several goroutines may run pieces at once.
type Pass struct {
	of           *RowKernel
	plans        *rowPlans
	memory       []unsafe.Pointer
	whole, parts func() *job
}

// Begin starts a pass over operands as in Kernel.Run.
func (k *RowKernel) Begin(in, out []unsafe.Pointer) *Pass {
	if len(in) != k.kernel.inputs || len(out) != k.kernel.outputs {
		panic(fmt.Sprintf("fusion: %d inputs and %d outputs for a program with %d inputs and %d outputs", len(in), len(out), k.kernel.inputs, k.kernel.outputs))
	}
	p := &Pass{of: k, plans: &k.plans[0], memory: append(append([]unsafe.Pointer(nil), in...), out...)}
	hazard := k.kernel.hazard(in, out)
	if k.finish != nil {
		return p
	}
	if hazard {
		p.plans = &k.plans[1]
	}
	p.whole = sync.OnceValue(func() *job { return p.job(p.plans.whole()) })
	p.parts = sync.OnceValue(func() *job { return p.job(p.plans.parts()) })
	return p
}

// job makes the job of the pass for a plan.
func (p *Pass) job(plan *plan) *job {
	if plan == nil {
		return nil
	}
	j := newJob(plan)
	j.serial = plan.serial.Add(1)
	copy(j.memory, p.memory)
	return j
}

// Piece computes the rows [row, end) of the columns [col, col+cols).
func (p *Pass) Piece(row, end, col, cols int) {
	if f := p.of.finish; f != nil {
		if row < end && cols > 0 {
			f.piece(p, row, end, col, cols)
		}
		return
	}
	if cols == p.of.Columns {
		if j := p.whole(); j != nil {
			w := j.workers.Get().(*worker)
			w.wholeRows(j, row, end)
			j.workers.Put(w)
			return
		}
	}
	j := p.parts()
	w := j.workers.Get().(*worker)
	w.partsOfRows(j, row, end, col, cols)
	j.workers.Put(w)
}

// pieceSize is about the number of elements of a piece where they are run one after the other.
const pieceSize = 1 << 15

// All computes everything on the threads of t.
func (p *Pass) All(t *pool.Pool) {
	rows := max(1, pieceSize/p.of.Columns)
	t.Run(ceilDiv(p.of.Rows, rows), func(i int) {
		p.Piece(i*rows, min((i+1)*rows, p.of.Rows), 0, p.of.Columns)
	})
}

// wholeRows runs tiles of whole rows; a tile lies in one index of the axes before the cut one.
func (w *worker) wholeRows(j *job, row, end int) {
	w.job = j
	for row < end {
		at := row % w.dims[w.axis]
		n := min(w.block, w.dims[w.axis]-at, end-row)
		w.placeRow(row)
		w.run(n * w.inner)
		row += n
	}
	w.rest()
}

// partsOfRows runs tiles within rows.
func (w *worker) partsOfRows(j *job, row, end, col, cols int) {
	w.job = j
	for ; row < end; row++ {
		w.placeRow(row)
		for i := range w.operands {
			w.at[i] += col * w.operands[i].strides[w.axis]
		}
		for left := cols; ; {
			n := min(w.block, left)
			w.run(n)
			if left -= n; left == 0 {
				break
			}
			for i := range w.operands {
				w.at[i] += n * w.operands[i].strides[w.axis]
			}
		}
	}
	w.rest()
}

// placeRow sets the operands to the beginning of a row.
func (w *worker) placeRow(row int) {
	for i := range w.operands {
		w.at[i] = w.operands[i].offset
	}
	for a := len(w.dims) - 2; a >= 0; a-- {
		index := row % w.dims[a]
		row /= w.dims[a]
		if index == 0 {
			continue
		}
		for i := range w.operands {
			w.at[i] += index * w.operands[i].strides[a]
		}
	}
}

// rest drops what the worker holds of a job.
func (w *worker) rest() {
	w.job = nil
	clear(w.slots[w.plan.slots:])
}
