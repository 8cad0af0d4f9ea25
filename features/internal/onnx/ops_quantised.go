package onnx

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// quantisedOps compute with quantised numbers. A quantised value that depends on images is a
// float32 node that holds whole numbers; it is rounded and saturated as the operators say.
// They take integer weights as they are in the file.
var quantisedOps = map[string]operator{
	"QuantizeLinear": quantiseLinear, "DequantizeLinear": dequantiseLinear, "DynamicQuantizeLinear": dynamicQuantise,
	"QLinearConv": qLinearConv, "QLinearMatMul": qLinearMatMul, "ConvInteger": convInteger, "MatMulInteger": matMulInteger,
}

// quantised says that the operator is one of these.
func (n *Operation) quantised() bool {
	return quantisedOps[n.kind()] != nil || contribOps[n.kind()] != nil
}

// kindRanges are the least and the largest number of the types that are quantised to.
var kindRanges = map[DataType][2]float64{
	Uint8: {0, 255}, Int8: {-128, 127}, Uint16: {0, 65535}, Int16: {-32768, 32767}, Uint4: {0, 15}, Int4: {-8, 7},
}

// kindOf is the type of a zero point, or the given one where there is none.
func (c *call) kindOf(zero int, otherwise DataType) DataType {
	if !c.has(zero) {
		return otherwise
	}
	switch v := c.input(zero); {
	case v.weight != nil && !v.weight.Type.IsFloat():
		return v.weight.Type
	case v.host != nil && v.host.kind != 0:
		return v.host.kind
	}
	return Uint8 // DynamicQuantizeLinear gives no other
}

// whole is a value of whole numbers as a float32 node, or integer weights as float32 ones.
func (c *call) whole(v value) value {
	switch {
	case v.weight != nil && !v.weight.Type.IsFloat():
		return value{weight: c.decoded(v.weight.Dims, v.weight.int)}
	case v.host != nil:
		return value{weight: c.decoded(v.host.dims, func(i int) int64 { return v.host.data[i] })}
	case v.node != nil:
		return v.like(ConvertDType(v.node, f32))
	}
	return v
}

// decoded makes float32 weights of integers, within a budget.
func (c *call) decoded(dims []int, of func(i int) int64) *Tensor {
	n := checkSize(dims, maxElements)
	c.spendDecoded(n)
	out := make([]float32, n)
	for i := range out {
		out[i] = float32(of(i))
	}
	return &Tensor{Type: Float32, Dims: dims, floats: out}
}

func (c *call) spendDecoded(n int) {
	if c.limits.decoded -= n; c.limits.decoded < 0 {
		panic(unsupported("quantised weights are decoded more often than the file holds them"))
	}
}

// vector shapes a value of one element for each place along axis a, or of one element, so that
// it goes with an array of that rank.
func (c *call) vector(v value, a, rank int) value {
	v = c.whole(v)
	n := size(v.dims())
	dims := slices.Repeat([]int{1}, rank)
	if n > 1 {
		dims[axis(a, rank)] = n
	}
	if v.weight != nil {
		w := *v.weight
		w.Dims = dims
		return value{weight: &w}
	}
	return value{node: Reshape(c.plain(v).node, dims...)}
}

// dequantised is (x - zero)·scale; weights are computed at once.
func (c *call) dequantised(x, scale, zero int, a int) value {
	v := c.input(x)
	if w, ok := c.dequantisedWeights(v, scale, zero, a); ok {
		return value{weight: w}
	}
	if len(c.input(scale).dims()) > 1 {
		panic(unsupported("values that depend on the images are quantised in blocks"))
	}
	rank := len(v.dims())
	v = c.centred(v, zero, a)
	return c.pair(v, c.vector(c.input(scale), a, rank), Mul)
}

// centred is a value of whole numbers minus its zero point.
func (c *call) centred(v value, zero, a int) value {
	rank := len(v.dims())
	v = c.whole(v)
	if !c.has(zero) || c.isZero(zero) {
		return v
	}
	return c.pair(v, c.vector(c.input(zero), a, rank), Sub)
}

// numbered gives the elements of known whole numbers; weights that were quantised ahead hold them
// as float32.
func (c *call) numbered(v value) func(i int) int64 {
	switch {
	case v.host != nil:
		return func(i int) int64 { return v.host.data[i] }
	case v.weight != nil && v.weight.Type.IsFloat():
		return func(i int) int64 { return int64(v.weight.float(i)) }
	case v.weight != nil:
		return v.weight.int
	}
	panic(unsupported("whole numbers that are not known before images are"))
}

