package dcgan

import (
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/train"
)

// Alternation selects which network an update trains.
type Alternation string

const (
	// Released gives each network its own minibatch, as in the released code:
	// update 0 trains G, update 1 trains D, and so on.
	Released Alternation = "released"
	// Both updates D and then G on every minibatch, the usual later form; G is
	// trained against the D just updated.
	Both Alternation = "both"
)

// updateKind is one of the compiled update graphs.
type updateKind int

const (
	updateG updateKind = iota
	updateD
	updateBoth
)

// kindAt returns the kind of update number step (0, 1, …).
func (a Alternation) kindAt(step int64) updateKind {
	switch {
	case a == Both:
		return updateBoth
	case step%2 == 0:
		return updateG
	default:
		return updateD
	}
}

// counts returns the numbers of updates of D and of G among the first n steps.
func (a Alternation) counts(n int64) (d, g int64) {
	if a == Both {
		return n, n
	}
	return n / 2, (n + 1) / 2
}

// softplus is log(1 + exp(x)), without overflow.
func softplus(x *Node) *Node {
	return Add(reLU(x), Log1P(Exp(Neg(Abs(x)))))
}

// Binary cross-entropies of logits against a constant target, averaged.
func crossEntropyReal(logits *Node) *Node { return ReduceAllMean(softplus(Neg(logits))) }
func crossEntropyFake(logits *Node) *Node { return ReduceAllMean(softplus(logits)) }

// runningDecay is the weight of the old value in D's running batch-norm statistics, which each
// minibatch of real images updates.
const runningDecay = 0.9

func runningMean(layer int) string { return fmt.Sprintf("/running/conv%d/mean", layer+1) }
func runningVar(layer int) string  { return fmt.Sprintf("/running/conv%d/variance", layer+1) }

// updater builds the update graphs of a model.
type updater struct {
	model *Model
	adam  train.Adam
}

// build makes the graph of an update. Its inputs are z [N, Z], Adam's corrections [4] = {D c1,
// D c2, G c1, G c2} and, unless only G is trained, the images [N, H, W, C] uint8. It returns
// the logged scalars in the order of outputNames.
func (u updater) build(kind updateKind) func(*model.Scope, []*Node) []*Node {
	return func(_ *model.Scope, in []*Node) []*Node {
		z, c := in[0], in[1]
		fake := u.model.generate(z, with{})
		switch kind {
		case updateG:
			return u.trainG(fake, c)
		case updateD:
			return u.trainD(in[2], fake.Images, c)
		default:
			d := u.trainD(in[2], fake.Images, c)
			return append(d, u.trainG(fake, c)...)
		}
	}
}

// outputNames returns the log names of the results of an update graph.
func outputNames(kind updateKind) []string {
	switch kind {
	case updateG:
		return []string{"g_loss"}
	case updateD:
		return []string{"d_loss", "d_real", "d_fake"}
	default:
		return []string{"d_loss", "d_real", "d_fake", "g_loss"}
	}
}

// trainG trains G so that D takes generated images for real ones (the non-saturating loss).
func (u updater) trainG(fake Generation, c *Node) []*Node {
	loss := crossEntropyReal(u.model.Logits(u.model.Discriminate(fake.Images, nil)))
	ps := u.model.Arch.generatorParams()
	grads := fake.gradients(u.model.store, ps, loss, u.model.Lowering)
	u.adam.Apply(u.model.store, pathsOf(ps), grads, Slice(c, AxisRange(2, 4)))
	return []*Node{loss}
}

// trainD trains D to distinguish images from fake; each of the two batches is normalised with
// its own statistics.
func (u updater) trainD(images, fake, c *Node) []*Node {
	real := u.model.Discriminate(train.ScalePixels(images), nil)
	generated := u.model.Logits(u.model.Discriminate(StopGradient(fake), nil))
	logits := u.model.Logits(real)
	loss := Add(crossEntropyReal(logits), crossEntropyFake(generated))
	u.adam.Minimise(u.model.store, pathsOf(u.model.Arch.discriminatorParams()), loss, Slice(c, AxisRange(0, 2)))
	u.model.UpdateRunning(real.Stats)
	return []*Node{loss, ReduceAllMean(Sigmoid(logits)), ReduceAllMean(Sigmoid(generated))}
}

// UpdateRunning builds an update of the running statistics: 0.9 of the old value and 0.1 of the
// statistics of a batch.
func (m *Model) UpdateRunning(stats []*Stats) {
	for i, s := range stats {
		if s != nil {
			m.blend(runningMean(i), s.Mean)
			m.blend(runningVar(i), s.Variance)
		}
	}
}

func (m *Model) blend(path string, value *Node) {
	v := m.store.GetVariable(path)
	old := v.NodeValue(value.Graph())
	v.SetNodeValue(Add(MulScalar(old, runningDecay), MulScalar(value, 1-runningDecay)))
}
