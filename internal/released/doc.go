// Package released reproduces the random order of images in the code released by the
// authors of the DCGAN paper (dcgan_code, lib/rng.py and svhn/load.py).
//
// Order(n) is sklearn.utils.shuffle of n rows with NumPy's RandomState(42). The first
// Validation images of that order are the validation images of SVHN; the others, in
// that order, are the training images. DrawAll draws the labelled images of SVHN from them, as
// random.Random(42).sample of Python 2.7 does.
package released
