package dcgan

import (
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/train"
	"repbench/train/convolution"
)

// gradients returns the gradients of loss with respect to the parameters ps of G.
func (g Generation) gradients(store *model.Store, ps []param, loss *Node, low convolution.Lowering) []*Node {
	values := train.Values(store, pathsOf(ps), loss.Graph())
	if !low.ByHand() {
		return Gradient(loss, values...)
	}
	grads := make([]*Node, len(ps))
	for i := len(g.cuts) - 1; i >= 0; i-- {
		c := g.cuts[i]
		path := "/" + genScope + "/" + c.name
		dy := differentiate(loss, grads, values, after(ps, path), c.output)
		for j, p := range ps {
			if p.path == path+"/weights" {
				grads[j] = convolution.TransposedByKernel(c.input, dy, values[j], c.layer.Stride, low)
				// The rest of the chain is the gradient of <input, gradient by input> with the
				// second factor held fixed.
				dx := convolution.TransposedByInput(dy, values[j], c.layer.Stride)
				loss = ReduceAllSum(Mul(c.input, StopGradient(dx)))
			}
		}
	}
	differentiate(loss, grads, values, after(ps, "/"+genScope+"/dense"), nil)
	return grads
}

// after returns the indices of a layer's parameters that come after its product. For the dense
// layer, which GoMLX can differentiate, it returns the indices of all its parameters.
func after(ps []param, layer string) []int {
	var at []int
	for i, p := range ps {
		name, found := strings.CutPrefix(p.path, layer+"/")
		if found && (name != "weights" || strings.HasSuffix(layer, "/dense")) {
			at = append(at, i)
		}
	}
	return at
}

// differentiate sets grads at the given indices, and returns the gradient with respect to
// output if output is not nil.
func differentiate(loss *Node, grads, values []*Node, at []int, output *Node) *Node {
	var by []*Node
	for _, i := range at {
		by = append(by, values[i])
	}
	if output != nil {
		by = append(by, output)
	}
	got := Gradient(loss, by...)
	for j, i := range at {
		grads[i] = got[j]
	}
	return got[len(got)-1]
}

// GradientBy returns the gradients of loss, a scalar computed from what GenerateWith returned,
// with respect to the nodes by: its z, or nodes that its change used. It works with every
// lowering. loss may depend on the nodes in other ways, too.
//
// GoMLX's own Gradient stops before each transposed convolution. At each of them, the last one
// first, the loss gains the product of the input with its gradient, held fixed, which has that
// gradient.
func (m *Model) GradientBy(g Generation, loss *Node, by ...*Node) []*Node {
	if !m.Lowering.ByHand() {
		return Gradient(loss, by...)
	}
	n := net{m.store, genScope, m.Lowering}
	for i := len(g.cuts) - 1; i >= 0; i-- {
		c := g.cuts[i]
		dy := Gradient(loss, c.output)[0]
		dx := convolution.TransposedByInput(dy, n.at(dy, c.name+"/weights"), c.layer.Stride)
		loss = Add(loss, ReduceAllSum(Mul(c.input, StopGradient(dx))))
	}
	return Gradient(loss, by...)
}
