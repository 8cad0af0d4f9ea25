// Package linear fits linear classifiers on a feature matrix: an L2-regularised
// squared-hinge SVM, one class against the rest (FitSVM), and softmax regression
// (FitSoftmax). It knows nothing of splits, protocols or data sets.
//
// # Layout
//
// Features are a matrix.View of n rows and d columns, float32 or float16. Nothing
// here writes to its storage, and nothing copies it except to a Device. Labels are
// int32, 0 … K-1. Weights, scores and objectives are float64.
//
// docs/svm.md has objective and stopping rule, docs/notes/svm.md the algorithm.
//
// # Determinism
//
// The same data, options and seed give the same bits, whatever the number of
// threads. Another instruction set (package internal/simd) or a Device changes the
// last digits.
package linear
