package dcgan

import (
	"fmt"
	"strings"

	. "github.com/gomlx/gomlx/core/graph"
)

// Rule says how a gradient passes back through D's activations, y = max(x, 0.2x): given r, the
// gradient with respect to y, it gives the one with respect to x.
type Rule string

// Rules of GuidedGradient. [x > 0] is 1 where x > 0 and else 0.
const (
	// GuidedReLU is guided backpropagation (Springenberg et al. 2014, arXiv 1412.6806) as for a
	// ReLU, so that the leak is cut: r·[x > 0]·[r > 0].
	GuidedReLU Rule = "relu"
	// GuidedLeaky cuts negative gradients and keeps the leak: r·slope(x)·[r > 0].
	GuidedLeaky Rule = "leaky"
	// Deconvnet does not look at x (Zeiler and Fergus 2014, arXiv 1311.2901): r·[r > 0].
	Deconvnet Rule = "deconvnet"
	// Saliency is the plain gradient (Simonyan et al. 2013, arXiv 1312.6034): r·slope(x).
	Saliency Rule = "saliency"
)

// Rules returns all rules, the default one first.
func Rules() []Rule { return []Rule{GuidedReLU, GuidedLeaky, Deconvnet, Saliency} }

// ParseRule reads the name of a rule.
func ParseRule(s string) (Rule, error) {
	var names []string
	for _, r := range Rules() {
		if string(r) == s {
			return r, nil
		}
		names = append(names, string(r))
	}
	return "", fmt.Errorf("unknown rule %q: use one of %s", s, strings.Join(names, ", "))
}

// activation is leakyReLU with the rule as its gradient.
func (rule Rule) activation(x *Node) *Node {
	return leakyReLU(IdentityWithCustomGradient(x, rule.back))
}

// back gives the gradient with respect to x from v, the gradient with respect to max(x, 0.2x), by the chain rule: v =
// r·slope(x), which has the sign of r.
func (rule Rule) back(x, v *Node) *Node {
	zero := ZerosLike(v)
	passed := Where(GreaterThan(v, zero), v, zero)
	positive := GreaterThan(x, zero)
	switch rule {
	case GuidedReLU:
		return Where(positive, passed, zero)
	case Deconvnet:
		return Where(positive, passed, MulScalar(passed, 1/leakySlope))
	case GuidedLeaky:
		return passed
	}
	return v
}

// DiscriminateTo is Discriminate up to the convolution layer with that number, from 0, and returns
// its output after the activation.
func (m *Model) DiscriminateTo(x *Node, fixed []*Stats, layer int) *Node {
	return m.discriminate(x, fixed, layer+1, leakyReLU).Layers[layer]
}

// GuidedGradient returns the gradient of Σ seed·h with respect to the images x [N, H, W, C], where
// h, of seed's shape [N, h, w, maps], is the output of D's convolution layer with that number
// (from 0) after its activation. A seed that is 1 at one unit of each image gives the gradients of
// these units; the activation of the unit itself passes by the rule, too. fixed is as in
// Discriminate, and not nil: with the statistics of a batch, its images depend on one another.
func (m *Model) GuidedGradient(x, seed *Node, fixed []*Stats, layer int, rule Rule) *Node {
	d := m.discriminate(x, fixed, layer+1, rule.activation)
	return Gradient(ReduceAllSum(Mul(d.Layers[layer], seed)), x)[0]
}

// Field is the receptive field of the units of a convolution layer of D on one axis: the unit at
// position i sees the pixels from i·Step - Before to i·Step - Before + Size - 1, of which some may
// lie outside the image.
type Field struct {
	// Size is the number of pixels, Step the distance of the fields of neighbours, Before the
	// number of pixels of the first field that lie outside the image.
	Size, Step, Before int
}

// ReceptiveField returns the receptive field of D's convolution layer with that number, from 0.
func (a Arch) ReceptiveField(layer int) Field {
	f := Field{Size: 1, Step: 1}
	for _, l := range a.Discriminator[:layer+1] {
		f.Size += (l.Kernel - 1) * f.Step
		f.Before += (l.Kernel - 1) / 2 * f.Step
		f.Step *= l.Stride
	}
	return f
}

// Of returns the pixels [lo, hi) that the unit at position i sees of a side of that many pixels.
func (f Field) Of(i, side int) (lo, hi int) {
	lo = i*f.Step - f.Before
	return max(lo, 0), min(lo+f.Size, side)
}
