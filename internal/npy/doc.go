// Package npy reads and writes NumPy .npy files, the form in which features,
// labels and prepared images lie on disk.
//
// Arrays are row-major (C order) and little endian. A file is written with the
// same bytes as numpy.save writes, in format version 1.0, or 2.0 where the
// header is too long for that; versions 1.0 to 3.0 are read. Every write goes to
// a temporary file and is renamed (package atomicfile).
//
//	err := npy.Write("labels.npy", []int{3}, []int32{0, 2, 1})
//	shape, labels, err := npy.Read[int32]("labels.npy")
//
// A matrix larger than memory is written behind EncodeHeader, block by block with
// AppendFloats, and read through Map and MappedSlice. Pickled (object) arrays are
// refused, never interpreted.
package npy
