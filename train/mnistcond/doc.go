// Package mnistcond holds the conditional DCGAN of MNIST (Radford, Metz and Chintala 2015, arXiv
// 1511.06434, and their released code) as GoMLX graphs, and its training.
//
// Images are [N, 28, 28, 1] (uint8 on the host, float32 in [0, 1] in graphs), z is [N, 100] from
// U(-1, 1), labels are [N] int32, 0 to 9. The one-hot of the label is appended to the input of
// every layer of both networks. Functions that build graphs take and return *graph.Node and panic on
// shape bugs, as GoMLX code does; everything else returns errors.
//
// Run trains in a run folder, Load opens a checkpoint of it, and a Sampler makes images.
package mnistcond
