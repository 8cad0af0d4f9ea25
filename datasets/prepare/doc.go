// Package prepare brings a data set to one or several sizes and writes it as
// memory-mappable arrays: what is done once with ImageNet, LSUN or a folder of
// photographs before anything is trained.
//
//	res, err := prepare.Run(ctx, "imagenet=/data/ILSVRC2012_img_train.tar", "imagenet32",
//		prepare.Options{Sizes: []int{32}})
//
// The result is again a data set, prepared:imagenet32 (datasets.Manifest says which
// files it has). Every image becomes n×n pixels: the shorter side is resized to n
// (package resize), the middle is kept. Image files become RGB; sets of grey arrays
// such as MNIST stay grey.
//
// Files are decoded in parallel and a fixed number of them at a time, so that memory
// does not grow with the set, but for the names. The order is that of Open, and
// neither it nor the bytes depend on the number of threads. A run that is ended at
// any moment, even by SIGKILL, goes on where it stopped and ends with the bytes of
// one that was left alone.
package prepare
