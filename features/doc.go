// Package features turns images into feature matrices.
//
// An encoder maps images [N, H, W, C] uint8 to a matrix N×D float32, row-major. A
// layer of the encoder is a range of columns, in row, column, channel order of
// its pooled grid; layers stand in network order. On disk a matrix is
// <split>_features.npy beside <split>_labels.npy, <split>_ids.txt and one
// meta.json (docs/features.md).
//
//	enc, err := features.Open("theano:weights/svhn", backend, features.Options{})
//	meta, err := enc.Extract(ctx, dataset, "features/svhn-on-cifar10", nil)
//
// With batch-norm statistics that are fixed beforehand (the default), a row
// depends on its image alone, not on the batch size or on its neighbours.
package features
