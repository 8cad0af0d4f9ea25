// Package frechet computes the Fréchet distance of two sets of rows, of their means and
// covariances (Moments), and the distance extrapolated to infinitely many rows.
package frechet
