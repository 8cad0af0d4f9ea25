// Package neighbours finds the nearest rows of one feature matrix for each row of
// another, exactly. It knows nothing of labels, splits and votes.
//
//	near, err := neighbours.Search(ctx, train, queries, 5, neighbours.Metric{Kind: neighbours.Euclidean}, neighbours.Options{})
//
// The result is one list of queries.N·k neighbours, the k of query i from i·k, nearest
// first. Each hands them on query by query instead.
//
// # Data
//
// Matrices are views (matrix.View) of float32 or float16 rows, in memory or in a
// memory map; they are read block by block where they lie and never changed.
//
// # Exactness
//
// The neighbours of a query are the k rows of largest similarity, computed in float64
// from the stored features, equal ones in the order of the rows. The result is that of
// comparing every pair in float64. A float32 product and a proven bound on its rounding
// error (file bound.go) rule out most pairs; the rest are compared in float64. So
// neither the size of the blocks, nor the number of threads, nor the instruction set
// changes a bit.
package neighbours
