package onnx

import (
	"math"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/dtypes/gotype"
	"github.com/gomlx/compute/gobackend"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// Limits on what is computed ahead from weights: the elements of all results
// beyond as many as the file itself has, and the elements of a result that repeats
// its input. Whatever lies beyond stays in the graph.
const (
	maxFolded = 1 << 22
	maxSpread = 1 << 16
	maxInner  = 1 << 24 // of a value on the way to a result, unless the inputs have as many
	maxWork   = 1 << 30 // operations on the host, for all results
)

// Limits on what stays in the graph: the elements of its constants (indices, masks, resampling)
// and those of one value, for each image; global attention over 4,096 places in 16 heads is the
// largest that is known.
const (
	maxConstants = 1 << 24
	maxPerImage  = 1 << 28
)

// spreads are operators that can make much of little; the graph repeats without
// storing.
var spreads = map[string]bool{"ConstantOfShape": true, "Expand": true, "Tile": true}

// products are others that exported files do not make of weights alone.
var products = map[string]bool{"QLinearConv": true, "ConvInteger": true, "QLinearMatMul": true, "MatMulInteger": true, "ConvTranspose": true, "FusedConv": true}

// foldable says that the node depends on weights and shapes alone, and is worth
// computing ahead; exported files do not convolve or pool weights.
func (c *call) foldable() bool {
	given := 0
	for i, v := range c.in {
		if c.has(i) {
			given++
		}
		if v.node != nil || v.listed {
			return false
		}
	}
	return given > 0 && convOps[c.n.Op] == nil && poolOps[c.n.Op] == nil && !products[c.n.Op] && sequenceOps[c.n.Op] == nil
}

// ahead computes such a node on the host, once, in place of in every batch: in a
// graph of its own on the portable backend, so that the values are the same on
// every device. ok is false where the result is beyond the limits.
func (c *call) ahead(op operator) (out []value, ok bool) {
	g := graph.NewGraph(gobackend.GetBackend(), "weights")
	defer g.Finalize()
	inner := &builder{model: c.model, graph: g, params: map[paramKey]*graph.Node{}, limits: &limits{constants: c.limits.constants, decoded: c.limits.decoded, work: c.limits.work}}
	out = op(&call{builder: inner, n: c.n, in: c.in})
	c.limits.constants, c.limits.decoded, c.limits.work = inner.limits.constants, inner.limits.decoded, inner.limits.work
	var nodes []*graph.Node
	var places []int
	total := 0
	for i, v := range out {
		if v.node == nil { // weights or integers
			c.spend(v)
			continue
		}
		inner.check(v)
		v = inner.plain(v)
		nodes, places = append(nodes, v.node), append(places, i)
		total += v.node.Shape().Size()
		if spreads[c.n.Op] && total > maxSpread || total > c.limits.budget || !decodable(v.node) {
			return nil, false
		}
	}
	if len(nodes) == 0 {
		return out, true
	}
	work, largest := effort(g)
	if work > float64(c.limits.work) || largest > maxInner && largest > 4*c.elements() {
		return nil, false
	}
	c.limits.work -= int(work)
	c.limits.budget -= total
	for i, t := range inner.compute(nodes) {
		out[places[i]] = decoded(t)
	}
	return out, true
}

// effort estimates the operations of a graph, from above, and says how many elements its largest
// value has.
func effort(g *graph.Graph) (work float64, largest int) {
	for _, n := range g.Nodes() {
		if n.NumOutputs() != 1 {
			for _, in := range n.Inputs() { // a sort
				work += 64 * float64(in.Shape().Size())
			}
			continue
		}
		out := n.Shape().Size()
		largest = max(largest, out)
		work += float64(out)
		if in := n.Inputs(); n.Type() == graph.NodeTypeDotGeneral {
			work += math.Sqrt(float64(in[0].Shape().Size()) * float64(in[1].Shape().Size()) * float64(out))
		}
	}
	return work, largest
}

// elements is the number of elements of all inputs.
func (c *call) elements() int {
	n := 0
	for i, v := range c.in {
		if c.has(i) {
			n += size(v.dims())
		}
	}
	return n
}

// spend counts weights that the node made; weights that it passes on cost nothing.
func (c *call) spend(made value) {
	if made.weight == nil || slices.ContainsFunc(c.in, func(v value) bool { return v.weight == made.weight }) {
		return
	}
	if c.limits.budget -= made.weight.Size(); c.limits.budget < 0 {
		panic(unsupported("more numbers are computed from weights than %d and those of the file", maxFolded))
	}
}

// compute runs the graph.
func (b *builder) compute(nodes []*graph.Node) []*tensors.Tensor {
	must(b.graph.Compile(nodes...))
	args := make([]any, len(b.weights))
	for i, w := range b.weights {
		args[i] = w
	}
	return b.graph.Run(args...)
}

// decodable says that decoded knows the type and holds that many elements.
func decodable(x *graph.Node) bool {
	switch x.DType() {
	case dtypes.Float32:
		return true
	case dtypes.Int64, dtypes.Bool:
		return x.Shape().Size() <= maxInts
	}
	return false
}

// decoded makes weights or integers of a result, which it releases.
func decoded(t *tensors.Tensor) value {
	defer func() { must(t.FinalizeAll()) }()
	dims := t.Shape().Dimensions
	switch t.DType() {
	case dtypes.Int64:
		return value{host: &ints{dims: dims, data: flat[int64](t)}}
	case dtypes.Bool:
		out := newInts(dims, true)
		for i, v := range flat[bool](t) {
			out.data[i] = truth(v)
		}
		return value{host: out}
	}
	return value{weight: &Tensor{Type: Float32, Dims: dims, floats: flat[float32](t)}}
}

// flat copies the elements of a tensor.
func flat[T gotype.Supported](t *tensors.Tensor) []T {
	v, err := tensors.CopyFlatData[T](t)
	must(err)
	return v
}

// must panics with an error, which apply returns with the node's name.
func must(err error) {
	if err != nil {
		panic(err)
	}
}
