package vis

import (
	"fmt"

	"repbench/internal/npy"
	"repbench/train/dcgan"
)

// ReadZ reads a NumPy file of vectors z, N×Z float32, for a model. Another shape, a value that is
// not finite, or one outside the range of a uniform prior is an error that names the file. A
// single vector of shape Z is 1×Z.
func ReadZ(path string, a dcgan.Arch) (z []float32, n int, err error) {
	shape, z, err := npy.Read[float32](path)
	if err != nil {
		return nil, 0, err
	}
	if len(shape) == 1 {
		shape = []int{1, shape[0]}
	}
	if len(shape) != 2 || shape[1] != a.ZDim {
		return nil, 0, fmt.Errorf("%s has shape %v; z of %s is float32 N×%d", path, shape, a.Name, a.ZDim)
	}
	if shape[0] == 0 {
		return nil, 0, fmt.Errorf("%s holds no z: its shape is %v", path, shape)
	}
	if err := a.CheckZ(z, shape[0]); err != nil {
		return nil, 0, fmt.Errorf("%s: %w", path, err)
	}
	return z, shape[0], nil
}
