package train

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Adam holds the optimiser's settings (Kingma and Ba 2014, algorithm 1) with
// the L2 term of the released code, which is added to the gradient of every
// parameter before the moments are taken. The released code also multiplies
// beta1 by (1 - 1e-8) a step; that is left out: it would be 1 % in a million steps.
type Adam struct {
	LearningRate float64 // 0.0002
	Beta1        float64 // 0.5
	Beta2        float64 // 0.999
	Epsilon      float64 // 1e-8
	WeightDecay  float64 // 1e-5: g + WeightDecay·p replaces g
}

// Paths of a parameter's first and second moment.
func firstMoment(path string) string  { return "/adam/m" + path }
func secondMoment(path string) string { return "/adam/v" + path }

// corrections are 1/(1-beta1^t) and 1/(1-beta2^t) for update t = 1, 2, …,
// worked out in float64 on the host.
func (a Adam) corrections(t int64) (c1, c2 float32) {
	return float32(1 / (1 - math.Pow(a.Beta1, float64(t)))),
		float32(1 / (1 - math.Pow(a.Beta2, float64(t))))
}

// addMoments creates zero moments for the parameters.
func (m *Model) addMoments(ps []param) {
	for _, p := range ps {
		m.mustCreate(firstMoment(p.path), tensors.FromShape(p.shape()))
		m.mustCreate(secondMoment(p.path), tensors.FromShape(p.shape()))
	}
}

// minimise builds one update of the parameters ps against loss. c1 and c2 are
// the scalars of corrections.
func (a Adam) minimise(store *model.Store, ps []param, loss, c1, c2 *Node) {
	a.apply(store, ps, Gradient(loss, parameterValues(store, ps, loss.Graph())...), c1, c2)
}

// apply builds one update of the parameters ps by their gradients.
func (a Adam) apply(store *model.Store, ps []param, grads []*Node, c1, c2 *Node) {
	for i, p := range parameterValues(store, ps, c1.Graph()) {
		a.update(store, ps[i].path, p, grads[i], c1, c2)
	}
}

func (a Adam) update(store *model.Store, path string, p, grad, c1, c2 *Node) {
	g := p.Graph()
	mVar, vVar := store.GetVariable(firstMoment(path)), store.GetVariable(secondMoment(path))
	grad = Add(grad, MulScalar(p, a.WeightDecay))
	m := Add(MulScalar(mVar.NodeValue(g), a.Beta1), MulScalar(grad, 1-a.Beta1))
	v := Add(MulScalar(vVar.NodeValue(g), a.Beta2), MulScalar(Square(grad), 1-a.Beta2))
	step := Div(MulScalar(Mul(m, c1), a.LearningRate), AddScalar(Sqrt(Mul(v, c2)), a.Epsilon))
	mVar.SetNodeValue(m)
	vVar.SetNodeValue(v)
	// What follows in the same graph must not differentiate through this update.
	store.GetVariable(path).SetNodeValue(StopGradient(Sub(p, step)))
}
