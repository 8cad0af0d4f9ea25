// Package datasets reads image data sets and hands them on in one form.
//
// Images are uint8, row-major N×H×W×C (C = 3 RGB, or 1); labels are int32,
// 0 … K-1, beside the class names. A set is opened by its specification, the
// same text that the command line takes:
//
//	ds, err := datasets.Open("cifar10=/data/cifar-10-binary.tar.gz", datasets.Options{})
//
// Data that a reader returns are never written to by this project; they may be
// memory-mapped.
package datasets
