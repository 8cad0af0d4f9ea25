// Package convolution writes convolutions and transposed convolutions of images as GoMLX graphs, in
// the form that is fastest on a backend, with the gradients that GoMLX does not have.
//
// Images are [N, H, W, C], kernels [K, K, in, out]. Functions take and return *graph.Node and panic
// on shape bugs, as GoMLX code does.
package convolution
