// Package duplicates finds images that occur more than once in a data set: with the same
// pixels, or as nearly the same picture.
//
// Every image gets a binary code of up to 256 bits; images whose codes are equal,
// or differ in at most Radius bits, are linked, and linked images form a group.
//
//	exact        SHA-256 of the size and the pixels
//	autoencoder  bit = code unit > threshold, of a denoising autoencoder
//	phash        signs of 64 low frequencies of the cosine transform
//	dhash        signs of 64 differences of neighbouring pixels
//
// The autoencoder follows Radford, Metz and Chintala (2015, arXiv 1511.06434, section
// 4.1.1), a form of semantic hashing (Salakhutdinov and Hinton 2009): images of 32×32,
// 128 rectified units, threshold 0, equal codes. A hash map finds equal codes, in time
// linear in the number of images. Multi-index hashing (Norouzi, Punjani and Fleet 2012)
// finds codes within a radius: if two codes differ in at most r bits, one of r+1 bands is
// equal, so that only images that share a band are compared.
//
// Images are uint8 [N, H, W, C], C = 3 or 1. They are numbered through all parts in the
// order of the parts. The first image of each group is kept. Groups are ascending, in the
// order of their first images. Everything is deterministic, for any number of threads.
//
//	s, err := duplicates.Run(ctx, "out", ds, nil, backend, duplicates.Options{})
package duplicates