// isZero says that a zero point is known to be 0.
func (c *call) isZero(i int) bool {
	v := c.input(i)
	if v.node != nil || size(v.dims()) > maxInts {
		return false
	}
	whole := c.wholes(v)
	return !slices.ContainsFunc(whole, func(x int64) bool { return x != 0 })
}

// wholes are known whole numbers.
func (c *call) wholes(v value) []int64 {
	of := c.numbered(v)
	out := make([]int64, checkSize(v.dims(), maxInts))
	for i := range out {
		out[i] = of(i)
	}
	return out
}

// dequantisedWeights computes (x - zero)·scale in float32 on the host, for each place along axis
// a, for all at once, or in blocks along the axis.
func (c *call) dequantisedWeights(v value, scale, zero, a int) (*Tensor, bool) {
	known := func(v value) bool { return v.host != nil || v.weight != nil }
	if !known(v) || !known(c.input(scale)) || c.has(zero) && !known(c.input(zero)) {
		return nil, false
	}
	dims := v.dims()
	place := c.placeOf(dims, c.input(scale).dims(), a)
	scales := c.floats(scale)
	var zeros []int64
	if c.has(zero) && !c.isZero(zero) {
		if zeros = c.wholes(c.input(zero)); len(zeros) != len(scales) {
			panic(bad("%d zero points for %d scales", len(zeros), len(scales)))
		}
	}
	of := c.numbered(v)
	w := c.decoded(dims, of)
	for i := range w.floats {
		p := place(i)
		if zeros != nil {
			w.floats[i] = float32(of(i) - zeros[p])
		}
		w.floats[i] *= scales[p]
	}
	return w, true
}

// placeOf says which scale belongs to element i of an array.
func (c *call) placeOf(dims, scales []int, a int) func(i int) int {
	n := size(scales)
	if n == 1 && len(scales) <= 1 {
		return func(int) int { return 0 }
	}
	a = axis(a, len(dims))
	inner, length := size(dims[a+1:]), dims[a]
	if len(scales) == 1 {
		if n != length {
			panic(bad("%d scales for an axis of length %d", n, length))
		}
		return func(i int) int { return i / inner % length }
	}
	block := c.integer("block_size", 0)
	if block < 1 || len(scales) != len(dims) || scales[a] != (length+block-1)/block || !sameBut(scales, dims, a) {
		panic(bad("scales of shape %v for an array of shape %v in blocks of %d", scales, dims, block))
	}
	return func(i int) int {
		return (i/(inner*length)*scales[a]+i/inner%length/block)*inner + i%inner
	}
}

// quantise is round(x/scale) + zero, held within the type's range; round is to the nearest, of
// two to the even one.
func (c *call) quantise(v value, scale, zero, a int, kind DataType) value {
	limits, ok := kindRanges[kind]
	if !ok {
		panic(unsupported("it quantises to %s", kind))
	}
	if len(c.input(scale).dims()) > 1 {
		panic(unsupported("values that depend on the images are quantised in blocks"))
	}
	rank := len(v.dims())
	v = c.pair(v, c.vector(c.input(scale), a, rank), Div)
	return c.saturated(v, zero, a, limits)
}

// saturated rounds, adds the zero point and holds the result within limits.
func (c *call) saturated(v value, zero, a int, limits [2]float64) value {
	v = v.like(Round(v.node))
	if c.has(zero) && !c.isZero(zero) {
		v = c.pair(v, c.vector(c.input(zero), a, len(v.dims())), Add)
	}
	return v.like(ClipScalar(v.node, limits[0], limits[1]))
}

func quantiseLinear(c *call) []value {
	kind := c.kindOf(2, Uint8)
	if a, ok := c.attribute("output_dtype"); ok && a.i != 0 {
		kind = DataType(a.i)
	}
	x := c.input(0)
	if x.host != nil {
		x = c.whole(x)
	}
	return []value{c.quantise(c.onDevice(x), 1, 2, c.integer("axis", 1), kind)}
}

func dequantiseLinear(c *call) []value { return []value{c.dequantised(0, 1, 2, c.integer("axis", 1))} }

// dynamicQuantise takes scale and zero point from the least and largest value, over the batch too.
func dynamicQuantise(c *call) []value {
	v := c.onDevice(c.input(0))
	least, most := MinScalar(ReduceAllMin(v.node), 0), MaxScalar(ReduceAllMax(v.node), 0)
	scale := DivScalar(Sub(most, least), 255)
	scale = Where(Equal(scale, ZerosLike(scale)), OnesLike(scale), scale)
	zero := ClipScalar(Round(Neg(Div(least, scale))), 0, 255)
	y := ClipScalar(Add(Round(Div(v.node, scale)), zero), 0, 255)
	return []value{v.like(y), {node: scale}, {node: zero}}
}
