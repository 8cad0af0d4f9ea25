// Package fld computes the feature likelihood divergence: how likely test rows are under a
// mixture of Gaussians on the generated rows. rows.go scales the sets and computes distances,
// mixture.go fits the variances, likelihood.go scores rows.
package fld
