// Package conv computes two-dimensional convolutions: forward ones from the input where it is
// (depthwise, direct, and Winograd's form for constant weights), the others as matrix products
// whose operands are gathered while they are packed (package matmul). No matrix of patches is
// stored, and inserted zeros are not multiplied.
//
// # What is computed
//
// The cross-correlation of ConvGeneral (github.com/gomlx/compute), with strides,
// padding, dilation of input and kernel, and groups:
//
//	y[b, oh, ow, oc] = Σ_{r,s,ic} x[b, ih, iw, ic] · w[r, s, ic, oc],
//	ih = (oh·stride + r·kernelDilation - padding) / inputDilation
//
// where terms are zero if their position is not whole or lies outside the image.
// The axes of the three arrays may have any order in memory, on these conditions:
//
//   - y: the output channels are contiguous.
//   - x: the channels are contiguous (forward, and gradient by the input), or the batch
//     is contiguous (gradient by the kernel, in which GoMLX exchanges the two axes).
//   - w: one of the two channel axes is contiguous.
//
// What follows describes the products that pack.
//
// # Phases
//
// With input dilation d, output rows that are congruent modulo d/gcd(d, stride)
// use the same kernel rows, and the input rows they read are evenly spaced, as in an
// ordinary convolution. Each combination of such a class of rows and a class of columns
// is a phase: one product with the part of the kernel that it uses.
//
// # Products
//
// With contiguous channels the rows of A are output positions and k runs over
// kernel cells and channels. With contiguous batch (a gradient by the kernel,
// whose "kernel" is the gradient of the output) each row is one pair of a kernel cell
// and a channel, and k runs over images and positions. Inputs with few channels are
// first copied with their padding, so that a row of the window is contiguous.
package conv
