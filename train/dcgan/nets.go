package dcgan

import (
	"fmt"

	"repbench/train/convolution"

	. "github.com/gomlx/gomlx/core/graph"
)

// Constants of the released code.
const (
	leakySlope   = 0.2
	batchNormEps = 1e-8
)

// moments returns the mean and the biased variance over all axes but the last.
func moments(x *Node) (mean, variance *Node) {
	axes := make([]int, x.Rank()-1)
	for i := range axes {
		axes[i] = i
	}
	mean = ReduceMean(x, axes...)
	centred := Sub(x, expandTo(mean, x))
	return mean, ReduceMean(Square(centred), axes...)
}

// expandTo gives v [C] the rank of x [..., C] for broadcasting.
func expandTo(v, x *Node) *Node { return ExpandLeftToRank(v, x.Rank()) }

// batchNorm normalises x with the given statistics and applies scale and shift: (x -
// mean)/sqrt(variance + 1e-8)·scale + shift, all per index of the last axis.
func (n net) batchNorm(x *Node, name string, mean, variance *Node) *Node {
	scale := Mul(n.at(x, name+"/scale"), Inverse(Sqrt(AddScalar(variance, batchNormEps))))
	y := Mul(Sub(x, expandTo(mean, x)), expandTo(scale, x))
	return Add(y, expandTo(n.at(x, name+"/shift"), x))
}

func leakyReLU(x *Node) *Node { return Max(x, MulScalar(x, leakySlope)) }

func reLU(x *Node) *Node { return MaxScalar(x, 0.0) }

// Stats holds the mean and the biased variance that one batch-norm layer uses.
type Stats struct {
	// Mean and Variance are [C] float32 nodes.
	Mean, Variance *Node
}

// FixedStats builds the argument fixed of Discriminate from nodes: mean and variance of each
// layer with batch norm, in order.
func (a Arch) FixedStats(nodes []*Node) []*Stats {
	stats := make([]*Stats, len(a.Discriminator))
	for i, l := range a.Discriminator {
		if l.BatchNorm {
			stats[i] = &Stats{Mean: nodes[0], Variance: nodes[1]}
			nodes = nodes[2:]
		}
	}
	return stats
}

// Discriminated holds what D computes for a batch of N images.
type Discriminated struct {
	// Layers are the outputs of the convolution layers after their activation, [N, h, w, maps].
	Layers []*Node
	// Stats are the statistics that each layer used; nil for a layer without batch norm.
	Stats []*Stats
}

// Discriminate builds D on images x [N, H, W, C] in [-1, 1].
//
// fixed holds the batch-norm statistics per layer, nil for a layer without batch norm. A nil
// slice means the statistics of this batch, as in training.
func (m *Model) Discriminate(x *Node, fixed []*Stats) Discriminated {
	return m.discriminate(x, fixed, len(m.Arch.Discriminator), leakyReLU)
}

// discriminate is Discriminate up to a number of layers, with any activation.
func (m *Model) discriminate(x *Node, fixed []*Stats, layers int, activation func(*Node) *Node) Discriminated {
	n := net{m.store, discScope, m.Lowering}
	out := Discriminated{Stats: make([]*Stats, len(m.Arch.Discriminator))}
	for i, l := range m.Arch.Discriminator[:layers] {
		name := fmt.Sprintf("conv%d", i+1)
		x = convolution.Strided(x, n.at(x, name+"/weights"), l.Stride, n.low)
		if l.BatchNorm {
			s := &Stats{}
			if fixed != nil {
				*s = *fixed[i]
			} else {
				s.Mean, s.Variance = moments(x)
			}
			x = n.batchNorm(x, name, s.Mean, s.Variance)
			out.Stats[i] = s
		}
		x = activation(x)
		out.Layers = append(out.Layers, x)
	}
	return out
}

// Logits ends D with its dense layer: [N, 1]. The sigmoid of a logit is the probability that
// the image is real. Logits is separate from Discriminate because the portable backend (v0.1.3)
// fails on graphs with unused nodes behind an output.
func (m *Model) Logits(d Discriminated) *Node {
	flat := Reshape(d.Layers[len(d.Layers)-1], -1, m.Arch.FinalSize())
	n := net{m.store, discScope, m.Lowering}
	return Dot(flat, n.at(flat, "dense/weights")).Product()
}
