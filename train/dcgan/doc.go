// Package dcgan holds the DCGANs of Radford, Metz and Chintala (2015, arXiv
// 1511.06434) as GoMLX graphs, their training, and the import of the weights that their
// authors released.
//
// Images are [N, H, W, C] (uint8 on the host, float32 in [-1, 1] in graphs), z is
// [N, Z] float32, convolution kernels are [K, K, in, out]. Functions that build
// graphs take and return *graph.Node and panic on shape bugs, as GoMLX code
// does; everything else returns errors, and a panic never leaves the package.
//
//	arch, err := dcgan.NewArch("svhn32", 0)
//	sum, err := dcgan.Run(ctx, "runs/a", data, backend, dcgan.Options{Arch: arch, Steps: 1000})
//	m, err := dcgan.Load("runs/a", backend)
//	z := arch.Prior.DrawZ(64, arch.ZDim, 1)
//	images, err := m.Sample(backend, z, 64)
package dcgan
