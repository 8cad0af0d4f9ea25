package engine

import (
	"slices"
	"sync/atomic"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/pkg/errors"

	"repbench/backends/cpu/internal/conv"
	"repbench/backends/cpu/internal/strided"
)

// convArgs are the arguments of ConvGeneral.
type convArgs struct {
	axes                            compute.ConvolveAxesConfig
	strides                         []int
	paddings                        [][2]int
	inputDilations, kernelDilations []int
	groups, batchGroups             int
	reversed                        []bool // per spatial axis: the kernel is read back to front
}

// lowerConv lowers a float32 convolution with one or two spatial axes. A kernel that an earlier
// operation reverses is read back to front instead.
func lowerConv(c *compiler, op *Op) (bool, error) {
	a, w, ok := convArgsOf(op)
	if !ok {
		return false, nil
	}
	x, y, tile := op.inputs[0], op.outputs[0], c.program.backend.multiplier.Tile()
	p := a.problem(x.shape, w.shape, y.shape)
	p.Alone = c.fn.alone
	p.Y = stretchedRows(p.Y, columns(y), c.resultWidth(y))
	plan, err := conv.NewPlan(p, tile)
	if err != nil {
		return c.convDense(op, w, a)
	}
	if src, ok := c.source(w, p.W, a.kernel); ok {
		in, err := c.convInput(x, plan, &p)
		if err != nil {
			return false, err
		}
		if in.width != columns(x) {
			if plan, err = conv.NewPlan(p, tile); err != nil {
				return false, err
			}
		}
		return true, c.packedStep("ConvGeneral", plan, c.hosted(y), in, src)
	}
	reads, err := c.valuesOf([]*Node{x, w})
	if err != nil {
		return false, err
	}
	c.convStep(plan, c.hosted(y), reads[0], reads[1])
	return true, nil
}

// convArgsOf returns the arguments of ConvGeneral and its kernel, before it is reversed; false if
// lowerConv does not support it.
func convArgsOf(op *Op) (convArgs, *Node, bool) {
	a := convArgs{
		axes: op.args[0].(compute.ConvolveAxesConfig), strides: op.args[1].([]int), paddings: op.args[2].([][2]int),
		inputDilations: op.args[3].([]int), kernelDilations: op.args[4].([]int),
		groups: op.args[5].(int), batchGroups: op.args[6].(int),
	}
	spatial := len(a.axes.InputSpatial)
	x, w, y := op.inputs[0], op.inputs[1], op.outputs[0]
	if spatial < 1 || spatial > 2 || !allFloat32(x, w, y) || x.shape.Size() == 0 || w.shape.Size() == 0 || y.shape.Size() == 0 {
		return a, w, false
	}
	w, a.reversed = withoutReverse(w, a.axes.KernelSpatial)
	return a, w, true
}

// convInput returns where the input of a plan lies, and gives the problem its strides. The direct
// form reads an input that is part of a wider value where it is; others get a copy.
func (c *compiler) convInput(x *Node, plan *conv.Plan, p *conv.Problem) (located, error) {
	part, ok := c.parts[x]
	if !ok || !plan.Direct() || p.X.Channels != 1 {
		v, err := c.value(x)
		return located{value: v, width: columns(x)}, err
	}
	p.X = stretchedRows(p.X, columns(x), part.width)
	return c.located(x)
}

// stretchedRows returns the strides of a dense array whose rows of channels are then width apart.
func stretchedRows(s conv.Strides, columns, width int) conv.Strides {
	if width == columns {
		return s
	}
	return conv.Strides{Batch: s.Batch / columns * width, Height: s.Height / columns * width, Width: s.Width / columns * width, Channels: s.Channels}
}

// convolvesDirectly reports whether n is a convolution with constant weights in the direct form,
// whose last axis is its channels: it may write rows that are not side by side.
func (c *compiler) convolvesDirectly(n *Node) bool {
	if n.op.kind != compute.OpTypeConvGeneral {
		return false
	}
	a, w, ok := convArgsOf(n.op)
	if _, folded := c.folded[w]; !ok || !folded || a.axes.OutputChannels != n.shape.Rank()-1 {
		return false
	}
	plan, err := conv.NewPlan(a.problem(n.op.inputs[0].shape, w.shape, n.shape), c.program.backend.multiplier.Tile())
	return err == nil && plan.Direct()
}

