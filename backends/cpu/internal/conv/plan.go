package conv

import (
	"repbench/backends/cpu/internal/matmul"
	"repbench/internal/simd"
)

// Plan is a convolution planned for given shapes. Several goroutines may run it at once.
type Plan struct {
	problem  Problem // of one group
	groups   []group
	products []*product
	channels int      // of the output
	given    Problem  // what NewPlan was given
	padding  *padding // nil if the input is read without a copy
	// If one of these is not nil, it computes everything, in place of products.
	scatter   *scatter
	depthwise *depthwise
	direct    *direct
	// winograd computes everything if the weights are packed once.
	winograd *winograd
}

// group holds the offsets at which the parts of one group begin.
type group struct{ x, w, y int }

// newPlan makes the plan of NewPlan, which afterwards adds the number of output channels.
func newPlan(p Problem, t *simd.Tile) (*Plan, error) {
	p = p.normal()
	if err := p.validate(); err != nil {
		return nil, err
	}
	if s := newScatter(p); s != nil {
		return &Plan{scatter: s}, nil
	}
	if d := newDepthwise(p, t); d != nil {
		return &Plan{depthwise: d}, nil
	}
	if d := newDirect(p, t); d != nil {
		return &Plan{direct: d, winograd: newWinograd(p, t)}, nil
	}
	return newPacking(p, t), nil
}

// newPacking plans products that pack the windows.
func newPacking(p Problem, t *simd.Tile) *Plan {
	plan := &Plan{groups: p.groups()}
	p.InChannels, p.OutChannels, p.Batch = p.InChannels/p.Groups, p.OutChannels/(p.Groups*p.BatchGroups), p.Batch/p.BatchGroups
	p, plan.padding = fewChannels(p, len(plan.groups))
	plan.problem = p
	for _, h := range p.Height.phases() {
		for _, w := range p.Width.phases() {
			plan.products = append(plan.products, newProduct(&plan.problem, h, w, t))
		}
	}
	return plan
}

// groups returns the offsets at which each group's operands begin.
func (p Problem) groups() []group {
	gs := make([]group, p.Groups*p.BatchGroups)
	out := p.OutChannels / len(gs)
	for g := range gs {
		gs[g] = group{w: g * out * p.W.Channels, y: g * out * p.Y.Channels}
		if p.Groups > 1 {
			gs[g].x = g * (p.InChannels / p.Groups) * p.X.Channels
		} else {
			gs[g].x = g * (p.Batch / p.BatchGroups) * p.X.Batch
		}
	}
	return gs
}

// Run computes y from x and w. y must not overlap them.
func (plan *Plan) Run(m *matmul.Multiplier, y, x, w []float32) { plan.run(m, y, x, w, nil) }

// run is Run; done is C.Done of the products unless it is nil, which fits requires.
func (plan *Plan) run(m *matmul.Multiplier, y, x, w []float32, done func(row, end, col, cols int)) {
	switch {
	case plan.scatter != nil:
		plan.scatter.run(m, y, x, w)
		return
	case plan.depthwise != nil:
		plan.depthwise.run(m.Pool(), y, x, w, done)
		return
	case plan.direct != nil:
		plan.direct.run(m, y, x, w, done)
		return
	}
	if plan.padding != nil {
		var free func()
		x, free = plan.padding.apply(m.Pool(), x)
		defer free()
	}
	for _, g := range plan.groups {
		for _, pr := range plan.products {
			pr.run(m, y[g.y:], x[g.x:], w[g.w:], done)
		}
	}
}
