// Package benchmarks joins the rooms below it: from a folder of features to a
// record of what they are worth.
//
//	f, err := features.OpenFolder("features/a")
//	record, err := benchmarks.Linear(ctx, f, benchmarks.LinearOptions{C: []float64{1e-4}})
//
// A record carries the result with all that is needed to say what it is a result
// of; package reports stores records and makes pages of them.
package benchmarks