// packedStep emits a convolution, or a product that is planned as one, with constant weights,
// which are packed by load. With an epilogue y must be dense, with channels last.
func (c *compiler) packedStep(name string, plan *conv.Plan, y product, x located, w conv.Source) error {
	packed, tasks, err := plan.Load(c.program.backend.multiplier, w, c.program.store.Floats)
	if err != nil {
		return errors.WithMessage(err, "cpu")
	}
	c.loading = append(c.loading, tasks...)
	c.do(step{name: y.name(name), reads: append([]*value{x.value}, y.reads()...), writes: y.writes(), run: func(f *frame) error {
		plan.RunPacked(f.backend.multiplier, y.floats(f), x.floats(f), packed, y.done(f))
		return nil
	}})
	return nil
}

// load packs all constant weights, on all threads.
func (c *compiler) load() error {
	errs := make([]error, len(c.loading))
	var failed atomic.Bool
	c.program.backend.pool.Run(len(errs), func(i int) {
		if !failed.Load() {
			if errs[i] = c.loading[i](); errs[i] != nil {
				failed.Store(true)
			}
		}
	})
	c.loading = nil
	for _, err := range errs {
		if err != nil {
			return errors.WithMessage(err, "cpu: weights")
		}
	}
	return nil
}

// convStep emits a convolution. With an epilogue y must be dense, with channels last.
func (c *compiler) convStep(plan *conv.Plan, y product, x, w *value) {
	c.do(step{name: y.name("ConvGeneral"), reads: append([]*value{x, w}, y.reads()...), writes: y.writes(), run: func(f *frame) error {
		if done := y.done(f); done != nil {
			plan.RunThen(f.backend.multiplier, y.floats(f), f.floats(x), f.floats(w), done)
		} else {
			plan.Run(f.backend.multiplier, y.floats(f), f.floats(x), f.floats(w))
		}
		return nil
	}})
}

// withoutReverse returns the input of a reversal of spatial axes, and which axes are reversed.
func withoutReverse(w *Node, spatial []int) (*Node, []bool) {
	reversed := make([]bool, len(spatial))
	if w.op.kind != compute.OpTypeReverse {
		return w, reversed
	}
	for _, axis := range w.op.args[0].([]int) {
		i := slices.Index(spatial, axis)
		if i < 0 {
			return w, make([]bool, len(spatial))
		}
		reversed[i] = !reversed[i]
	}
	return w.op.inputs[0], reversed
}

func allFloat32(ns ...*Node) bool {
	for _, n := range ns {
		if n.shape.DType != dtypes.Float32 {
			return false
		}
	}
	return true
}

// problem describes the convolution of dense arrays of the given shapes.
func (a convArgs) problem(x, w, y shapes.Shape) conv.Problem {
	p := conv.Problem{
		Batch: x.Dimensions[a.axes.InputBatch], InChannels: x.Dimensions[a.axes.InputChannels],
		OutChannels: y.Dimensions[a.axes.OutputChannels],
		Height:      conv.Axis{In: 1, Kernel: 1, Out: 1}, Width: conv.Axis{In: 1, Kernel: 1, Out: 1},
		Groups: a.groups, BatchGroups: a.batchGroups,
	}
	xs, ws, ys := view(x).Strides, view(w).Strides, view(y).Strides
	p.X = conv.Strides{Batch: xs[a.axes.InputBatch], Channels: xs[a.axes.InputChannels]}
	p.W = a.kernel(ws)
	p.Y = conv.Strides{Batch: ys[a.axes.OutputBatch], Channels: ys[a.axes.OutputChannels]}
	for i := range a.axes.InputSpatial {
		xa, wa, ya := a.axes.InputSpatial[i], a.axes.KernelSpatial[i], a.axes.OutputSpatial[i]
		axis := conv.Axis{
			In: x.Dimensions[xa], Kernel: w.Dimensions[wa], Out: y.Dimensions[ya],
			Stride: pick(a.strides, i), InDilation: pick(a.inputDilations, i), KernelDilation: pick(a.kernelDilations, i),
			Reverse: a.reversed[i],
		}
		if len(a.paddings) > 0 {
			axis.Padding = a.paddings[i][0]
		}
		if i == len(a.axes.InputSpatial)-1 {
			p.Width, p.X.Width, p.Y.Width = axis, xs[xa], ys[ya]
		} else {
			p.Height, p.X.Height, p.Y.Height = axis, xs[xa], ys[ya]
		}
	}
	return p
}

