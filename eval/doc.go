// Package eval says how good features are: it fits linear classifiers on them
// and reports accuracies with intervals, by protocols that cannot look at the
// test split before they report on it.
//
// # Layout
//
// Splits are matrix.Labelled: a view of n rows and d columns (package
// features/matrix) and int32 labels 0 … K-1. A layer is a range of columns. The
// solvers are in package eval/linear.
//
// # Use
//
// Linear and FewShot are whole protocols, with the choice of C, intervals and a
// result that marshals to JSON; see the example of Linear.
//
// # Determinism
//
// The same data, options and seed give the same bits, whatever the number of
// threads. Another instruction set (package internal/simd) or a Device changes
// the last digits.
package eval
