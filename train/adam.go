package train

import (
	"math"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"
)

// Adam holds the settings of the optimiser (Kingma and Ba 2014, algorithm 1). As in the
// released DCGAN code, an L2 term is added to the gradient of every parameter before the
// moments are computed. The released code also multiplies beta1 by (1 - 1e-8) per step; this is
// left out, since it would change beta1 by 1 % in a million steps.
type Adam struct {
	LearningRate float64 // 0.0002
	Beta1        float64 // 0.5
	Beta2        float64 // 0.999
	Epsilon      float64 // 1e-8
	WeightDecay  float64 // 1e-5: g + WeightDecay·p replaces g
}

// Paths of the first and second moment of a parameter.
func firstMoment(path string) string  { return "/adam/m" + path }
func secondMoment(path string) string { return "/adam/v" + path }

// Corrections returns the two bias corrections 1/(1-Beta1^t) and 1/(1-Beta2^t) of update t = 1,
// 2, …, computed in float64 on the host, as Minimise and Apply expect them.
func (a Adam) Corrections(t int64) []float32 {
	return []float32{
		float32(1 / (1 - math.Pow(a.Beta1, float64(t)))),
		float32(1 / (1 - math.Pow(a.Beta2, float64(t)))),
	}
}

// AddMoments creates zero moments in the store for the float32 variables at paths.
func AddMoments(store *model.Store, paths []string) error {
	for _, path := range paths {
		shape := store.GetVariable(path).Shape()
		for _, moment := range []string{firstMoment(path), secondMoment(path)} {
			if _, err := store.CreateVariable(moment, tensors.FromShape(shape)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Minimise builds one update against loss of the variables at paths, which have moments;
// corrections [2] are the bias corrections of this update.
func (a Adam) Minimise(store *model.Store, paths []string, loss, corrections *Node) {
	a.Apply(store, paths, Gradient(loss, Values(store, paths, loss.Graph())...), corrections)
}

// Apply builds one update, as Minimise does, from the given gradients.
func (a Adam) Apply(store *model.Store, paths []string, grads []*Node, corrections *Node) {
	c1, c2 := element(corrections, 0), element(corrections, 1)
	for i, p := range Values(store, paths, corrections.Graph()) {
		a.update(store, paths[i], p, grads[i], c1, c2)
	}
}

// Values returns the graph nodes of the variables at paths.
func Values(store *model.Store, paths []string, g *Graph) []*Node {
	values := make([]*Node, len(paths))
	for i, path := range paths {
		values[i] = store.GetVariable(path).NodeValue(g)
	}
	return values
}

// element is c[i] as a scalar.
func element(c *Node, i int) *Node { return Reshape(Slice(c, AxisElem(i))) }

func (a Adam) update(store *model.Store, path string, p, grad, c1, c2 *Node) {
	g := p.Graph()
	mVar, vVar := store.GetVariable(firstMoment(path)), store.GetVariable(secondMoment(path))
	grad = Add(grad, MulScalar(p, a.WeightDecay))
	m := Add(MulScalar(mVar.NodeValue(g), a.Beta1), MulScalar(grad, 1-a.Beta1))
	v := Add(MulScalar(vVar.NodeValue(g), a.Beta2), MulScalar(Square(grad), 1-a.Beta2))
	step := Div(MulScalar(Mul(m, c1), a.LearningRate), AddScalar(Sqrt(Mul(v, c2)), a.Epsilon))
	mVar.SetNodeValue(m)
	vVar.SetNodeValue(v)
	// Later nodes of the same graph must not differentiate through this update.
	store.GetVariable(path).SetNodeValue(StopGradient(Sub(p, step)))
}
