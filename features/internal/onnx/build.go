package onnx

import (
	"errors"
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
)

// Target says what of a network is built, and how its image input is laid out.
type Target struct {
	// Output is the name of any value of the network; "" means its first output.
	Output string
	// ChannelsLast says that the file lays its input out [N, H, W, C], and its
	// output likewise; without it, both are [N, C, H, W] there.
	ChannelsLast bool
}

// Built is a network in a graph.
type Built struct {
	// Output is the value that was asked for, float32. One of rank 4 is
	// [N, H, W, C] whatever its order in the file.
	Output *graph.Node
	// Weights are the values of the graph's parameters that Build created, in
	// their order. There are none on the CPU backend, for which weights are constants: it lays
	// them out once, when the graph is compiled.
	Weights []*tensors.Tensor
	// Elements counts the elements of each array of more than one in the graph, parameters and
	// constants alike.
	Elements []int
}

// builder builds one graph.
type builder struct {
	model   *Model
	graph   *graph.Graph
	values  *scope
	params  map[paramKey]*graph.Node
	held    map[heldKey]*graph.Node
	weights []*tensors.Tensor
	limits  *limits
	dry     bool // only shapes matter: weights are not decoded for the graph
	sizes   []int
	fixed   bool // weights become constants of the graph
}

// value is what a name of the network stands for: integers known on the host, a
// node of the graph, weights that are in no graph yet, or a list of such values.
type value struct {
	host *ints
	node *graph.Node
	last bool // node has its channels last, [N, …, C] for [N, C, …]
	// grouped: node has groups of channels last, [N, …, g, c] for [N, g, c, …]
	grouped bool
	weight  *Tensor
	list    []value
	listed  bool // the value is a list
}

// Build builds the network for images x [N, H, W, C], float32, into their graph.
// Its own weights become parameters or constants of the graph, see Built. Errors wrap ErrFormat or
// ErrUnsupported, or say which node the backend refused, see OpError.
//
// An integer input takes x of the input's own type, see Value.Feed.
func (m *Model) Build(x *graph.Node, t Target) (*Built, error) {
	if t.Output == "" {
		t.Output = m.Outputs[0].Name
	}
	return m.newBuilder(x.Graph()).build(x, t)
}

func (m *Model) newBuilder(g *graph.Graph) *builder {
	b := &builder{model: m, graph: g, values: within(nil, m.weights), params: map[paramKey]*graph.Node{}, limits: &limits{budget: maxFolded, decoded: maxFolded, work: maxWork},
		fixed: g.Backend().Name() == backends.CPU}
	for _, t := range m.tensors() {
		b.limits.budget += t.Size()
		b.limits.decoded += 2 * t.Size()
		b.limits.work += 64 * t.Size()
	}
	return b
}

func (b *builder) build(x *graph.Node, t Target) (*Built, error) {
	built, err := b.buildAll(x, []string{t.Output}, t.ChannelsLast)
	if err != nil {
		return nil, err
	}
	return built[0], nil
}

// buildAll builds several values in one pass, in the order of their names.
func (b *builder) buildAll(x *graph.Node, outputs []string, channelsLast bool) (all []*Built, err error) {
	input, err := b.model.Image()
	if err != nil {
		return nil, err
	}
	b.values.names[input.Name] = value{node: x, last: !channelsLast}
	b.limits.images = x.Shape().Dimensions[0]
	for _, name := range outputs {
		nodes, err := b.model.needed(name)
		if err != nil {
			return nil, err
		}
		if err := b.model.imageAlone(name, input.Name, nodes); err != nil {
			return nil, err
		}
	}
	if err := b.all(needed(b.model.Nodes, outputs...)); err != nil {
		return nil, err
	}
	for _, name := range outputs {
		built, err := b.finish(Target{Output: name, ChannelsLast: channelsLast})
		if err != nil {
			return nil, err
		}
		all = append(all, built)
	}
	return all, nil
}

// all builds nodes; nil ones are not needed.
func (b *builder) all(nodes []*Operation) error {
	if err := known(nodes); err != nil {
		return err
	}
	for i, n := range nodes {
		if n != nil {
			if err := b.apply(n, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// call is one node being built, with the values of its inputs.
type call struct {
	*builder
	n  *Operation
	in []value
}

// apply builds node i. Whatever panics in it is an error that names the node.
func (b *builder) apply(n *Operation, i int) (err error) {
	defer func() {
		if p := recover(); p != nil {
			cause, ok := p.(error)
			if !ok {
				cause = fmt.Errorf("%v", p)
			}
			name := fmt.Sprintf("%q", n.Name)
			if n.Name == "" {
				name = fmt.Sprintf("%d", i)
			}
			err = &OpError{Node: name, Op: n.Op, Err: cause}
		}
	}()
	c := &call{builder: b, n: n, in: make([]value, len(n.Inputs))}
	host := len(n.Inputs) > 0
	for k, name := range n.Inputs {
		if name == "" {
			continue
		}
		v, ok := b.values.of(name)
		if !ok {
			panic(unsupported("its input %q is not known: it is fed from outside, or comes later in the file", name))
		}
		if !n.quantised() { // these read integer weights as they are
			if settled := b.settle(v); settled.host != v.host {
				v = settled
				b.values.names[name] = v
			}
		}
		if n.Op != "Reshape" && n.Op != "Transpose" {
			v = b.ungrouped(v)
		}
		c.in[k] = v
		host = host && v.host != nil
	}
	b.keep(n, c.run(host))
	return nil
}

// keep names the results of a node; one that it did not make has no value.
func (b *builder) keep(n *Operation, results []value) {
	for k, name := range n.Outputs {
		if name == "" {
			continue
		}
		v := value{}
		if k < len(results) {
			v = results[k]
			b.check(v)
		}
		b.values.names[name] = v
	}
}

// run applies the operator, on the host where all its inputs are there.
func (c *call) run(host bool) []value {
	if op := hostOps[c.n.kind()]; op != nil && host {
		c.spendWork(c.elements())
		return []value{{host: op(c)}}
	}
	if c.n.Op == "If" {
		return c.branch()
	}
	op := operators[c.n.kind()]
	if op == nil {
		panic(unsupported("it is applied to values that are not known before images are; shapes must not depend on them"))
	}
	if c.foldable() {
		if out, ok := c.ahead(op); ok {
			return out
		}
	}
	return op(c)
}

// settle decodes integer weights, which are host values from then on.
func (b *builder) settle(v value) value {
	if v.weight != nil && !v.weight.Type.IsFloat() {
		checkSize(v.weight.Dims, maxInts)
		return value{host: &ints{dims: v.weight.Dims, data: v.weight.Ints(), bool: v.weight.Type == Bool, kind: v.weight.Type}}
	}
	return v
}

// finish brings the output into the order that Built promises.
func (b *builder) finish(t Target) (_ *Built, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = unsupported("output %q: %v", t.Output, p)
		}
	}()
	v, _ := b.values.of(t.Output)
	if v.node == nil || v.node.DType() != dtypes.Float32 {
		return nil, unsupported("output %q is no array of floating-point numbers that depends on the images", t.Output)
	}
	if v.node.Rank() == 4 && !t.ChannelsLast {
		v = b.channelsLast(v)
	} else {
		v = b.plain(v)
	}
	return &Built{Output: v.node, Weights: b.weights, Elements: b.sizes}, nil
}

// errNoValue: an input that the operator needs was left out.
var errNoValue = errors.New("an input is missing")
