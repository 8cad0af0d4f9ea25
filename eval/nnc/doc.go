// Package nnc classifies test images by their nearest labelled image among many, as the table of
// Radford, Metz and Chintala (2015, arXiv 1511.06434) does with images generated for MNIST's classes.
//
// Distances are Euclidean; of equally near images the first one counts. Images arrive block by block,
// of which only the nearest one of each test image is kept: its squared distance, its label and its
// number. Ten million images therefore take no more memory than a block.
//
//	n, err := nnc.New(test, nnc.Options{Classes: 2})
//	err = n.Add(ctx, block)
//	p := n.Point()
package nnc
