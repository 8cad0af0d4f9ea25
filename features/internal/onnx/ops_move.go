package onnx

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// moveOps rearrange, pick and make values.
var moveOps = map[string]operator{
	"Reshape": reshape, "Flatten": flatten, "Squeeze": squeeze, "Unsqueeze": unsqueeze, "Transpose": transposeOp,
	"Concat": concatenate, "Split": split, "Slice": slice, "Gather": gather, "Pad": pad, "Expand": expandOp, "Tile": tile,
	"Shape": shapeOf, "Size": sizeOf, "Constant": constant, "ConstantOfShape": constantOfShape,
}

// reshaped is input 0 in the file's order of axes with other dimensions.
func (c *call) reshaped(dims []int) []value {
	if v, ok := reshapedLast(c.input(0), dims); ok {
		return []value{v}
	}
	x := c.node(0)
	if checkSize(dims, maxElements) != x.Shape().Size() {
		panic(unsupported("an array of shape %v cannot take the shape %v; if the first length is the size of the batch, the file was exported for one batch size only: try --batch %d, or export it with a dynamic batch axis",
			x.Shape().Dimensions, dims, max(1, dims[0])))
	}
	return one(Reshape(x, dims...))
}

func reshape(c *call) []value {
	return c.reshaped(newShape(c.input(0).dims(), c.known(1).values(), c.flag("allowzero")))
}

// newShape resolves the 0 (the old length) and the -1 (what is left) of Reshape.
func newShape(old, want []int, zeroIsZero bool) []int {
	out := slices.Clone(want)
	open, rest := -1, 1
	for i, d := range out {
		switch {
		case d == 0 && !zeroIsZero && i < len(old):
			out[i] = old[i]
		case d == -1 && open < 0:
			open = i
			continue
		case d < 0:
			panic(unsupported("shape %v", want))
		}
		rest = checkSize([]int{rest, out[i]}, maxElements)
	}
	if open >= 0 {
		if rest == 0 || size(old)%rest != 0 {
			panic(unsupported("an array of shape %v cannot take the shape %v", old, want))
		}
		out[open] = size(old) / rest
	}
	return out
}

func flatten(c *call) []value { return c.reshaped(flattened(c.input(0).dims(), c.integer("axis", 1))) }

// flattened are the two dimensions of an array cut before an axis, which may be
// the rank itself.
func flattened(dims []int, at int) []int {
	if at != len(dims) {
		at = axis(at, len(dims))
	}
	return []int{size(dims[:at]), size(dims[at:])}
}

func squeeze(c *call) []value { return c.reshaped(c.squeezed()) }

// squeezed drops the listed axes, or all of length 1.
func (c *call) squeezed() []int {
	dims := c.input(0).dims()
	axes, listed := c.listed("axes", 1)
	for i := range axes {
		axes[i] = axis(axes[i], len(dims))
	}
	out := []int{}
	for a, d := range dims {
		switch drop := slices.Contains(axes, a); {
		case drop && d != 1:
			panic(bad("axis %d of shape %v is dropped, but is not of length 1", a, dims))
		case !drop && (listed || d != 1):
			out = append(out, d)
		}
	}
	return out
}

func unsqueeze(c *call) []value { return c.reshaped(c.unsqueezed()) }

// unsqueezed inserts axes of length 1 at places of the result.
func (c *call) unsqueezed() []int {
	dims := c.input(0).dims()
	axes, _ := c.listed("axes", 1)
	rank := len(dims) + len(axes)
	if rank > maxRank {
		panic(unsupported("%d dimensions are more than %d", rank, maxRank))
	}
	for i := range axes {
		axes[i] = axis(axes[i], rank)
	}
	out := []int{}
	for a := range rank {
		if slices.Contains(axes, a) || len(dims) == 0 {
			out = append(out, 1)
			continue
		}
		out, dims = append(out, dims[0]), dims[1:]
	}
	return out
}

