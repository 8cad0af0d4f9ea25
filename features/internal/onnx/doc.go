// Package onnx reads networks in the ONNX format and builds them as GoMLX graphs.
//
//	m, err := onnx.Open("resnet18.onnx")          // parsed; weights stay in the file
//	b, err := m.Build(x, onnx.Target{})           // x is the image node [N, H, W, C]
//
// Shapes are static: the batch and the size of the images are known when a graph
// is built, so everything that the file computes from shapes (Shape, Gather,
// Concat and the like on integers) is computed on the host meanwhile, see ints,
// and what is computed from weights alone likewise, see ahead.
// All floating-point types are computed in float32.
//
// A network is laid out [N, C, H, W] in the file. Convolutions, pools and what
// stands between them are built channels last, [N, H, W, C], which the backends
// compute faster; value.last marks such nodes and they are turned back where the
// order of the axes matters.
//
// Format: https://github.com/onnx/onnx/blob/main/docs/IR.md, Operators.md and
// onnx/onnx.proto (IR version 3 to 11, operator sets 7 to 23).
package onnx
