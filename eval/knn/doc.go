// Package knn classifies features by the votes of their nearest neighbours,
// exactly, in the conventions of the programs of the field.
//
//	rule, err := knn.Preset("dinov2")
//	r, err := knn.Classify(ctx, knn.Options{Train: train, Valid: valid, Test: test, Rule: rule})
//	fmt.Println(r.TestAccuracy, r.Convention)
//
// # Data
//
// Features are views (matrix.View) of float32 or float16 rows, in memory or in a
// memory map; they are read block by block where they lie and never changed.
// Labels are class indices from 0.
//
// # Neighbours
//
// The neighbours are those of comparing every pair in float64, equal ones in the order
// of the rows: package eval/neighbours searches them, this package counts their votes.
//
// # Choice of k
//
// With several k the best on the validation split is taken, or on rows held out
// of the training split where there is none. The roles are types
// (eval.FitSplit, eval.SelectSplit, eval.ReportSplit): the code that chooses is
// not given the test split.
package knn
