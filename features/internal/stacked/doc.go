// Package stacked is the encoder of three layers of k-means dictionaries with learned
// receptive fields, after Coates and Ng (NIPS 2011).
package stacked
