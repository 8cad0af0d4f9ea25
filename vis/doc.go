// Package vis holds what all figures that look inside a network share: the opened Generator with
// the statistics of its batch normalisation, and the Result of a figure, which is a picture with
// scores and controls.
//
// A figure is a package below this one. It takes a Generator, or a model, and returns pictures and
// scores; it neither reads flags nor writes files.
//
//	g, err := vis.Open(ctx, "theano:weights", backend, vis.Options{})
//	images, err := g.Images(ctx, z, n)
package vis
