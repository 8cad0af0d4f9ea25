// Package netfile is the encoder of a network in an ONNX file: what goes in, how images
// are resampled for it, and what is taken from it.
package netfile
