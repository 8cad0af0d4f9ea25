package onnx

import (
	"strings"

	"github.com/gomlx/compute"
	. "github.com/gomlx/gomlx/core/graph"
)

var convOps = map[string]operator{"Conv": conv}

// window is the geometry that convolutions and pools share, by spatial axis.
type window struct {
	in, kernel, strides, dilations []int
	pads                           [][2]int
}

// windowOf reads kernel, strides, dilations and padding for images of that shape.
func (c *call) windowOf(dims, kernel []int) window {
	n := len(kernel)
	w := window{in: dims[2:], kernel: kernel, pads: make([][2]int, n),
		strides: c.positives("strides", n, 1, 1), dilations: c.positives("dilations", n, 1, 1)}
	switch auto := c.text("auto_pad", "NOTSET"); auto {
	case "NOTSET", "":
		pads := c.positives("pads", 2*n, 0, 0)
		for i := range n {
			w.pads[i] = [2]int{pads[i], pads[n+i]}
		}
	case "VALID":
	case "SAME_UPPER", "SAME_LOWER":
		for i := range n {
			w.pads[i] = w.same(i, auto == "SAME_LOWER")
		}
	default:
		panic(unsupported("auto_pad %q", auto))
	}
	return w
}

// extent is how far the kernel reaches along axis i.
func (w window) extent(i int) int { return (w.kernel[i]-1)*w.dilations[i] + 1 }

// same is the padding with which axis i has ⌈in/stride⌉ places; of an odd number
// the extra one is at the end, or at the start.
func (w window) same(i int, lower bool) [2]int {
	places := (w.in[i] + w.strides[i] - 1) / w.strides[i]
	total := max(0, (places-1)*w.strides[i]+w.extent(i)-w.in[i])
	if lower {
		return [2]int{(total + 1) / 2, total / 2}
	}
	return [2]int{total / 2, (total + 1) / 2}
}

// fits panics where the window is larger than the padded image.
func (w window) fits() {
	for i := range w.kernel {
		if padded := w.in[i] + w.pads[i][0] + w.pads[i][1]; w.extent(i) > padded {
			panic(unsupported("its window of %d is larger than the padded image, %d; are the images too small?", w.extent(i), padded))
		}
	}
}

// conv is a convolution with kernels [out, in/group, …], built channels last.
func conv(c *call) []value {
	x, kernel := c.input(0), c.input(1)
	dims, k := x.dims(), kernel.dims()
	if len(dims) < 3 || len(k) != len(dims) {
		panic(unsupported("it convolves arrays of %d dimensions with kernels of %d", len(dims), len(k)))
	}
	groups := c.integer("group", 1)
	if groups < 1 || dims[1] != k[1]*groups || k[0]%groups != 0 {
		panic(unsupported("%d channels in %d groups do not go with kernels of shape %v", dims[1], groups, k))
	}
	w := c.windowOf(dims, k[2:])
	w.fits()
	y := convolve(c.channelsLast(x).node, c.kernel(kernel), w.strides, w.pads, nil, w.dilations, groups)
	if c.has(2) {
		y = Add(y, Reshape(c.node(2), lengthened([]int{k[0]}, y.Rank())...))
	}
	return []value{{node: y, last: true}}
}

// convolve is ConvGeneral on arrays whose channels are last, both of floating-point numbers: of
// others the backend would say so only when it runs.
func convolve(x, kernel *Node, strides []int, pads [][2]int, inputDilations, dilations []int, groups int) *Node {
	if p, q := x.DType(), kernel.DType(); p != f32 || q != f32 {
		panic(unsupported("it convolves numbers of the type %s with kernels of the type %s; export the network with both as float32", strings.ToLower(p.String()), strings.ToLower(q.String())))
	}
	return ConvGeneral(x, kernel, lastAxes(x.Rank()-2), strides, pads, inputDilations, dilations, groups, 1)
}

// kernel permutes [out, in, …] to […, in, out].
func (c *call) kernel(v value) *Node {
	rank := len(v.dims())
	var perm []int
	for i := 2; i < rank; i++ {
		perm = append(perm, i)
	}
	perm = append(perm, 1, 0)
	if v.weight != nil {
		return c.parameter(v.weight, perm)
	}
	return TransposeAllAxes(c.plain(v).node, perm...)
}

// lastAxes says where the axes of a convolution with n spatial ones lie.
func lastAxes(n int) compute.ConvolveAxesConfig {
	middle, kernel := make([]int, n), make([]int, n)
	for i := range n {
		middle[i], kernel[i] = i+1, i
	}
	return compute.ConvolveAxesConfig{
		InputBatch: 0, InputSpatial: middle, InputChannels: n + 1,
		KernelSpatial: kernel, KernelInputChannels: n, KernelOutputChannels: n + 1,
		OutputBatch: 0, OutputSpatial: middle, OutputChannels: n + 1,
	}
}
