// Package kmeans learns dictionaries of image patches without labels, after
// Coates, Lee and Ng, "An Analysis of Single-Layer Networks in Unsupervised
// Feature Learning", AISTATS 2011: patches are normalised in contrast, whitened
// (ZCA) and clustered by k-means.
//
// Deeper layers, after Coates and Ng, "Selecting Receptive Fields in Deep
// Networks", NIPS 2011, read the maps of the layer before in groups of similar
// ones: each group, a receptive field, has a dictionary of its own (LearnLayer).
//
// A patch is a row of Size·Size·C values in row, column, channel order, 0 … 255
// in images.
// The same images, options and seed give the same bits, whatever the number of
// threads.
package kmeans
