// Package npy reads and writes NumPy .npy files, the format of features, labels and
// prepared images on disk.
//
// Arrays are row-major (C order) and little endian. Written files
// have the same bytes as those of numpy.save, in format version 1.0, or 2.0 for a
// header too long for 1.0; versions 1.0 to 3.0 are read. Every write goes to
// a temporary file and is renamed (package atomicfile).
//
//	err := npy.Write("labels.npy", []int{3}, []int32{0, 2, 1})
//	shape, labels, err := npy.Read[int32]("labels.npy")
//
// A matrix larger than memory is written block by block with AppendFloats after
// EncodeHeader, and read with Map and MappedSlice. Pickled (object) arrays are
// refused, never interpreted.
package npy
