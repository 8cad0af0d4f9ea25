// Package eval says how good features are: it fits linear classifiers on them
// and reports accuracies with intervals, by protocols that cannot look at the
// test split before they report on it.
//
// # Layout
//
// A Matrix is a view of n rows and d columns of row-major float32 or float16
// storage, which may be a memory map; a layer is a range of columns. Nothing in
// this package writes to the storage, and nothing copies it but to a Device. Labels are int32, 0 … K-1.
// Weights, scores and objectives are float64.
//
// # Use
//
//	train, err := eval.NewMatrix(data, n, d)
//	fits, err := eval.FitSVM(ctx, train, labels, 10, eval.SVMOptions{C: []float64{1e-4}})
//	predicted, err := fits[0].Model.Predict(ctx, test, 0)
//
// or, as a whole protocol with the choice of C, intervals and a result that
// marshals to JSON, Linear.
//
// # Determinism
//
// The same data, options and seed give the same bits, whatever the number of
// threads. Another instruction set (package internal/simd) or a Device changes
// the last digits.
package eval
