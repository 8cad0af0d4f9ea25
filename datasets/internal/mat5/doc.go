// Package mat5 reads MATLAB's level 5 MAT-files, as MATLAB, Octave and SciPy write
// them, one variable after another and without holding a large one in memory:
//
//	r, err := mat5.NewReader(file, size)
//	for a, err := r.Next(); err == nil; a, err = r.Next() {
//		if a.Name == "X" {
//			err = a.ReadUint8(pixels)
//		}
//	}
//
// The package reads files of both byte orders, variables with and without zlib
// compression, numeric and text arrays, and structures of such arrays. Values are in
// MATLAB's order, in which the first subscript varies fastest. Cells, objects and sparse
// arrays are skipped. Level 4 files and files of MATLAB 7.3, which are HDF5, are refused.
//
// Every size in a file is checked against the size of the file before it is used: an
// array never holds more than the file could hold, compressed or not.
//
// The format is described in "MAT-File Format", The MathWorks, 1999-2024.
package mat5
