// Package datasets reads image data sets and returns them in one form.
//
// Images are uint8, row-major N×H×W×C (C = 3 RGB, or 1); labels are int32,
// 0 … K-1, with the class names. A set is opened by its specification, the same text
// as on the command line:
//
//	ds, err := datasets.Open(ctx, "cifar10=/data/cifar-10-binary.tar.gz", datasets.Options{})
//
// The package reads CIFAR-10 and CIFAR-100 in their binary and Python forms, SVHN's
// MAT-files, the idx files of MNIST and EMNIST, STL-10, ImageNet in its archives or
// unpacked, Tiny ImageNet, LSUN's LMDB files, folders, tar and zip files of JPEG, PNG and
// WebP images, and the built-in set of package shapes. Decoding runs on all cores, and the order and the bytes of a set
// do not depend on their number.
//
// This package holds the types of a set, opening a set by its specification, and one
// family of files per kind of source: format_* for sets stored as arrays of pixels,
// photos_* for sets of image files. Package catalog knows the sources of official sets and
// downloads them; packages in internal read archives and pictures.
//
// For images of many sizes, or too many for the memory, NewPlan reads only names, and
// the images are then visited one by one.
//
// Options.AnySize opens such a set, and Images.Picture decodes its images when they are needed.
//
// Invariants of a set returned by Open: all images of a set have one size, unless they have any; a split has at
// least one image, and one ID per image; labels are below the number of classes; the
// splits are in the order train, valid, test, extra.
//
// Input that is truncated, damaged or of another format is a *ContentError, which
// names the file and the record. Archives are read, never unpacked to disk.
//
// Nothing in this project writes to the data that a reader returns, since they may be
// memory-mapped.
package datasets
