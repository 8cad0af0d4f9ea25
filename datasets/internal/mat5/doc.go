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
// Read are files of both byte orders, variables compressed with zlib or not,
// numeric and text arrays, and structures whose fields are such. Values are in
// MATLAB's order, in which the first subscript varies fastest. Cells, objects and
// sparse arrays are passed over. Level 4 files and those of MATLAB 7.3, which are
// HDF5, are refused.
//
// Nothing that a file claims is believed before it is compared with its size: what
// an array says it holds is never more than what the file could hold, compressed
// or not.
//
// The format is described in "MAT-File Format", The MathWorks, 1999-2024.
package mat5
