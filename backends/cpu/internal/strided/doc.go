// Package strided copies between arrays whose axes lie in memory at any
// strides: transpositions, slices, broadcasts, reversals, and the parts of a
// concatenation or a padding are all such copies.
//
//	c := strided.Plan(dims, strided.Dense(dims), strided.Layout{Strides: turned}, 4)
//	c.Run(threads, dst, src)
//
// Source and destination do not overlap.
package strided
