// Package strided copies between arrays with arbitrary strides: transpositions, slices,
// broadcasts, reversals, and the parts of a concatenation or a padding are such copies.
//
//	c := strided.Plan(dims, strided.Dense(dims), strided.Layout{Strides: turned}, 4)
//	c.Run(threads, dst, src)
//
// Source and destination must not overlap.
package strided
