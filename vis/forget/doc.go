// Package forget finds the maps of a generator that draw an object, and drops them: Radford, Metz
// and Chintala 2015 (arXiv 1511.06434), section 6.3.1.
//
// Boxes say where the object is in generated images. Of a hidden layer of the generator, cells
// whose centre lies in a box are positive examples, and as many other cells of the same images
// are negative ones. A logistic regression separates them by the values of the maps; the maps
// with a positive weight are set to 0 everywhere, and the images are generated again from the
// same z.
//
//	d, err := forget.NewDropper(generator, layer, forget.Kept)
//	before, hidden, err := d.Original(ctx, z, n)
//	cells, err := forget.Cells(boxes, forget.Grid{Images: n, Size: before.H, Cells: d.Side()}, forget.Outside, 1)
//	fit, err := forget.Fit(forget.Rows(hidden, d.Side(), d.Maps(), cells), forget.Labels(cells), 0.1)
//	after, err := d.Images(ctx, z, n, fit.Positive())
//
// The score is the mean |change| inside the boxes divided by that outside, where images without a box
// are outside. Its control is the same for as many maps drawn at random, and z the distance from the
// mean of these draws in their standard deviations. Run does all of this.
//
// Boxes are in pixels of the image, X1 and Y1 exclusive. Activations are float32 [N, h, w, maps],
// images float32 [N, H, W, C] in [-1, 1].
package forget
