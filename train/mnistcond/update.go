package mnistcond

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/train"
	"repbench/train/convolution"
)

// softplus is log(1 + exp(x)), without overflow.
func softplus(x *Node) *Node { return Add(reLU(x), Log1P(Exp(Neg(Abs(x))))) }

// Binary cross-entropies of logits against a constant target, averaged.
func lossReal(logits *Node) *Node { return ReduceAllMean(softplus(Neg(logits))) }
func lossFake(logits *Node) *Node { return ReduceAllMean(softplus(logits)) }

// generatorGradients returns the loss of G, -mean log D(G(z, y), y), and its gradients with respect
// to G's parameters, in their order.
func (m *Model) generatorGradients(z, y *Node) (loss *Node, grads []*Node) {
	g := m.generate(z, y)
	loss = lossReal(m.discriminate(g.images, y))
	values := train.Values(m.store, pathsOf(m.Arch.generatorParams()), loss.Graph())
	if !m.Lowering.ByHand() {
		return loss, Gradient(loss, values...)
	}
	dy := Gradient(loss, g.conv2)[0]
	byConv2 := convolution.TransposedByKernel(g.input2, dy, values[3], stride, m.Lowering)
	// The rest of the chain is the gradient of <input, gradient by input> with the second factor
	// held fixed.
	rest := ReduceAllSum(Mul(g.input2, StopGradient(convolution.TransposedByInput(dy, values[3], stride))))
	dy = Gradient(rest, g.conv1)[0]
	byConv1 := convolution.TransposedByKernel(g.input1, dy, values[2], stride, m.Lowering)
	rest = ReduceAllSum(Mul(g.input1, StopGradient(convolution.TransposedByInput(dy, values[2], stride))))
	return loss, append(Gradient(rest, values[:2]...), byConv1, byConv2)
}

// discriminated holds the losses of D and what it says of real and of generated images.
type discriminated struct{ loss, real, fake *Node }

// judge builds D on real and on generated images, two batches of which each is normalised with its
// own statistics.
func (m *Model) judge(images, y, z, yGenerated *Node) discriminated {
	real := m.discriminate(images, y)
	fake := m.discriminate(StopGradient(m.generate(z, yGenerated).images), yGenerated)
	return discriminated{Add(lossReal(real), lossFake(fake)), Sigmoid(real), Sigmoid(fake)}
}

// updater builds the update graphs of a model.
type updater struct {
	model *Model
	adam  train.Adam
}

// optimiser sets Adam's learning rate for one update: the graph computes with rate 1, and the
// corrections of the first moment carry the rate, which falls in the course of a training.
func (u updater) optimiser() train.Adam {
	a := u.adam
	a.LearningRate = 1
	return a
}

// trainG is the graph of an update of G. Its inputs are z, labels [N] and Adam's corrections [2].
func (u updater) trainG(_ *model.Scope, in []*Node) []*Node {
	loss, grads := u.model.generatorGradients(in[0], oneHot(in[1]))
	u.optimiser().Apply(u.model.store, pathsOf(u.model.Arch.generatorParams()), grads, in[2])
	return []*Node{loss}
}

// trainD is the graph of an update of D. Its inputs are the inputs of trainG and the images, uint8.
func (u updater) trainD(_ *model.Scope, in []*Node) []*Node {
	y := oneHot(in[1])
	d := u.model.judge(scale(in[3]), y, in[0], y)
	u.optimiser().Minimise(u.model.store, pathsOf(u.model.Arch.discriminatorParams()), d.loss, in[2])
	return []*Node{d.loss, ReduceAllMean(d.real), ReduceAllMean(d.fake)}
}

// scale maps bytes to [0, 1].
func scale(images *Node) *Node {
	return DivScalar(ConvertDType(images, dtypes.Float32), 255.0)
}
