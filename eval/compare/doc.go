// Package compare says how far two accuracies measured on the same test images
// can be told apart, and where the uncertainty of one comes from.
//
// The data are predicted classes, one int32 a test row, of one encoder (perhaps
// trained several times, with different seeds) or of two, and the true classes.
// Predictions of one comparison belong to the same test rows in the same order.
//
//   - Pair compares two lists of predictions: McNemar's test, Newcombe's interval
//     and a bootstrap interval of the difference.
//   - Decompose takes the predictions of several seeds apart: variance between
//     seeds, variance of the test sample, the interval of the mean accuracy and
//     that of one new seed on a new test sample.
//   - SeedPair compares two encoders that were both trained several times.
//   - Accuracy gives Wilson's and the bootstrap interval of one list.
//
// Test rows are taken as independent draws from the population that the result
// is about. Accuracies are fractions in [0, 1]; intervals are of 95 %. The same
// input and seed give the same result, bit for bit.
//
//	r, err := compare.Pair(a, b, truth, compare.Bootstrap{Seed: 1})
//	fmt.Println(r.Difference, r.Newcombe, r.McNemar.Exact)
//
// The estimators with their formulas are in docs/intervals.md.
package compare
