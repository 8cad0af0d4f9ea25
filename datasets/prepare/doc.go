// Package prepare resizes a data set to one or several sizes and writes it as
// memory-mappable arrays. This is done once with ImageNet, LSUN or a folder of photographs
// before training.
//
//	res, err := prepare.Run(ctx, "imagenet=/data/ILSVRC2012_img_train.tar", "imagenet32",
//		prepare.Options{Sizes: []int{32}})
//
// The result is again a data set, prepared:imagenet32 (datasets.Manifest lists its
// files). Every image becomes n×n pixels: the shorter side is resized to n
// (package resize), the middle is kept. Image files become RGB; sets of grey arrays
// such as MNIST stay grey.
//
// Files are decoded in parallel, a fixed number at a time, so that memory does not grow
// with the set, except for the names. The order is the same as in Open, and neither the
// order nor the bytes depend on the number of threads. A run that is ended at any moment,
// even by SIGKILL, resumes where it stopped and ends with the same bytes as an
// uninterrupted run.
package prepare
