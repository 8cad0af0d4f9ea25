package onnx

import (
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
)

// transposedOps spread values over larger maps, and sample maps at given places.
var transposedOps = map[string]operator{"ConvTranspose": convTranspose, "GridSample": gridSample}

// convTranspose is the convolution of x, with zeros between its places, with the reversed kernel
// [in, out/group, …]; what reaches beyond the padding is cut off.
func convTranspose(c *call) []value {
	x, kernel := c.input(0), c.input(1)
	dims, k := x.dims(), kernel.dims()
	groups := c.integer("group", 1)
	if len(dims) < 3 || len(k) != len(dims) || groups < 1 || dims[1] != k[0] || k[0]%groups != 0 {
		panic(unsupported("arrays of shape %v in %d groups do not go with kernels of shape %v", dims, groups, k))
	}
	n := len(dims) - 2
	ones := slices.Repeat([]int{1}, n)
	strides, dilations := c.positives("strides", n, 1, 1), c.positives("dilations", n, 1, 1)
	cuts := c.transposedCuts(dims[2:], k[2:], strides, dilations)
	pads := make([][2]int, n)
	for i := range pads {
		reach := (k[i+2] - 1) * dilations[i]
		pads[i] = [2]int{max(0, reach-cuts[i][0]), max(0, reach-cuts[i][1])}
	}
	y := convolve(c.channelsLast(x).node, c.reversedKernel(kernel, groups), ones, pads, strides, dilations, groups)
	v := value{node: y, last: true}
	for i := range n { // padding by more than the kernel reaches
		reach := (k[i+2] - 1) * dilations[i]
		before, after := max(0, cuts[i][0]-reach), max(0, cuts[i][1]-reach)
		if before+after > 0 {
			v = c.cut(v, i+2, span{before, v.dims()[i+2] - before - after, 1})
		}
	}
	if c.has(2) {
		v.node = Add(v.node, Reshape(c.node(2), lengthened([]int{k[1] * groups}, v.node.Rank())...))
	}
	return []value{v}
}

// transposedCuts is what is cut off the whole result at both ends of each axis: the padding, less
// output_padding at the end.
func (c *call) transposedCuts(in, kernel, strides, dilations []int) [][2]int {
	n := len(in)
	extra := c.positives("output_padding", n, 0, 0)
	shape, given := c.integers("output_shape")
	auto := c.text("auto_pad", "NOTSET")
	pads := make([]int, 2*n)
	if auto == "NOTSET" && !given {
		pads = c.positives("pads", 2*n, 0, 0)
	}
	if given && len(shape) != n {
		panic(bad("output_shape %v for %d axes", shape, n))
	}
	out := make([][2]int, n)
	for i := range out {
		out[i] = [2]int{pads[i], pads[n+i] - extra[i]}
		full := strides[i]*(in[i]-1) + (kernel[i]-1)*dilations[i] + 1
		total := full + extra[i] - strides[i]*in[i]
		switch {
		case given:
			total = full + extra[i] - shape[i]
		case auto == "NOTSET" || auto == "VALID":
			continue
		case auto != "SAME_UPPER" && auto != "SAME_LOWER":
			panic(unsupported("auto_pad %q", auto))
		}
		first := total - total/2
		switch {
		case total < 0: // it is lengthened at the end
			first = 0
		case auto == "SAME_UPPER":
			first = total / 2
		}
		out[i] = [2]int{first, total - first - extra[i]}
	}
	return out
}

// reversedKernel turns [in, out/group, …] into […, in/group, out], read back to front.
func (c *call) reversedKernel(v value, groups int) *Node {
	k := v.dims()
	x := Reshape(c.plain(v).node, append([]int{groups, k[0] / groups, k[1]}, k[2:]...)...)
	var perm, spatial, dims []int
	for i := range k[2:] {
		perm, spatial, dims = append(perm, 3+i), append(spatial, i), append(dims, k[2+i])
	}
	x = Reverse(transpose(x, append(perm, 1, 0, 2)), spatial...)
	return Reshape(x, append(dims, k[0]/groups, groups*k[1])...)
}