// kernel sorts the distances between neighbours on the axes of a kernel.
func (a convArgs) kernel(axes []int) conv.Strides {
	s := conv.Strides{Batch: axes[a.axes.KernelInputChannels], Channels: axes[a.axes.KernelOutputChannels]}
	spatial := a.axes.KernelSpatial
	s.Width = axes[spatial[len(spatial)-1]]
	if len(spatial) > 1 {
		s.Height = axes[spatial[0]]
	}
	return s
}

// pick returns element i of an optional list; 0 means the default.
func pick(list []int, i int) int {
	if len(list) == 0 {
		return 0
	}
	return list[i]
}

// convDense lowers a convolution whose arrays do not have the layout that package conv needs.
// It copies them to channels-last order and moves the result back.
func (c *compiler) convDense(op *Op, w *Node, a convArgs) (bool, error) {
	x, y := op.inputs[0], op.outputs[0]
	axes := a.axes
	xOrder := order(axes.InputBatch, axes.InputSpatial, axes.InputChannels)
	wOrder := append(slices.Clone(axes.KernelSpatial), axes.KernelInputChannels, axes.KernelOutputChannels)
	yOrder := order(axes.OutputBatch, axes.OutputSpatial, axes.OutputChannels)
	spatial, kernel := sequence(1, len(axes.InputSpatial)), sequence(0, len(axes.InputSpatial))
	n := len(spatial)
	a.axes = compute.ConvolveAxesConfig{
		InputBatch: 0, InputSpatial: spatial, InputChannels: n + 1,
		KernelSpatial: kernel, KernelInputChannels: n, KernelOutputChannels: n + 1,
		OutputBatch: 0, OutputSpatial: spatial, OutputChannels: n + 1,
	}
	plan, err := conv.NewPlan(a.problem(permuted(x.shape, xOrder), permuted(w.shape, wOrder), permuted(y.shape, yOrder)),
		c.program.backend.multiplier.Tile())
	if err != nil {
		return false, nil
	}
	reads, err := c.valuesOf([]*Node{x, w})
	if err != nil {
		return false, err
	}
	xs, ws := c.permute(reads[0], x.shape, xOrder), c.permute(reads[1], w.shape, wOrder)
	ys := c.scratch(size(y.shape))
	c.convStep(plan, product{located: located{value: ys}}, xs, ws)
	back := strided.Layout{Strides: permuteInts(view(y.shape).Strides, yOrder)}
	dims := permuted(y.shape, yOrder).Dimensions
	c.copyStep("ConvGeneral layout", c.newValue(y, inArena), ys, strided.Plan(dims, back, strided.Dense(dims), 4))
	return true, nil
}

func order(first int, middle []int, last int) []int {
	return append(append([]int{first}, middle...), last)
}

func sequence(from, n int) []int {
	s := make([]int, n)
	for i := range s {
		s[i] = from + i
	}
	return s
}

func permuteInts(x, order []int) []int {
	p := make([]int, len(order))
	for i, axis := range order {
		p[i] = x[axis]
	}
	return p
}

func permuted(s shapes.Shape, order []int) shapes.Shape {
	return shapes.Make(s.DType, permuteInts(s.Dimensions, order)...)
}

// permute copies a float32 value into the given order of its axes.
func (c *compiler) permute(x *value, s shapes.Shape, order []int) *value {
	dims := permuteInts(s.Dimensions, order)
	from := strided.Layout{Strides: permuteInts(view(s).Strides, order)}
	dst := c.scratch(x.bytes)
	c.copyStep("layout", dst, x, strided.Plan(dims, strided.Dense(dims), from, 4))
	return dst
}
