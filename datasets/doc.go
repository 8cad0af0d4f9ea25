// Package datasets reads image data sets and hands them on in one form.
//
// Images are uint8, row-major N×H×W×C (C = 3 RGB, or 1); labels are int32,
// 0 … K-1, beside the class names. A set is opened by its specification, the
// same text that the command line takes:
//
//	ds, err := datasets.Open(ctx, "cifar10=/data/cifar-10-binary.tar.gz", datasets.Options{})
//
// Read are CIFAR-10 and CIFAR-100 in their binary forms and those for Python, SVHN's
// MAT-files, the idx files of MNIST and EMNIST, STL-10, ImageNet in its archives or unpacked, Tiny ImageNet, LSUN's LMDB
// files, folders, tar and zip files of JPEG, PNG and WebP images, and the built-in set
// of package shapes. Decoding runs on all cores, and the order and the bytes of a set
// do not depend on their number.
//
// What may stand here: the types of a set, opening one by its specification, and one
// family of files for each kind of source: format_* for sets that are stored as arrays of
// pixels, photos_* for sets of image files. Package catalog knows where official sets come
// from and downloads them; archives and pictures are read by packages of internal.
//
// Images of many sizes, or too many for the memory, are walked over one by one with
// NewPlan, which reads names only.
//
// Invariants of what Open returns: all images of a set have one size; a split has
// at least one image, and as many IDs; labels are below the number of classes; the
// splits are in the order train, valid, test, extra.
//
// Input that is truncated, damaged or of another format is a *ContentError, which
// names the file and the record. Archives are read, never unpacked to disk.
//
// Data that a reader returns are never written to by this project; they may be
// memory-mapped.
package datasets
