// Package benchmarks joins the rooms below it: encoder and data to cached features to
// an evaluation to a stored record, in one call that needs no command line.
//
//	cell := benchmarks.Cell{
//		Source:   benchmarks.Source{Encoder: "pixels", Data: "shapes"},
//		Protocol: benchmarks.Linear{LinearOptions: eval.LinearOptions{C: []float64{1e-4}}},
//	}
//	out, err := benchmarks.Run(ctx, cell, benchmarks.Machine{})
//
// A Cell says what is measured, a Machine with what; both are plain data. Features are
// extracted into the cache, or into a folder that the cell names, unless they are there.
// A record carries the result and its origin: encoder, data, protocol, seeds, program.
// The same cell can be run again: what is done is not done again, what was interrupted
// goes on, and its record takes the place of the old one.
//
// Linear, FewShot, KNN and Supervised are the protocols. Extract makes features alone,
// TrainingData opens images for a training.
package benchmarks
