package onnx

import (
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// orderOps look for the largest elements, add up along an axis, and mask triangles.
var orderOps = map[string]operator{
	"TopK": topK, "ArgMax": extreme(ArgMax), "ArgMin": extreme(ArgMin), "Hardmax": hardmax, "CumSum": cumSum, "Trilu": trilu,
}

// topK are the k largest or smallest elements along an axis, in order, and their places; of
// equal ones the first come first.
func topK(c *call) []value {
	x := c.node(0)
	a := axis(c.integer("axis", -1), x.Rank())
	k := float64(c.integer("k", 0))
	if c.n.opset >= 10 {
		k = c.number(1)
	}
	if n := x.Shape().Dimensions[a]; !(k >= 1 && k <= float64(n)) {
		panic(unsupported("%g elements of an axis of length %d", k, n))
	}
	top := TopK
	if c.integer("largest", 1) == 0 {
		top = BottomK
	}
	values, places := top(x, int(k), a)
	return []value{{node: values}, {node: ConvertDType(places, dtypes.Int64)}}
}

// extreme is the place of the largest or smallest element along an axis, of equal ones the first.
func extreme(f func(x *Node, axis int, kind ...dtypes.DType) *Node) operator {
	return func(c *call) []value {
		x := c.node(0)
		dims := slices.Clone(x.Shape().Dimensions)
		a := axis(c.integer("axis", 0), len(dims))
		places := placeOf(f, x, a, c.flag("select_last_index"))
		if c.integer("keepdims", 1) == 0 {
			return one(places)
		}
		dims[a] = 1
		return one(Reshape(places, dims...))
	}
}

// placeOf looks from the front, or from the end.
func placeOf(f func(x *Node, axis int, kind ...dtypes.DType) *Node, x *Node, a int, last bool) *Node {
	if !last {
		return f(x, a, dtypes.Int64)
	}
	from := f(Reverse(x, a), a, dtypes.Int64)
	return Neg(AddScalar(from, int64(1-x.Shape().Dimensions[a])))
}

// hardmax is 1 at the first largest element along an axis and 0 elsewhere; before operator set 13
// along that axis and all after it together.
func hardmax(c *call) []value {
	x := c.node(0)
	dims := x.Shape().Dimensions
	a := axis(c.integer("axis", -1), len(dims))
	if c.n.opset < 13 {
		a = axis(c.integer("axis", 1), len(dims))
		x, a = Reshape(x, size(dims[:a]), size(dims[a:])), 1
	}
	n := x.Shape().Dimensions[a]
	hot := OneHot(ArgMax(x, a, dtypes.Int64), n, dtypes.Float32) // the new axis is the last
	perm := []int{}
	for i := range x.Rank() {
		switch {
		case i < a:
			perm = append(perm, i)
		case i == a:
			perm = append(perm, x.Rank()-1)
		default:
			perm = append(perm, i-1)
		}
	}
	return one(Reshape(transpose(hot, perm), dims...))
}

// cumSum adds up along an axis, by a product with a triangle of ones; integers that are known
// are added up as they are.
func cumSum(c *call) []value {
	v := c.input(0)
	a := axis(int(c.number(1)), len(v.dims()))
	exclusive, reverse := c.flag("exclusive"), c.flag("reverse")
	if v.host != nil {
		return []value{{host: v.host.cumulated(a, exclusive, reverse)}}
	}
	v = c.onDevice(v)
	n := v.dims()[a]
	checkSize([]int{n, n}, maxKernel)
	ones := make([]float32, n*n)
	for i := range n {
		for j := range n {
			before := j < i || j == i && !exclusive
			if reverse {
				before = j > i || j == i && !exclusive
			}
			if before {
				ones[i*n+j] = 1
			}
		}
	}
	if v.node.DType() != dtypes.Float32 {
		panic(unsupported("%s are added up", v.node.DType()))
	}
	return []value{v.like(alongAxis(c.numbers(ones, n, n), v.node, v.at(a)))}
}

// cumulated adds integers up along an axis.
func (x *ints) cumulated(a int, exclusive, reverse bool) *ints {
	out := newInts(slices.Clone(x.dims), false)
	outer, n, inner := x.block(a)
	for o := range outer {
		for i := range inner {
			sum := int64(0)
			for k := range n {
				if reverse {
					k = n - 1 - k
				}
				at := (o*n+k)*inner + i
				if exclusive {
					out.data[at] = sum
				}
				sum += x.data[at]
				if !exclusive {
					out.data[at] = sum
				}
			}
		}
	}
	return out
}

// trilu keeps a triangle of the last two axes, above or below the k-th diagonal, and sets the
// rest to zero.
func trilu(c *call) []value {
	x := c.node(0)
	dims := x.Shape().Dimensions
	if len(dims) < 2 {
		panic(bad("an array of %d dimensions", len(dims)))
	}
	k := 0
	if c.given(1) {
		k = int(c.number(1))
	}
	r, w := dims[len(dims)-2], dims[len(dims)-1]
	mask := newInts([]int{r, w}, true)
	for i := range r {
		for j := range w {
			if c.integer("upper", 1) != 0 {
				mask.data[i*w+j] = truth(j-i >= k)
			} else {
				mask.data[i*w+j] = truth(j-i <= k)
			}
		}
	}
	return one(Where(extend(c.device(mask), dims), x, ZerosLike(x)))
}
