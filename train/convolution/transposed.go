package convolution

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// Transposed is the transposed convolution of x [N, H, W, in] with the stored kernel [K, K, in,
// out], K odd, giving [N, H·stride, W·stride, out]. It is the gradient, with respect to the input,
// of a convolution with this stride and padding (K-1)/2. It is written as a cross-correlation of x,
// with stride-1 zeros between its cells, with the stored kernel. The stored kernel is therefore the
// convolution's kernel turned by 180° with its channel axes exchanged.
//
// GoMLX cannot differentiate a convolution with zeros between the cells of its input: where
// Lowering.ByHand says so, the gradient is that of TransposedByInput and TransposedByKernel.
func Transposed(x, kernel *Node, stride int, low Lowering) *Node {
	g := shapeOf(kernel, stride)
	switch low {
	case Native:
		return upsample(x, kernel, g)
	case Adjoint:
		return upsample(x, Reverse(turned(kernel), 1, 0), g)
	}
	return residues(x, kernel, g, low)
}

// geometry is the side of a kernel, the stride, and the number of output maps.
type geometry struct{ kernel, stride, maps int }

func shapeOf(kernel *Node, stride int) geometry {
	d := kernel.Shape().Dimensions
	return geometry{kernel: d[0], stride: stride, maps: d[3]}
}

// Axes of a convolution of [N, H, W, C] with [Kh, Kw, in, out].
var (
	plainAxes = ConvolveAxesConfig{
		InputBatch: 0, InputSpatial: []int{1, 2}, InputChannels: 3,
		KernelSpatial: []int{0, 1}, KernelInputChannels: 2, KernelOutputChannels: 3,
		OutputBatch: 0, OutputSpatial: []int{1, 2}, OutputChannels: 3,
	}
	// exchangedAxes reads a kernel [Kh, Kw, out, in].
	exchangedAxes = ConvolveAxesConfig{
		InputBatch: 0, InputSpatial: []int{1, 2}, InputChannels: 3,
		KernelSpatial: []int{0, 1}, KernelInputChannels: 3, KernelOutputChannels: 2,
		OutputBatch: 0, OutputSpatial: []int{1, 2}, OutputChannels: 3,
	}
	// imageAxes sums over images and positions of [N, H, W, a] and [N, H, W, b], giving [Kh,
	// Kw, a, b].
	imageAxes = ConvolveAxesConfig{
		InputBatch: 3, InputSpatial: []int{1, 2}, InputChannels: 0,
		KernelSpatial: []int{1, 2}, KernelInputChannels: 0, KernelOutputChannels: 3,
		OutputBatch: 2, OutputSpatial: []int{0, 1}, OutputChannels: 3,
	}
)

// both gives the two spatial axes the same value.
func both[T any](v T) []T { return []T{v, v} }

// around returns the padding of upsample.
func (g geometry) around() [2]int {
	p := (g.kernel - 1) / 2
	return [2]int{p, g.stride + g.kernel - 2 - p}
}

// upsample is Transposed as one operation, a convolution with dilated input.
func upsample(x, kernel *Node, g geometry) *Node {
	return ConvGeneral(x, kernel, plainAxes, nil, both(g.around()), both(g.stride), nil, 1, 1)
}

// turned computes Reverse(kernel, 0, 1) with slices. XLA would cancel a pair of Reverse
// operations and then not recognise the adjoint of a convolution.
func turned(kernel *Node) *Node {
	for _, axis := range []int{0, 1} {
		n := kernel.Shape().Dimensions[axis]
		if n == 1 {
			continue
		}
		parts := make([]*Node, n)
		for i := range parts {
			parts[n-1-i] = SliceAxis(kernel, axis, AxisElem(i))
		}
		kernel = Concatenate(parts, axis)
	}
	return kernel
}

// TransposedByInput returns the gradient of Transposed with respect to x, given the gradient dy of
// its output: an ordinary convolution with the kernel turned back.
func TransposedByInput(dy, kernel *Node, stride int) *Node {
	g := shapeOf(kernel, stride)
	return ConvGeneral(dy, Reverse(kernel, 0, 1), exchangedAxes, both(g.stride), both(g.back()), nil, nil, 1, 1)
}

// back returns the padding of TransposedByInput.
func (g geometry) back() [2]int {
	p := (g.kernel - 1) / 2
	return [2]int{g.kernel - 1 - p, p + 1 - g.stride}
}

// fewMaps is the number of maps below which the gradient with respect to the kernel is computed
// with its channel axes exchanged, so that the longer axis is the inner one.
const fewMaps = 16

// TransposedByKernel returns the gradient of Transposed with respect to the kernel.
func TransposedByKernel(x, dy, kernel *Node, stride int, low Lowering) *Node {
	g := shapeOf(kernel, stride)
	if low == Native && g.maps >= fewMaps {
		return ConvGeneral(x, dy, imageAxes, nil, both(g.around()), both(g.stride), nil, 1, 1)
	}
	gradient := ConvGeneral(dy, x, imageAxes, nil, both(g.back()), nil, both(g.stride), 1, 1)
	return Reverse(Transpose(gradient, 2, 3), 0, 1)
}

// residues computes Transposed in parts. Each of the stride² residues of the output
// position is an ordinary convolution of x with every stride-th row and column of the kernel.
// The parts are computed separately and interleaved, so that no inserted zero is multiplied.
func residues(x, kernel *Node, g geometry, low Lowering) *Node {
	rows := make([]*Node, g.stride)
	for a := range rows {
		cols := make([]*Node, g.stride)
		for b := range cols {
			cols[b] = conv2D(x, subKernel(kernel, g, a, b), 1,
				[2][2]int{phasePad(g, a), phasePad(g, b)}, low)
		}
		rows[a] = interleave(cols, 2)
	}
	return interleave(rows, 1)
}

// taps describes the kernel indices first, first+stride, … that meet the output positions
// congruent to phase, in the order of rising input position.
func taps(g geometry, phase int) (first, count int) {
	p := (g.kernel - 1) / 2
	first = ((p-phase)%g.stride + g.stride) % g.stride
	return first, (g.kernel-first-1)/g.stride + 1
}

// phasePad returns the zero padding before and after for one phase on one axis. Output o =
// stride·q + phase reads input q + (r - p + phase)/stride through the kernel index r.
func phasePad(g geometry, phase int) [2]int {
	p := (g.kernel - 1) / 2
	first, count := taps(g, phase)
	lowest := (first - p + phase) / g.stride
	return [2]int{-lowest, lowest + count - 1}
}

func subKernel(kernel *Node, g geometry, a, b int) *Node {
	fa, _ := taps(g, a)
	fb, _ := taps(g, b)
	return Slice(kernel, AxisRange(fa).Stride(g.stride), AxisRange(fb).Stride(g.stride), AxisRange(), AxisRange())
}

// interleave merges s arrays of one shape along axis: result index s·q + i
// comes from parts[i] at q.
func interleave(parts []*Node, axis int) *Node {
	if len(parts) == 1 {
		return parts[0]
	}
	y := Stack(parts, axis+1)
	dims := append([]int(nil), parts[0].Shape().Dimensions...)
	dims[axis] *= len(parts)
	return Reshape(y, dims...)
}
