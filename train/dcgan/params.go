package dcgan

import (
	"fmt"
	"math/rand/v2"

	"repbench/train/convolution"

	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Names of the two networks; the paths of a network's parameters begin with its name.
const (
	genScope  = "generator"
	discScope = "discriminator"
)

// paramKind is the distribution of a parameter's initial values.
type paramKind int

const (
	weightParam paramKind = iota // N(0, 0.02)
	scaleParam                   // N(1, 0.02), batch norm
	shiftParam                   // 0, batch norm
)

// param is one trainable array: its path in the store, its shape and its initial values.
type param struct {
	path string
	dims []int
	kind paramKind
}

// pathsOf returns the paths of parameters.
func pathsOf(ps []param) []string {
	paths := make([]string, len(ps))
	for i, p := range ps {
		paths[i] = p.path
	}
	return paths
}

// generatorParams lists G's parameters in the order of its layers.
//
//	dense/weights [Z, S·S·M]           columns in S×S×M order
//	dense/scale, shift [S·S·M]         batch norm per unit
//	convI/weights [K, K, in, out]      see convolution.Transposed for the orientation
//	convI/scale, shift [out]
func (a Arch) generatorParams() []param {
	base := a.BaseSize * a.BaseSize * a.BaseMaps
	ps := []param{{"/generator/dense/weights", []int{a.ZDim, base}, weightParam}}
	ps = append(ps, batchNormParams("/generator/dense", base)...)
	return append(ps, convParams("/generator", a.BaseMaps, a.Generator)...)
}

// discriminatorParams lists D's parameters in the order of its layers:
// convI/weights [K, K, in, out], convI/scale, shift [out], dense/weights [H·W·C, 1].
func (a Arch) discriminatorParams() []param {
	ps := convParams("/discriminator", a.Channels, a.Discriminator)
	return append(ps, param{"/discriminator/dense/weights", []int{a.FinalSize(), 1}, weightParam})
}

// ConvolutionPaths returns the paths of the parameters of D's convolution layers and their
// batch norms: all parameters of D except its dense layer.
func (a Arch) ConvolutionPaths() []string {
	return pathsOf(convParams("/"+discScope, a.Channels, a.Discriminator))
}

func convParams(scope string, in int, layers []Layer) []param {
	var ps []param
	for i, l := range layers {
		path := fmt.Sprintf("%s/conv%d", scope, i+1)
		ps = append(ps, param{path + "/weights", []int{l.Kernel, l.Kernel, in, l.Maps}, weightParam})
		if l.BatchNorm {
			ps = append(ps, batchNormParams(path, l.Maps)...)
		}
		in = l.Maps
	}
	return ps
}

func batchNormParams(path string, n int) []param {
	return []param{
		{path + "/scale", []int{n}, scaleParam},
		{path + "/shift", []int{n}, shiftParam},
	}
}

// initStd is the standard deviation of all random initial values (paper: N(0, 0.02)).
const initStd = 0.02

// start fills a parameter with its initial values, drawn from rng.
func (p param) start(rng *rand.Rand) *tensors.Tensor {
	values := make([]float32, p.size())
	for i := range values {
		switch p.kind {
		case weightParam:
			values[i] = float32(initStd * rng.NormFloat64())
		case scaleParam:
			values[i] = float32(1 + initStd*rng.NormFloat64())
		}
	}
	return tensors.FromFlatDataAndDimensions(values, p.dims...)
}

func (p param) size() int {
	n := 1
	for _, d := range p.dims {
		n *= d
	}
	return n
}

// net gives graph-building code the parameters of one network by short names.
type net struct {
	store *model.Store
	scope string // genScope or discScope
	low   convolution.Lowering
}

// at returns the current value of the parameter scope/name in the graph of like and in its type, so
// that a network computes in float64 what it gets in float64. It panics if there is no such
// parameter, which is a bug, not bad input.
func (n net) at(like *graph.Node, name string) *graph.Node {
	path := "/" + n.scope + "/" + name
	v := n.store.GetVariable(path)
	if v == nil {
		panic(fmt.Errorf("dcgan: model has no parameter %s", path))
	}
	value := v.NodeValue(like.Graph())
	if value.DType() != like.DType() {
		value = graph.ConvertDType(value, like.DType())
	}
	return value
}
