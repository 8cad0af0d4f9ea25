// Package conv computes two-dimensional convolutions as matrix products whose
// operands are gathered while they are packed (package matmul): no matrix of
// patches lies in memory, and nothing is multiplied with an inserted zero.
//
// # What is computed
//
// The cross-correlation of ConvGeneral (github.com/gomlx/compute), with strides,
// padding, dilation of input and kernel, and groups:
//
//	y[b, oh, ow, oc] = Σ_{r,s,ic} x[b, ih, iw, ic] · w[r, s, ic, oc],
//	ih = (oh·stride + r·kernelDilation - padding) / inputDilation
//
// where terms with a position that is not whole or outside the image are zero.
// Each of the three arrays may lie in memory in any order of axes with: output
// channels contiguous in y; in x, channels contiguous (forward and gradient by
// the input) or batch contiguous (gradient by the kernel, in which GoMLX
// exchanges the two axes); in w either channel axis contiguous.
//
// # Phases
//
// With input dilation d, output rows that are congruent modulo d/gcd(d, stride)
// meet the same kernel rows, and the input rows they read are as far apart as in
// an ordinary convolution. Each such class, on both axes, is a phase: one
// product with the part of the kernel that it meets.
//
// # Products
//
// With contiguous channels the rows of A are output positions and k runs over
// kernel cells and channels. With contiguous batch (a gradient by the kernel,
// whose "kernel" is the gradient of the output) rows are kernel cell by channel
// and k runs over images and positions. Inputs of few channels are first copied
// with their padding, so that a row of the window is one run.
package conv
