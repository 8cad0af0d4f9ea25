// Package scene reads pictures of the built-in set shapes: which of the ten shapes is in an image,
// and where its second object, the window, is. It serves to score generated images, of which
// nobody knows the factors.
//
// A small convolutional network is fitted, once for a size of images, on images that
// datasets/shapes draws, with their known factors. Quality says how well it reads drawn images
// that it was not fitted on. The fitted network is kept in the cache folder.
//
//	r, err := scene.Open(ctx, scene.Options{Size: 32, Backend: b, Cache: options})
//	seen, err := r.Look(ctx, images)
//	fmt.Println(seen[0].Shape, seen[0].Windows, r.Quality().Precision)
//
// Images are uint8 [N, S, S, 3] of any side S. The network works at 32×32, to which others are
// resampled, when it is fitted as when it looks. The same backend gives the same bits.
package scene
