// Package threesample asks whether generated rows are nearer to training rows than held-out rows
// are, in the whole space (CompareThreeSamples) and by cells of it (MeasureCT, with k-means in
// principal components where no cells are given).
package threesample
