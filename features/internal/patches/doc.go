// Package patches is the encoder of one layer of image patches learned by k-means, after
// Coates, Lee and Ng (AISTATS 2011), and the graph of its activations.
package patches
