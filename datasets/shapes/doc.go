// Package shapes draws the built-in synthetic data set: small RGB pictures of
// one of ten shapes before a textured background, some with a second object, a
// window. Any number of images comes from a seed, with no file and no network,
// and everything that was drawn is known.
//
// Images are uint8, row-major N×S×S×3 (RGB); labels are int32, 0 … 9. Each image
// comes with its Factors: shape, colours, place, size, turn, background, window,
// noise, and the boxes of both objects. Render turns factors into exactly those
// pixels, so changed factors show what a walk or an arithmetic ought to give.
//
//	set, err := shapes.Generate(shapes.Options{Size: 32, Train: 5000, Test: 2000})
//	image := set.Train.Pixels[:32*32*3]
//	shapes.Render(image, 32, set.Train.Factors[0]) // changes nothing
//
// What holds:
//   - An image depends on seed, split and index alone. The first n images are
//     the same however many follow, on any number of threads.
//   - The splits come from different streams and share no image.
//   - At another size the same seed gives the same scenes.
//   - Every ten images in a row, from a multiple of ten, hold each class once.
//     No other factor depends on the class; only the boxes follow the shape.
//   - The same bytes on every machine: pixels are computed in whole numbers.
//
// It is hard enough to tell features apart: docs/shapes.md has the accuracies of
// linear classifiers on pixels and on simple features.
package shapes
