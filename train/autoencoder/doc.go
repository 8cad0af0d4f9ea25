// Package autoencoder trains the denoising autoencoder by which Radford, Metz and
// Chintala (2015, arXiv 1511.06434, section 4.1.1) found duplicates: images of
// D = H·W·C values, one hidden layer of 128 rectified units (the code), and D
// linear outputs; 3072-128-3072 for 32×32 RGB images.
//
//	x̃ = x·m/(1-rate)              m: 0 with probability rate, else 1, per value
//	code = max(0, x̃·E + e)        E [D, 128], e [128]
//	y = code·F + f                 F [128, D], f [D]
//	loss = mean((y - x)²)          over all values of a minibatch
//
// x is the pixels scaled to [-1, 1] (x/127.5 - 1), so that a dropped value is
// mid-grey. The paper names the layers, the dropout and the rectifier.
// Choices made here: dropout on the input alone, its rate, the linear output, the
// scaling, Adam's settings and the length of the training.
//
// Images are uint8 [N, H, W, C] on the host; codes are row-major [N, 128]
// float32, never negative. A unit's bit in the semantic hash is code > 0.
//
// All randomness comes from the seed, one stream for each use and step, so that a
// run that is killed and started again ends with the same bytes as one that was
// not, on the same backend.
//
//	sum, err := autoencoder.Run(ctx, "runs/ae", data, backend, autoencoder.Options{Steps: 4000})
//	m, err := autoencoder.Load("runs/ae", backend)
//	codes, err := m.Codes(images)
package autoencoder
