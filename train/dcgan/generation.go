package dcgan

import (
	"fmt"
	"repbench/train/convolution"

	. "github.com/gomlx/gomlx/core/graph"
)

// Generation holds what G computes for a batch of N vectors z.
type Generation struct {
	// Layers are G's hidden layers after their ReLU, [N, h, w, maps]: the reshaped dense layer,
	// then every transposed convolution but the last. Where a change was asked for, they are the
	// layers before it. Arch.HiddenLayers says their names and sizes.
	Layers []*Node
	// Stats are the statistics that each batch norm used, one for each of Layers in the same
	// order. Those of the dense layer, [S·S·M] in the order of its units, are of single units;
	// all others are [maps].
	Stats []*Stats
	// Images are [N, H, W, C] in [-1, 1].
	Images *Node

	cuts []cut
}

// cut is one transposed convolution: output = convolution.Transposed(input, kernel). The chain rule is applied
// by hand there where GoMLX has no gradient.
type cut struct {
	layer         Layer
	name          string // conv1, conv2, …
	input, output *Node
}

// Change replaces the hidden layer with a number, 0 for the reshaped dense layer, by another of
// the same shape; the layers after it are computed from what it returns, h itself where it
// changes nothing.
type Change func(layer int, h *Node) *Node

// Generate builds G on z [N, Z] and returns images [N, H, W, C] in [-1, 1]. Batch normalisation
// uses the statistics of this batch, as in the released code.
//
// GoMLX's Gradient cannot differentiate the result with the lowerings convolution.Native and Adjoint;
// GenerateWith and GradientBy can with all.
func (m *Model) Generate(z *Node) *Node { return m.generate(z, with{}).Images }

// GenerateWith builds G on z [N, Z]. fixed holds the statistics that batch normalisation uses, as
// in Generation.Stats; a nil entry, or a nil slice for all of them, means the statistics of this
// batch. change is applied to every hidden layer; nil: none is changed.
//
// GradientBy differentiates what is computed from the result.
func (m *Model) GenerateWith(z *Node, fixed []*Stats, change Change) Generation {
	return m.generate(z, with{fixed, change, m.Lowering.ByHand()})
}

// with says what sets a Generation apart from the generation of a training.
type with struct {
	fixed  []*Stats
	change Change
	// stop has GoMLX's Gradient stop before the transposed convolutions, from where GradientBy
	// goes on.
	stop bool
}

func (m *Model) generate(z *Node, w with) Generation {
	n := net{m.store, genScope, m.Lowering}
	var out Generation
	a := m.Arch
	h := Dot(z, n.at(z, "dense/weights")).Product()
	h = reLU(n.batchNormOf(h, "dense", w.fixed, &out))
	h = Reshape(h, -1, a.BaseSize, a.BaseSize, a.BaseMaps)
	for i, l := range a.Generator {
		out.Layers = append(out.Layers, h)
		if w.change != nil {
			h = w.change(i, h)
		}
		c := cut{layer: l, name: fmt.Sprintf("conv%d", i+1), input: h}
		if w.stop {
			h = StopGradient(h)
		}
		h = convolution.Transposed(h, n.at(h, c.name+"/weights"), l.Stride, n.low)
		c.output = h
		out.cuts = append(out.cuts, c)
		if l.BatchNorm {
			h = reLU(n.batchNormOf(h, c.name, w.fixed, &out))
		}
	}
	out.Images = Tanh(h)
	return out
}

// batchNormOf is batchNorm with the next statistics of fixed, or the statistics of x where there are none;
// it adds them to out.
func (n net) batchNormOf(x *Node, name string, fixed []*Stats, out *Generation) *Node {
	s := &Stats{}
	if i := len(out.Stats); i < len(fixed) && fixed[i] != nil {
		s = fixed[i]
	} else {
		s.Mean, s.Variance = moments(x)
	}
	out.Stats = append(out.Stats, s)
	return n.batchNorm(x, name, s.Mean, s.Variance)
}
