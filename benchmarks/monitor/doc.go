// Package monitor measures a generator while it is trained: how near held-out and training images
// lie to the images that it generates (nnd), and how the features of both are distributed
// (frechet). A generator that memorises comes nearer to its training images alone, so the gap
// between the two is the sign of overfitting.
//
// A Monitor is given to dcgan.Options.Measure. It compares the same images at every step, drawn
// once from the seed, with images of the same z, so that the numbers differ by the training alone.
// docs/training.md has the definitions.
package monitor
