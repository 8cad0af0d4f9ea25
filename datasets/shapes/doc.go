// Package shapes draws the built-in synthetic data set: small RGB pictures of
// one of ten shapes in front of a textured background, some with a second object, a
// window. A seed gives any number of images without files or network, and all factors
// of each image are known.
//
// Images are uint8, row-major N×S×S×3 (RGB); labels are int32, 0 … 9. Each image
// comes with its Factors: shape, colours, place, size, turn, background, window,
// noise, and the boxes of both objects. Render turns factors into exactly these pixels, so
// that changed factors show the expected result of a walk or of vector arithmetic.
//
//	set, err := shapes.Generate(shapes.Options{Size: 32, Train: 5000, Test: 2000})
//	image := set.Train.Pixels[:32*32*3]
//	shapes.Render(image, 32, set.Train.Factors[0]) // changes nothing
//
// Properties:
//   - An image depends only on seed, split and index. The first n images are the same
//     for any number of further images and any number of threads.
//   - The splits come from different streams and share no image.
//   - At another size the same seed gives the same scenes.
//   - Every ten images in a row, from a multiple of ten, hold each class once.
//     No other factor depends on the class; only the boxes follow the shape.
//   - The bytes are the same on every machine: pixels are computed in whole numbers.
//
// The set is hard enough to distinguish good features from poor ones: docs/shapes.md has
// the accuracies of linear classifiers on pixels and on simple features.
package shapes