// transposeOp permutes axes; the axes of a node with channels last are permuted
// only once.
func transposeOp(c *call) []value {
	v := c.onDevice(c.input(0))
	perm := c.permutation(v.node.Rank())
	if v, ok := shuffled(v, perm); ok {
		return []value{v}
	}
	for i, p := range perm {
		perm[i] = v.at(p)
	}
	return one(transpose(v.node, perm))
}

// permutation is the attribute perm; left out, it turns the axes round.
func (c *call) permutation(rank int) []int {
	perm, ok := c.integers("perm")
	if !ok {
		for a := range rank {
			perm = append(perm, rank-1-a)
		}
		return perm
	}
	if len(perm) != rank {
		panic(bad("perm %v of an array with %d dimensions", perm, rank))
	}
	for a := range rank {
		if !slices.Contains(perm, a) {
			panic(bad("perm %v is no permutation", perm))
		}
	}
	return perm
}

func concatenate(c *call) []value {
	if len(c.in) == 0 {
		panic(bad("nothing is joined"))
	}
	rank := len(c.input(0).dims())
	for i := range c.in {
		if len(c.input(i).dims()) != rank {
			panic(unsupported("arrays of %d and %d dimensions are joined", rank, len(c.input(i).dims())))
		}
	}
	a := axis(c.integer("axis", 0), rank)
	vs := c.aligned(c.in...)
	nodes := make([]*Node, len(vs))
	for i, v := range vs {
		nodes[i] = v.node
	}
	return []value{vs[0].like(Concatenate(nodes, vs[0].at(a)))}
}

// split cuts along an axis, into the listed lengths or equal ones, of which the
// last may be shorter.
func split(c *call) []value {
	v := c.input(0)
	a := axis(c.integer("axis", 0), len(v.dims()))
	n := v.dims()[a]
	lengths, ok := c.listed("split", 1)
	if !ok {
		parts := len(c.n.Outputs)
		for i := range parts {
			each := (n + parts - 1) / parts
			lengths = append(lengths, min(each, n-i*each))
		}
	}
	var out []value
	from := 0
	for _, d := range lengths {
		if d < 0 || from+d > n {
			panic(unsupported("an axis of length %d is cut into %v", n, lengths))
		}
		out = append(out, c.cut(v, a, span{from, d, 1}))
		from += d
	}
	return out
}

// span picks n places of an axis: from, from+step, ….
type span struct{ from, n, step int }

// spanOf resolves start, end and step of Slice as NumPy does.
func spanOf(length, start, end, step int) span {
	if step == 0 {
		panic(bad("a step of 0"))
	}
	lo, hi := 0, length
	if step < 0 {
		lo, hi = -1, length-1
	}
	bound := func(i int) int {
		if i < 0 {
			i += length
		}
		return min(max(i, lo), hi)
	}
	from, to := bound(start), bound(end)
	n := (to - from + step - 1) / step
	if step < 0 {
		n = (to - from + step + 1) / step
	}
	return span{from, max(0, n), step}
}

func (s span) places() []int {
	out := make([]int, s.n)
	for i := range out {
		out[i] = s.from + i*s.step
	}
	return out
}

// cut takes a span of an axis.
func (c *call) cut(v value, a int, s span) value {
	if v.host != nil {
		return value{host: v.host.take(a, s.places())}
	}
	if s.n == 0 {
		panic(unsupported("a part of length 0 is cut out"))
	}
	v = c.onDevice(v)
	at := v.at(a)
	if s.step < 0 {
		s.from, s.step = v.dims()[a]-1-s.from, -s.step
		v = v.like(Reverse(v.node, at))
	}
	return v.like(SliceAxis(v.node, at, AxisRange(s.from, s.from+(s.n-1)*s.step+1).Stride(s.step)))
}

