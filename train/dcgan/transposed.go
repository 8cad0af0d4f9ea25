package dcgan

import (
	. "github.com/gomlx/gomlx/core/graph"
)

// transposedConv applies layer l of G to x [N, H, W, in], giving [N, H·stride, W·stride, Maps].
// It is the gradient, with respect to the input, of a convolution with stride l.Stride and
// padding (K-1)/2. It is written as a cross-correlation of x, with stride-1 zeros between its
// cells, with the stored kernel [K, K, in, out]. The stored kernel is therefore the
// convolution's kernel turned by 180° with its channel axes exchanged.
//
// GoMLX cannot differentiate a convolution with zeros between the cells of its input, so this
// package computes the gradient itself for Native and Adjoint.
func (n net) transposedConv(x *Node, l Layer, name string) *Node {
	kernel := n.at(x, name+"/weights")
	switch n.low {
	case Native:
		return upsample(x, kernel, l)
	case Adjoint:
		return upsample(x, Reverse(turned(kernel), 1, 0), l)
	}
	return residues(x, kernel, l, n.low)
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
func (l Layer) around() [2]int {
	p := (l.Kernel - 1) / 2
	return [2]int{p, l.Stride + l.Kernel - 2 - p}
}

// upsample is transposedConv as one operation, a convolution with dilated input.
func upsample(x, kernel *Node, l Layer) *Node {
	return ConvGeneral(x, kernel, plainAxes, nil, both(l.around()), both(l.Stride), nil, 1, 1)
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

// upsampleByInput returns the gradient of upsample with respect to x, given the gradient dy of
// its output: an ordinary convolution with the kernel turned back.
func upsampleByInput(dy, kernel *Node, l Layer) *Node {
	return ConvGeneral(dy, Reverse(kernel, 0, 1), exchangedAxes, both(l.Stride), both(l.back()), nil, nil, 1, 1)
}

// back returns the padding of upsampleByInput.
func (l Layer) back() [2]int {
	p := (l.Kernel - 1) / 2
	return [2]int{l.Kernel - 1 - p, p + 1 - l.Stride}
}

// fewMaps is the number of maps below which the gradient with respect to the kernel is computed
// with its channel axes exchanged, so that the longer axis is the inner one.
const fewMaps = 16

// upsampleByKernel returns the gradient of upsample with respect to the kernel.
func upsampleByKernel(x, dy *Node, l Layer, low Lowering) *Node {
	if low == Native && l.Maps >= fewMaps {
		return ConvGeneral(x, dy, imageAxes, nil, both(l.around()), both(l.Stride), nil, 1, 1)
	}
	gradient := ConvGeneral(dy, x, imageAxes, nil, both(l.back()), nil, both(l.Stride), 1, 1)
	return Reverse(Transpose(gradient, 2, 3), 0, 1)
}

// residues computes transposedConv in parts. Each of the stride² residues of the output
// position is an ordinary convolution of x with every stride-th row and column of the kernel.
// The parts are computed separately and interleaved, so that no inserted zero is multiplied.
func residues(x, kernel *Node, l Layer, low Lowering) *Node {
	rows := make([]*Node, l.Stride)
	for a := range rows {
		cols := make([]*Node, l.Stride)
		for b := range cols {
			cols[b] = conv2D(x, subKernel(kernel, l, a, b), 1,
				[2][2]int{phasePad(l, a), phasePad(l, b)}, low)
		}
		rows[a] = interleave(cols, 2)
	}
	return interleave(rows, 1)
}

// taps describes the kernel indices first, first+stride, … that meet the output positions
// congruent to phase, in the order of rising input position.
func taps(l Layer, phase int) (first, count int) {
	p := (l.Kernel - 1) / 2
	first = ((p-phase)%l.Stride + l.Stride) % l.Stride
	return first, (l.Kernel-first-1)/l.Stride + 1
}

// phasePad returns the zero padding before and after for one phase on one axis. Output o =
// stride·q + phase reads input q + (r - p + phase)/stride through the kernel index r.
func phasePad(l Layer, phase int) [2]int {
	p := (l.Kernel - 1) / 2
	first, count := taps(l, phase)
	lowest := (first - p + phase) / l.Stride
	return [2]int{-lowest, lowest + count - 1}
}

func subKernel(kernel *Node, l Layer, a, b int) *Node {
	fa, _ := taps(l, a)
	fb, _ := taps(l, b)
	return Slice(kernel, AxisRange(fa).Stride(l.Stride), AxisRange(fb).Stride(l.Stride), AxisRange(), AxisRange())
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
