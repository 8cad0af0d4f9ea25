package convolution

import (
	. "github.com/gomlx/gomlx/core/graph"

	"repbench/backends"
)

// Lowering is the way a convolution is written as a graph. All lowerings compute the same
// function; the fastest one depends on the backend.
type Lowering int

const (
	// Native uses the backend's own convolution.
	Native Lowering = iota
	// Patches gathers the input windows and multiplies them with the kernel as one matrix
	// product. On GoMLX's portable backend it is 5 times faster than Native, and 40 times with
	// Go's SIMD experiment (docs/benchmarks.md).
	Patches
	// Adjoint is Native, except that transposed convolutions are written so that XLA's GPU
	// compiler recognises them as gradients of convolutions, for which cuDNN has kernels.
	// Otherwise XLA would multiply the inserted zeros. An update of imagenet32 takes 0.44 of
	// the time of Native on an H100.
	Adjoint
)

// ByHand reports whether the gradients of transposed convolutions are those of
// TransposedByInput and TransposedByKernel, because GoMLX cannot differentiate them.
func (l Lowering) ByHand() bool { return l != Patches }

// conv2D is the cross-correlation of x [N, H, W, in] with kernel
// [Kh, Kw, in, out] at a stride, zero-padded by pad[axis] = {before, after}:
//
//	y[n, i, j, o] = Σ_{r,s,c} x[n, i·stride+r-pad, j·stride+s-pad, c] · kernel[r, s, c, o]
func conv2D(x, kernel *Node, stride int, pad [2][2]int, low Lowering) *Node {
	if low != Patches {
		return Convolve(x, kernel).Strides(stride).PaddingPerDim(pad[:]).Done()
	}
	k := kernel.Shape().Dimensions // [Kh, Kw, in, out]
	p := patches(x, k[0], k[1], stride, pad)
	d := p.Shape().Dimensions // [N, Ho, Wo, Kh·Kw·in]
	rows := Reshape(p, d[0]*d[1]*d[2], d[3])
	// With the kernel on the left, no gradient has to transpose the patches, which are by far
	// the largest array here.
	w := Transpose(Reshape(kernel, d[3], k[3]), 0, 1)
	y := DotGeneral(w, []int{1}, nil, rows, []int{1}, nil) // [out, rows]
	return Reshape(Transpose(y, 0, 1), d[0], d[1], d[2], k[3])
}

// patches places the kh×kw windows of x side by side: [N, Ho, Wo, kh·kw·in].
func patches(x *Node, kh, kw, stride int, pad [2][2]int) *Node {
	x = padSpatial(x, pad)
	d := x.Shape().Dimensions
	ho, wo := (d[1]-kh)/stride+1, (d[2]-kw)/stride+1
	windows := make([]*Node, 0, kh*kw)
	for r := range kh {
		for s := range kw {
			windows = append(windows, Slice(x, AxisRange(),
				AxisRange(r, r+(ho-1)*stride+1).Stride(stride),
				AxisRange(s, s+(wo-1)*stride+1).Stride(stride), AxisRange()))
		}
	}
	if len(windows) == 1 {
		return windows[0]
	}
	return Concatenate(windows, -1)
}

// padSpatial adds zeros around axes 1 and 2 of x. It concatenates, because GoMLX has no
// gradient for Pad.
func padSpatial(x *Node, pad [2][2]int) *Node {
	for i, p := range pad {
		axis := i + 1
		parts := []*Node{x}
		if p[0] > 0 {
			parts = append([]*Node{zeros(x, axis, p[0])}, parts...)
		}
		if p[1] > 0 {
			parts = append(parts, zeros(x, axis, p[1]))
		}
		if len(parts) > 1 {
			x = Concatenate(parts, axis)
		}
	}
	return x
}

// zeros returns an array with the shape of x, except for length n on one axis.
func zeros(x *Node, axis, n int) *Node {
	shape := x.Shape().Clone()
	shape.Dimensions[axis] = n
	return Zeros(x.Graph(), shape)
}

// Strided is the cross-correlation of x [N, H, W, in] with kernel [K, K, in, out], zero-padded by
// (K-1)/2 on all sides: [N, H/stride, W/stride, out], as in the discriminator of a DCGAN. K is odd.
func Strided(x, kernel *Node, stride int, low Lowering) *Node {
	p := (kernel.Shape().Dimensions[0] - 1) / 2
	return conv2D(x, kernel, stride, [2][2]int{{p, p}, {p, p}}, low)
}

// LoweringFor returns the fastest lowering of convolutions for a backend.
func LoweringFor(b *backends.Backend) Lowering {
	switch {
	case b.Portable():
		return Patches
	case b.XLA():
		return Adjoint
	default:
		return Native
	}
}
