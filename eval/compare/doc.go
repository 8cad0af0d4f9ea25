// Package compare tests whether two accuracies measured on the same test images differ,
// and splits the uncertainty of an accuracy into its sources.
//
// The data are the true classes and the predicted classes, one int32 per test row, of one
// encoder (perhaps trained several times, with different seeds) or of two. All predictions
// of one comparison belong to the same test rows in the same order.
//
//   - Pair compares two lists of predictions: McNemar's test, Newcombe's interval
//     and a bootstrap interval of the difference.
//   - Decompose analyses the predictions of several seeds: variance between seeds,
//     variance of the test sample, the interval of the mean accuracy and the interval of
//     one new seed on a new test sample.
//   - SeedPair compares two encoders that were both trained several times.
//   - Accuracy computes Wilson's and the bootstrap interval of one list.
//
// Test rows are assumed to be independent draws from the population of interest.
// Accuracies are fractions in [0, 1]; intervals are 95 % intervals. The same input and
// seed give the same result, bit for bit.
//
//	r, err := compare.Pair(a, b, truth, compare.Bootstrap{Seed: 1})
//	fmt.Println(r.Difference, r.Newcombe, r.McNemar.Exact)
//
// The estimators with their formulas are in docs/intervals.md.
package compare