// slice cuts along axes one after another; before operator set 10 the bounds are
// attributes.
func slice(c *call) []value {
	v := c.input(0)
	rank := len(v.dims())
	starts, _ := c.listed("starts", 1)
	ends, _ := c.listed("ends", 2)
	axes, ok := c.listed("axes", 3)
	if !ok {
		for a := range starts {
			axes = append(axes, a)
		}
	}
	steps := slices.Repeat([]int{1}, len(starts))
	if c.has(4) {
		steps = c.known(4).values()
	}
	if len(ends) != len(starts) || len(axes) != len(starts) || len(steps) != len(starts) {
		panic(bad("starts %v, ends %v, axes %v and steps %v differ in number", starts, ends, axes, steps))
	}
	for i, a := range axes {
		a = axis(a, rank)
		n := v.dims()[a]
		if s := spanOf(n, starts[i], ends[i], steps[i]); s != (span{0, n, 1}) {
			v = c.cut(v, a, s)
		}
	}
	return []value{v}
}

// indices are input 1, counted from the front of an axis of length n.
func (c *call) indices(n int) *ints {
	in := c.known(1)
	out := in
	for i, v := range in.data {
		p := int64(counted(v, n))
		if p == v {
			continue
		}
		if out == in {
			out = &ints{dims: in.dims, data: slices.Clone(in.data)}
		}
		out.data[i] = p
	}
	return out
}

func expandOp(c *call) []value {
	x := c.node(0)
	return one(extend(x, broadcastDims(x.Shape().Dimensions, c.known(1).values())))
}

// tile repeats an array along its axes.
func tile(c *call) []value {
	x := c.node(0)
	dims, times := x.Shape().Dimensions, c.known(1).values()
	if len(times) != len(dims) {
		panic(bad("%d axes are repeated %v times", len(dims), times))
	}
	var apart, full, out []int
	for i, d := range dims {
		apart, full = append(apart, 1, d), append(full, times[i], d)
		out = append(out, checkSize([]int{times[i], d}, maxElements))
	}
	checkSize(out, maxElements)
	return one(Reshape(BroadcastToDims(Reshape(x, apart...), full...), out...))
}

// shapeOf is known whatever the value is; start and end cut it.
func shapeOf(c *call) []value {
	dims := c.input(0).dims()
	s := spanOf(len(dims), c.integer("start", 0), c.integer("end", len(dims)), 1)
	return []value{{host: list(dims[s.from : s.from+s.n]...)}}
}

func sizeOf(c *call) []value {
	n := newInts(nil, false)
	n.data[0] = int64(size(c.input(0).dims()))
	return []value{{host: n}}
}

// constant is one of several attributes.
func constant(c *call) []value {
	if a, ok := c.attribute("value"); ok && a.t != nil {
		return []value{c.settle(value{weight: a.t})}
	}
	if a, ok := c.attribute("value_int"); ok {
		return []value{{host: &ints{data: []int64{a.i}}}}
	}
	if a, ok := c.attribute("value_ints"); ok {
		return []value{{host: &ints{dims: []int{len(a.ints)}, data: a.ints}}}
	}
	if a, ok := c.attribute("value_float"); ok {
		return []value{{weight: &Tensor{Type: Float32, floats: []float32{a.f}}}}
	}
	if a, ok := c.attribute("value_floats"); ok {
		return []value{{weight: &Tensor{Type: Float32, Dims: []int{len(a.floats)}, floats: a.floats}}}
	}
	panic(unsupported("a constant of another kind than numbers"))
}

// constantOfShape fills a shape with one number, 0 unless it is given.
func constantOfShape(c *call) []value {
	dims := c.known(0).values()
	a, ok := c.attribute("value")
	if !ok || a.t == nil {
		return one(BroadcastToDims(ScalarZero(c.graph, dtypes.Float32), filled(dims)...))
	}
	if a.t.Size() != 1 {
		panic(bad("its value has %d elements", a.t.Size()))
	}
	if a.t.Type.IsFloat() {
		number := Const(c.graph, tensors.FromScalar(a.t.float(0)))
		return one(BroadcastToDims(number, filled(dims)...))
	}
	out := newInts(dims, a.t.Type == Bool)
	for i := range out.data {
		out.data[i] = a.t.Ints()[0]
	}
	return []value{{host: out}}
}

// filled checks dimensions of something on the device.
func filled(dims []int) []int {
	if checkSize(dims, maxElements) == 0 {
		panic(unsupported("an empty array of shape %v", dims))
	}
	return dims
}
