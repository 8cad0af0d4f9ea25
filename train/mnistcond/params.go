package mnistcond

import (
	"math/rand/v2"

	"github.com/gomlx/gomlx/core/tensors"
)

// initStd is the standard deviation of the initial weights.
const initStd = 0.02

// param is one trainable array: its path in the store and its shape.
type param struct {
	path string
	dims []int
}

// Paths of the parameters, in the order of the layers. Kernels are [5, 5, in, out]: D's for
// cross-correlation, G's as convolution.Transposed takes them. The columns of generator/dense2 are
// in the order row, column, map, and so are the first rows of discriminator/dense1.
const (
	genDense1  = "/generator/dense1/weights"
	genDense2  = "/generator/dense2/weights"
	genConv1   = "/generator/conv1/weights"
	genConv2   = "/generator/conv2/weights"
	discConv1  = "/discriminator/conv1/weights"
	discConv2  = "/discriminator/conv2/weights"
	discDense1 = "/discriminator/dense1/weights"
	discDense2 = "/discriminator/dense2/weights"
)

func (a Arch) generatorParams() []param {
	return []param{
		{genDense1, []int{ZDim + Classes, a.Dense}},
		{genDense2, []int{a.Dense + Classes, a.base()}},
		{genConv1, []int{kernel, kernel, 2*a.Width + Classes, a.Width}},
		{genConv2, []int{kernel, kernel, a.Width + Classes, 1}},
	}
}

func (a Arch) discriminatorParams() []param {
	return []param{
		{discConv1, []int{kernel, kernel, 1 + Classes, a.Width}},
		{discConv2, []int{kernel, kernel, a.Width + Classes, 2 * a.Width}},
		{discDense1, []int{a.base() + Classes, a.Dense}},
		{discDense2, []int{a.Dense + Classes, 1}},
	}
}

func pathsOf(ps []param) []string {
	paths := make([]string, len(ps))
	for i, p := range ps {
		paths[i] = p.path
	}
	return paths
}

// start draws the initial values of a parameter.
func (p param) start(rng *rand.Rand) *tensors.Tensor {
	n := 1
	for _, d := range p.dims {
		n *= d
	}
	values := make([]float32, n)
	for i := range values {
		values[i] = float32(initStd * rng.NormFloat64())
	}
	return tensors.FromFlatDataAndDimensions(values, p.dims...)
}
