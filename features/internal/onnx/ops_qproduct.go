package onnx

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

const (
	f32 = dtypes.Float32
	i64 = dtypes.Int64
)

// exactFloats is how far float32 holds every whole number.
const exactFloats = 1 << 24

// product multiplies whole numbers x, of at most 255 (8-bit numbers without their zero point), by
// known whole numbers, so that a sum of n products is exact: where float32 would not hold every
// sum, the weights are 16·high + low, and only their joined sums are rounded, once.
func (c *call) product(x, weights value, n int, times func(x, w value) value) value {
	w := weights.weight
	if w == nil {
		return times(x, weights)
	}
	most := float32(0)
	for _, v := range w.floats {
		most = max(most, v, -v)
	}
	w.whole = true
	if 255*float64(most)*float64(n) <= exactFloats {
		return times(x, weights)
	}
	c.spendDecoded(w.Size())
	part := func() *Tensor {
		return &Tensor{Type: Float32, Dims: w.Dims, floats: make([]float32, w.Size()), whole: true}
	}
	high, low := part(), part()
	for i, v := range w.floats {
		h := int(v) >> 4
		high.floats[i], low.floats[i] = float32(h), v-float32(16*h)
	}
	a := times(x, value{weight: high})
	return c.pair(a.like(MulScalar(a.node, 16)), times(x, value{weight: low}), Add)
}

// centredWeights is input i minus its zero points along axis a, on the host where they are known.
func (c *call) centredWeights(i, zero, a int) value {
	v := c.input(i)
	if v.node != nil || c.has(zero) && c.input(zero).node != nil {
		return c.centred(v, zero, a)
	}
	w := c.whole(v).weight
	if !c.has(zero) || c.isZero(zero) {
		return value{weight: w}
	}
	zeros := c.wholes(c.input(zero))
	place := c.placeOf(w.Dims, c.input(zero).dims(), a)
	for k := range w.floats {
		w.floats[k] -= float32(zeros[place(k)])
	}
	return value{weight: w}
}

// sums is the convolution of inputs x and w without their zero points, in whole numbers.
func (c *call) sums(x, xZero, w, wZero int) value {
	n := 1
	for i, d := range c.input(w).dims() {
		if i > 0 {
			n *= d
		}
	}
	return c.product(c.centred(c.input(x), xZero, 0), c.centredWeights(w, wZero, 0), n, func(x, w value) value {
		n := &Operation{Name: c.n.Name, Op: "Conv", Inputs: []string{"x", "w"}, Outputs: c.n.Outputs[:1], attributes: c.n.attributes, opset: c.n.opset}
		return conv(&call{builder: c.builder, n: n, in: []value{x, w}})[0]
	})
}

func convInteger(c *call) []value { return []value{c.sums(0, 2, 1, 3)} }

// matrices is the product of inputs a and b without their zero points, in whole numbers; those of
// a are one or one for each row, those of b one or one for each column.
func (c *call) matrices(a, aZero, b, bZero int) value {
	d := c.input(b).dims()
	if len(d) < 2 || len(c.input(a).dims()) < 2 {
		panic(unsupported("it multiplies arrays of %d and %d dimensions", len(c.input(a).dims()), len(d)))
	}
	return c.product(c.centred(c.input(a), aZero, -2), c.centredWeights(b, bZero, -1), d[len(d)-2], func(x, w value) value {
		return value{node: MatMul(c.plain(x).node, c.plain(w).node)}
	})
}

func matMulInteger(c *call) []value { return []value{c.matrices(0, 2, 1, 3)} }

// rescaled turns sums with the scale of inputs x·w into numbers with the scale of input y.
func (c *call) rescaled(v value, x, w, y, yZero, a int) []value {
	rank := len(v.dims())
	scale := func(i, along int) value { return c.vector(c.input(i), along, rank) }
	factor := c.pair(c.pair(scale(x, 0), scale(w, a), Mul), scale(y, 0), Div)
	limits, ok := kindRanges[c.kindOf(yZero, Uint8)]
	if !ok {
		panic(unsupported("it quantises to %s", c.kindOf(yZero, Uint8)))
	}
	return []value{c.saturated(c.pair(v, factor, Mul), yZero, 0, limits)}
}

// qLinearConv has a bias of whole numbers with the scale of the products.
func qLinearConv(c *call) []value {
	v := c.sums(0, 2, 3, 5)
	if c.has(8) {
		v = c.pair(v, c.vector(c.input(8), 1, len(v.dims())), Add)
	}
	return c.rescaled(v, 1, 4, 6, 7, 1)
}

func qLinearMatMul(c *call) []value { return c.rescaled(c.matrices(0, 2, 3, 5), 1, 4, 6, 7, -1) }
