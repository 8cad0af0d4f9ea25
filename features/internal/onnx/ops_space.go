package onnx

import (
	"slices"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

// spaceOps move between channels and places, and normalise over windows.
var spaceOps = map[string]operator{
	"DepthToSpace": depthToSpace, "SpaceToDepth": spaceToDepth, "LRN": localResponse,
	"LpPool": lpPool, "GlobalLpPool": globalLp, "CenterCropPad": centerCropPad,
}

// blocks reads the side of a block, for an array [N, C, H, W].
func (c *call) blocks() (x *Node, dims []int, b int) {
	x = c.node(0)
	dims, b = x.Shape().Dimensions, c.integer("blocksize", 0)
	if len(dims) != 4 || b < 1 || b > 1<<16 {
		panic(unsupported("blocks of %d in an array of shape %v", b, dims))
	}
	return x, dims, b
}

// depthToSpace spreads groups of channels over blocks of places.
func depthToSpace(c *call) []value {
	x, d, b := c.blocks()
	if d[1]%(b*b) != 0 {
		panic(bad("%d channels in blocks of %d by %d", d[1], b, b))
	}
	deep := d[1] / (b * b)
	if c.text("mode", "DCR") == "CRD" {
		x = transpose(Reshape(x, d[0], deep, b, b, d[2], d[3]), []int{0, 1, 4, 2, 5, 3})
	} else {
		x = transpose(Reshape(x, d[0], b, b, deep, d[2], d[3]), []int{0, 3, 4, 1, 5, 2})
	}
	return one(Reshape(x, d[0], deep, d[2]*b, d[3]*b))
}

// spaceToDepth gathers blocks of places in channels.
func spaceToDepth(c *call) []value {
	x, d, b := c.blocks()
	if d[2]%b != 0 || d[3]%b != 0 {
		panic(bad("blocks of %d in an array of shape %v", b, d))
	}
	x = transpose(Reshape(x, d[0], d[1], d[2]/b, b, d[3]/b, b), []int{0, 3, 5, 1, 2, 4})
	return one(Reshape(x, d[0], d[1]*b*b, d[2]/b, d[3]/b))
}

// localResponse divides by (bias + alpha/size · sum of squares over neighbouring channels)^beta.
func localResponse(c *call) []value {
	v := c.onDevice(c.input(0))
	n := c.integer("size", 0)
	if v.node.Rank() < 3 || n < 1 || n > 1<<16 {
		panic(unsupported("it joins %d channels of an array of shape %v", n, v.dims()))
	}
	at := v.at(1)
	ones := func() []int { return slices.Repeat([]int{1}, v.node.Rank()) }
	window, pads := ones(), make([][2]int, v.node.Rank())
	window[at], pads[at] = n, [2]int{(n - 1) / 2, n / 2}
	sums := BackendReduceWindow(Square(v.node), compute.ReduceOpSum, window, ones(), nil, ones(), pads)
	base := AddScalar(MulScalar(sums, c.float("alpha", 1e-4)/float64(n)), c.float("bias", 1))
	return []value{v.like(Div(v.node, PowScalar(base, c.float("beta", 0.75))))}
}

// raised is |x|^p, and the root that undoes it.
func (c *call) raised() (power, root func(x *Node) *Node) {
	p := float64(c.integer("p", 2))
	if p < 1 {
		panic(bad("p is %g", p))
	}
	if p == 2 {
		return Square, Sqrt
	}
	if p == 1 {
		return Abs, func(x *Node) *Node { return x }
	}
	return func(x *Node) *Node { return PowScalar(Abs(x), p) }, func(x *Node) *Node { return PowScalar(x, 1/p) }
}

// lpPool is the p-norm of each window.
func lpPool(c *call) []value {
	x, w := c.poolWindow()
	power, root := c.raised()
	return []value{x.like(root(w.reduce(power(x.node), compute.ReduceOpSum)))}
}

// globalLp is the p-norm over all places.
func globalLp(c *call) []value {
	power, root := c.raised()
	return global(func(x *Node, axes ...int) *Node { return root(ReduceSum(power(x), axes...)) })(c)
}

// centerCropPad cuts or pads axes around their middle; of an odd difference the extra element is
// at the end.
func centerCropPad(c *call) []value {
	v := c.onDevice(c.input(0))
	rank := len(v.dims())
	want := c.known(1).values()
	axes, ok := c.integers("axes")
	if !ok {
		for a := range rank {
			axes = append(axes, a)
		}
	}
	if len(axes) != len(want) {
		panic(bad("%d lengths for %d axes", len(want), len(axes)))
	}
	config := make([]compute.PadAxis, rank)
	for i, a := range axes {
		a = axis(a, rank)
		switch n := v.dims()[a]; {
		case want[i] < 1 || want[i] > maxInts:
			panic(unsupported("a length of %d", want[i]))
		case want[i] < n:
			v = c.cut(v, a, span{(n - want[i]) / 2, want[i], 1})
		default:
			config[v.at(a)] = compute.PadAxis{Start: (want[i] - n) / 2, End: (want[i] - n + 1) / 2}
		}
	}
	return []value{v.like(Pad(v.node, ScalarZero(c.graph, v.node.DType()), config...))}
}
