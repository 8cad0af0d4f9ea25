// Package invert looks for the z from which a generator makes a given image: it minimises
//
//	mean over pixels of (G(z) − x)² + λ·mean z²
//
// by Adam on z (learning rate 0.05, 0.9, 0.999, ε 1e-8; Kingma and Ba 2014, arXiv 1412.6980) from
// several starts N(0, 0.5²), with fixed batch-norm statistics, so that images do not touch one
// another. Of the restarts of an image the one with the least squared error counts. With a uniform
// prior z is put back into [-1, 1] after every step.
//
// The score of an image is its peak signal-to-noise ratio, 10·log10(4/mean squared error) of
// pixels in [-1, 1]. z itself is not recovered and is no score. A generator that inverts its own
// samples clearly better than foreign images shows that the search works. One that inverts its
// training images better than held-out ones remembers them (Webster et al. 2019, arXiv 1901.03396).
//
// Images are [N, H, W, C] in [-1, 1], vectors z row-major N×Z. All starts of all images are steps
// of one graph, in batches of 128; what is finished is kept in a folder.
package invert
