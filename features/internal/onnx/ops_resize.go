package onnx

import (
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

// resizeOps resample arrays along their axes.
var resizeOps = map[string]operator{"Resize": resize, "Upsample": upsample}

// Limits on the matrix that resamples an axis, out×in, and on the length of an axis that is
// resampled, padded with its own elements, or new by OneHot.
const (
	maxKernel = 1 << 24
	maxSide   = 1 << 16
)

// resize has scales or sizes as inputs; operator set 10 has scales alone, and
// samples as Upsample does.
func resize(c *call) []value {
	if c.n.opset == 10 {
		return upsample(c)
	}
	r := resampler{
		mode: c.text("mode", modeNearest), coordinates: c.text("coordinate_transformation_mode", "half_pixel"),
		nearest: c.text("nearest_mode", "round_prefer_floor"), a: c.float("cubic_coeff_a", -0.75),
		antialias: c.flag("antialias"), exclude: c.flag("exclude_outside"), outside: c.float("extrapolation_value", 0),
	}
	dims := c.input(0).dims()
	axes, ok := c.integers("axes")
	if !ok {
		for a := range dims {
			axes = append(axes, a)
		}
	}
	for i, a := range axes {
		axes[i] = axis(a, len(dims))
	}
	if c.given(2) == c.given(3) {
		panic(bad("it wants scales or sizes, one of them"))
	}
	var roi []float32
	if r.coordinates == coordinatesCrop {
		if roi = c.floats(1); len(roi) != 2*len(axes) {
			panic(bad("a part given by %d numbers, for %d axes", len(roi), len(axes)))
		}
	}
	if c.given(2) {
		return r.apply(c, scaled(dims, axes, c.floats(2), roi))
	}
	return r.apply(c, c.sized(dims, axes, roi))
}

// part is the part of axis i of n, whole unless roi says which.
func part(roi []float32, i, n int) (start, end float64) {
	if roi == nil {
		return 0, 1
	}
	return float64(roi[i]), float64(roi[n+i])
}

// upsample is Resize before operator set 11: PyTorch and most programs count from the
// corner of the first element.
func upsample(c *call) []value {
	r := resampler{mode: c.text("mode", modeNearest), coordinates: "asymmetric", nearest: "floor", a: -0.75}
	dims := c.input(0).dims()
	axes := make([]int, len(dims))
	for a := range axes {
		axes[a] = a
	}
	var scales []float32
	if c.has(1) {
		scales = c.floats(1)
	} else if a, ok := c.attribute("scales"); ok {
		scales = a.floats
	}
	return r.apply(c, scaled(dims, axes, scales, nil))
}

// given says that input i is there and not empty, as some files leave it out.
func (c *call) given(i int) bool { return c.has(i) && !slices.Contains(c.input(i).dims(), 0) }

// floats are input i, numbers that are known while the graph is built.
func (c *call) floats(i int) []float32 {
	switch v := c.input(i); {
	case v.weight != nil && v.weight.Size() <= maxInts:
		return v.weight.Floats()
	case v.host != nil:
		out := make([]float32, len(v.host.data))
		for i, x := range v.host.data {
			out[i] = float32(x)
		}
		return out
	}
	panic(unsupported("its input %q must be numbers that do not depend on the images", c.n.Inputs[i]))
}

// scaled gives each axis its factor; lengths are rounded down in float32, as the
// factors are, so that 10 times 0.7 is 7.
func scaled(dims, axes []int, scales, roi []float32) []resized {
	if len(scales) != len(axes) {
		panic(bad("%d scales for %d axes", len(scales), len(axes)))
	}
	out := make([]resized, len(axes))
	for i, s := range scales {
		in := dims[axes[i]]
		start, end := part(roi, i, len(axes))
		length := math.Floor(float64(s * float32(in) * float32(end-start)))
		if !(s > 0) || !(length >= 1 && length <= maxSide) {
			panic(unsupported("an axis of length %d is resized by %g", in, s))
		}
		out[i] = resized{axes[i], in, int(length), float64(s), start, end}
		if exact := length / float64(in); float32(exact) == s {
			out[i].scale = exact
		}
	}
	return out
}

// sized gives each axis its length; keep_aspect_ratio_policy takes one factor
// for all, with which none is longer (shorter) than asked for.
func (c *call) sized(dims, axes []int, roi []float32) []resized {
	sizes := c.known(3).values()
	if len(sizes) != len(axes) {
		panic(bad("%d sizes for %d axes", len(sizes), len(axes)))
	}
	out := make([]resized, len(axes))
	least, most := math.Inf(1), 0.0
	for i, n := range sizes {
		in := dims[axes[i]]
		if n < 1 || n > maxSide {
			panic(unsupported("an axis of length %d is resized to %d", in, n))
		}
		start, end := part(roi, i, len(axes))
		out[i] = resized{axes[i], in, n, float64(n) / float64(in), start, end}
		least, most = min(least, out[i].scale), max(most, out[i].scale)
	}
	one := 0.0
	switch policy := c.text("keep_aspect_ratio_policy", "stretch"); policy {
	case "stretch":
		return out
	case "not_larger":
		one = least
	case "not_smaller":
		one = most
	default:
		panic(unsupported("keep_aspect_ratio_policy %q", policy))
	}
	for i, r := range out {
		out[i].scale = one
		out[i].out = max(1, int(math.Floor(one*float64(r.in)+0.5)))
	}
	return out
}

// apply resamples one axis after another; each is a product with a matrix.
func (r resampler) apply(c *call, axes []resized) []value {
	r.check()
	v := c.onDevice(c.input(0))
	kind := v.node.DType()
	if kind != dtypes.Float32 && r.mode != modeNearest {
		panic(unsupported("integers are resized with mode %q", r.mode))
	}
	for _, a := range axes {
		if a.whole() {
			continue
		}
		checkSize([]int{a.out, a.in}, maxKernel)
		_, reach := r.reach(a.scale)
		c.spendWork(a.out * (a.in + 2*reach))
		matrix := c.numbers(r.matrix(a), a.out, a.in)
		v.node = alongAxis(matrix, ConvertDType(v.node, dtypes.Float32), v.at(a.axis))
		checkSize(v.node.Shape().Dimensions, maxElements)
	}
	v.node = r.filled(c, v, axes)
	v.node = ConvertDType(v.node, kind)
	return []value{v}
}

// filled puts the value for what lies outside the array where a part reaches beyond it.
func (r resampler) filled(c *call, v value, axes []resized) *Node {
	if r.coordinates != coordinatesCrop {
		return v.node
	}
	x := ConvertDType(v.node, dtypes.Float32)
	for _, a := range axes {
		beyond := newInts([]int{a.out}, true)
		any := false
		for i := range beyond.data {
			beyond.data[i] = truth(r.beyond(a, i))
			any = any || beyond.data[i] != 0
		}
		if !any {
			continue
		}
		dims := slices.Repeat([]int{1}, x.Rank())
		dims[v.at(a.axis)] = a.out
		mask := extend(c.device(beyond.reshaped(dims)), x.Shape().Dimensions)
		x = Where(mask, BroadcastToDims(Scalar(c.graph, dtypes.Float32, r.outside), x.Shape().Dimensions...), x)
	}
	return x
}

// alongAxis multiplies the vectors along an axis by a matrix.
func alongAxis(matrix, x *Node, at int) *Node {
	y := DotGeneral(matrix, []int{1}, nil, x, []int{at}, nil) // [out, the other axes …]
	var perm []int
	for a := range x.Rank() {
		switch {
		case a == at:
			perm = append(perm, 0)
		case a < at:
			perm = append(perm, a+1)
		default:
			perm = append(perm, a)
		}
	}
	return transpose(y, perm)
}
