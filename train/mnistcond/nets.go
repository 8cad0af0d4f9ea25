package mnistcond

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"

	"repbench/train/convolution"
)

// Constants of the released code.
const (
	leakySlope   = 0.2
	batchNormEps = 1e-8
)

// normalise is batch normalisation without scale and shift, with the mean and the biased variance
// of this batch, per index of the last axis.
func normalise(x *Node) *Node {
	axes := make([]int, x.Rank()-1)
	for i := range axes {
		axes[i] = i
	}
	centred := Sub(x, ExpandLeftToRank(ReduceMean(x, axes...), x.Rank()))
	variance := ReduceMean(Square(centred), axes...)
	return Mul(centred, ExpandLeftToRank(Inverse(Sqrt(AddScalar(variance, batchNormEps))), x.Rank()))
}

func leakyReLU(x *Node) *Node { return Max(x, MulScalar(x, leakySlope)) }

func reLU(x *Node) *Node { return MaxScalar(x, 0.0) }

// oneHot turns labels [N] int32 into [N, 10] float32.
func oneHot(labels *Node) *Node { return OneHot(labels, Classes, dtypes.Float32) }

// with appends the one-hot y [N, 10] to the last axis of x, the same in every position.
func with(x, y *Node) *Node {
	d := x.Shape().Dimensions
	if x.Rank() == 4 {
		y = BroadcastToDims(Reshape(y, d[0], 1, 1, Classes), d[0], d[1], d[2], Classes)
	}
	return Concatenate([]*Node{x, y}, -1)
}

// generated holds what G computes, with the inputs and outputs of its transposed convolutions, at
// which the chain rule is applied by hand where GoMLX has no gradient.
type generated struct {
	images         *Node // [N, 28, 28, 1] in [0, 1]
	hidden         *Node // [N, 14, 14, Width] after ReLU
	input1, input2 *Node
	conv1, conv2   *Node
}

// generate builds G on z [N, 100] and the one-hots y [N, 10].
func (m *Model) generate(z, y *Node) generated {
	h := reLU(normalise(Dot(with(z, y), m.at(z, genDense1)).Product()))
	h = reLU(normalise(Dot(with(h, y), m.at(z, genDense2)).Product()))
	var g generated
	g.input1 = with(Reshape(h, -1, baseSide, baseSide, 2*m.Arch.Width), y)
	g.conv1 = convolution.Transposed(g.input1, m.at(z, genConv1), stride, m.Lowering)
	g.hidden = reLU(normalise(g.conv1))
	g.input2 = with(g.hidden, y)
	g.conv2 = convolution.Transposed(g.input2, m.at(z, genConv2), stride, m.Lowering)
	g.images = Sigmoid(g.conv2)
	return g
}

// discriminate builds D on images x [N, 28, 28, 1] in [0, 1] and the one-hots y, and returns its
// logits [N, 1], whose sigmoid is the probability that the image is real.
func (m *Model) discriminate(x, y *Node) *Node {
	h := leakyReLU(convolution.Strided(with(x, y), m.at(x, discConv1), stride, m.Lowering))
	h = leakyReLU(normalise(convolution.Strided(with(h, y), m.at(x, discConv2), stride, m.Lowering)))
	h = Reshape(h, -1, m.Arch.base())
	h = leakyReLU(normalise(Dot(with(h, y), m.at(x, discDense1)).Product()))
	return Dot(with(h, y), m.at(x, discDense2)).Product()
}
