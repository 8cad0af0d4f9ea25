// Package nearest computes what follows from lists of nearest neighbours: the score of each
// image (Scores), the share of authentic images, the effective number of distinct nearest images,
// the competition of training and held-out images (Decoys), and mean distances from growing lists
// of images (Collector, NND).
//
// A list (Near) holds for each image its k nearest training rows with their distances in float64;
// rows are int32, 0 to N-1, of the training set that the caller searched. All functions are pure
// and run on any number of goroutines at once.
package nearest