// gridSample takes values of maps [N, C, H, W] at places [N, h, w, 2], (x, y) from -1 to 1: the
// nearest, or between the four around; both may depend on the images.
func gridSample(c *call) []value {
	v, grid := c.channelsLast(c.input(0)), c.node(1)
	d, g := v.node.Shape().Dimensions, grid.Shape().Dimensions
	if len(d) != 4 || len(g) != 4 || g[0] != d[0] || g[3] != 2 {
		panic(unsupported("places of shape %v in an array of shape %v", g, v.dims()))
	}
	s := sampler{call: c, rows: Reshape(v.node, d[0]*d[1]*d[2], d[3]), dims: d, grid: g, border: c.text("padding_mode", "zeros")}
	place := func(i, n int) *Node {
		x := Reshape(SliceAxis(grid, 3, AxisElem(i)), g[0], g[1], g[2])
		if c.flag("align_corners") {
			return MulScalar(OnePlus(x), float64(n-1)/2)
		}
		return SubScalar(MulScalar(OnePlus(x), float64(n)/2), 0.5)
	}
	x, y := s.inside(place(0, d[2]), d[2]), s.inside(place(1, d[1]), d[1])
	switch mode := c.text("mode", "linear"); mode {
	case "nearest":
		return []value{{node: s.at(Round(x), Round(y)), last: true}}
	case "linear", "bilinear":
		return []value{{node: s.between(x, y), last: true}}
	default:
		panic(unsupported("mode %q", mode))
	}
}

// sampler looks rows [N·H·W, C] of maps [N, H, W, C] up.
type sampler struct {
	*call
	rows       *Node
	dims, grid []int
	border     string
}

// inside moves places beyond the border, along an axis of length n, as padding_mode says.
func (s sampler) inside(x *Node, n int) *Node {
	switch s.border {
	case "zeros":
		return x
	case "border":
		return ClipScalar(x, 0, float64(n-1))
	case "reflection":
		low, length := -0.5, float64(n)
		if s.flag("align_corners") {
			low, length = 0, float64(n-1)
		}
		if length == 0 {
			return ZerosLike(x)
		}
		from := Abs(SubScalar(x, low))
		turns := Floor(DivScalar(from, length))
		rest := Sub(from, MulScalar(turns, length))
		odd := NotEqual(turns, MulScalar(Floor(MulScalar(turns, 0.5)), 2))
		x = AddScalar(Where(odd, Neg(SubScalar(rest, length)), rest), low)
		return ClipScalar(x, 0, float64(n-1))
	}
	panic(unsupported("padding_mode %q", s.border))
}

// at are the values [N, h, w, C] at whole places, 0 beyond the border.
func (s sampler) at(x, y *Node) *Node {
	h, w := s.dims[1], s.dims[2]
	px, py := ClipScalar(x, 0, float64(w-1)), ClipScalar(y, 0, float64(h-1))
	outside := Or(NotEqual(px, x), NotEqual(py, y))
	first := make([]int, s.dims[0])
	for i := range first {
		first[i] = i * h * w
	}
	place := Add(MulScalar(ConvertDType(py, i64), w), ConvertDType(px, i64))
	place = Add(place, extend(s.device(list(first...).reshaped([]int{len(first), 1, 1})), place.Shape().Dimensions))
	values := Gather(s.rows, Reshape(place, append(slices.Clone(place.Shape().Dimensions), 1)...))
	full := values.Shape().Dimensions
	return Where(extend(Reshape(outside, append(slices.Clone(full[:3]), 1)...), full), ZerosLike(values), values)
}

// between weighs the four values around a place.
func (s sampler) between(x, y *Node) *Node {
	left, top := Floor(x), Floor(y)
	dx, dy := Sub(x, left), Sub(y, top)
	part := func(px, py, wx, wy *Node) *Node {
		w := Mul(wx, wy)
		return Mul(s.at(px, py), Reshape(w, append(slices.Clone(w.Shape().Dimensions), 1)...))
	}
	right, bottom := AddScalar(left, 1), AddScalar(top, 1)
	upper := Add(part(left, top, OneMinus(dx), OneMinus(dy)), part(right, top, dx, OneMinus(dy)))
	return Add(upper, Add(part(left, bottom, OneMinus(dx), dy), part(right, bottom, dx, dy)))
}
