// Package train holds the DCGANs of Radford, Metz and Chintala (2015, arXiv
// 1511.06434) as GoMLX graphs, the loop that trains them, and the import of the
// weights their authors released.
//
// Images are [N, H, W, C] (uint8 on the host, float32 in [-1, 1] in graphs), z is
// [N, Z] float32, convolution kernels are [K, K, in, out]. Functions that build
// graphs take and return *graph.Node and panic on shape bugs, as GoMLX code
// does; everything else returns errors, and a panic never leaves the package.
//
// All randomness comes from a seed on the host, one stream for each use and,
// within training, for each step, so that the state of a training is its step
// number and its arrays: a run that is killed and started again ends with the
// same bytes as one that was not, on the same backend.
//
//	arch, err := train.NewArch("svhn32", 0)
//	sum, err := train.Run(ctx, "runs/a", data, backend, train.Options{Arch: arch, Steps: 1000})
//	m, err := train.Load("runs/a", backend)
//	images, err := m.Sample(backend, z)
package train
