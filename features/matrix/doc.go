// Package matrix holds the type in which features flow from where they are stored to
// what is computed on them: View, n rows and d columns of row-major float32 or
// float16 storage, which may be a memory map, and Labelled, a view with the class of
// each row. A View owns nothing and copies nothing; columns, rows and subsets of it
// are views of the same storage. A Reader gives its rows in blocks.
//
// It imports nothing of the project except internal packages.
package matrix
