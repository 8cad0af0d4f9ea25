// Package quality says how far generated samples are from real ones in a feature space:
// the Fréchet distance, KID, precision, recall, density and coverage, FD-infinity, the
// Vendi score, RankMe, FLD, sliced distances and the classifier score.
//
//	r, err := quality.Run(ctx, quality.Inputs{Real: real, Generated: generated}, settings, metric.Options{})
//
// Run computes any of them with intervals and floors. Each metric alone is a function of a
// subfolder: frechet, kid, nearest (precision, recall, density, coverage, two-sample test),
// fld, sliced, diversity (Vendi, RankMe) and classifier. What they share is in metric.
//
// # Data
//
// A set is a matrix.View: n rows of d features. Real is always the first argument: so
// precision is the share of generated rows near real ones. All sums are in float64,
// whatever the features are stored in. The order of rows changes nothing but roundings,
// unless a metric takes the first rows of a larger set and says so.
//
// # Conventions
//
// Programs compute different numbers under one name. Each metric has one default, and
// takes the settings of other programs by the name of the program.
//
// # Uncertainty
//
// The standard deviation of a value is that over random halves of both sets, drawn without
// replacement: a half has half the rows of the whole, and differs from the whole by as much
// as the whole from another sample. The bootstrap repeats rows, and repeated rows change
// each of these metrics; so it is not used.
//
// The floor of a value is the same metric between two real samples: the value that a
// perfect generator would reach.
package quality
