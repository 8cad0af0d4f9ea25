package conv

import (
	"repbench/backends/cpu/internal/matmul"
	"repbench/internal/simd"
)

// NewPlan plans a convolution for the register tile t.
func NewPlan(p Problem, t *simd.Tile) (*Plan, error) {
	plan, err := newPlan(p, t)
	if err == nil {
		plan.channels, plan.given = p.OutChannels, p.normal()
	}
	return plan, err
}

// RunThen is Run for an output that is dense, with channels last, and calls done once for each
// piece of it that is complete: for the output positions [row, end), counted over images, rows
// and columns, and the channels [col, col+cols). Where the plan allows it the thread that
// computed the piece calls it, while the piece is in its cache; otherwise it is called after the
// convolution.
func (plan *Plan) RunThen(m *matmul.Multiplier, y, x, w []float32, done func(row, end, col, cols int)) {
	if plan.fits() {
		plan.run(m, y, x, w, done)
		return
	}
	plan.run(m, y, x, w, nil)
	rows, cols := len(y)/plan.channels, plan.channels
	each := max(1, finishSize/cols)
	m.Pool().Run((rows+each-1)/each, func(i int) { done(i*each, min((i+1)*each, rows), 0, cols) })
}

// finishSize is about the number of values of a piece that is reported after a convolution.
const finishSize = 1 << 15

// fits reports whether the plan's tasks are output positions in order.
func (plan *Plan) fits() bool {
	if plan.depthwise != nil || plan.direct != nil {
		return true
	}
	if plan.scatter != nil || len(plan.groups) != 1 || len(plan.products) != 1 {
		return false
	}
	pr := plan.products[0]
	return pr.form == matmul.ByRows && pr.positions() == pr.Height.Out*pr.Width.Out
}
