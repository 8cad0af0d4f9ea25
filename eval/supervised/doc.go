// Package supervised trains the discriminator of a DCGAN with labels, the baseline of
// Radford, Metz and Chintala (2015, arXiv 1511.06434, section 5.2). The convolutions are
// the same; a dense layer to K classes replaces the layer to a single logit; the loss is
// the softmax cross-entropy. Random search (Bergstra and Bengio 2012) over 64 trials
// chooses the hyperparameters on validation images.
//
// The paper does not list what was searched. Here a trial draws, independently,
//
//	learning rate  log-uniform in 1e-4 … 1e-2 (Adam, beta1 0.9, beta2 0.999)
//	weight decay   log-uniform in 1e-6 … 1e-2 (L2, added to the gradient)
//	dropout        uniform in 0 … 0.7, on the input of the dense layer
//
// and every trial performs the same number of updates. Batch norm uses the statistics of
// the minibatch in training and running statistics (0.9 of the old value) in prediction.
//
// Images are uint8 [N, H, W, C], labels 0 … K-1. The test images are used once, after the
// choice: the search receives only the training and validation images. Everything random
// comes from the seed; a search that is stopped and started again ends with the same
// trials, on the same backend.
//
//	r, err := supervised.Run(ctx, "search", data, backend, supervised.Options{Arch: arch})
package supervised
