package onnx

import (
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
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
	scratch []float32
	fixed   bool // weights become constants of the graph
}

// limits count what a network may still take while it is built.
type limits struct {
	ints      int // elements of all arrays on the host
	constants int // elements of all constants that were put into the graph
	budget    int // elements that may still be computed ahead from weights
	work      int // operations that may still be done on the host
	decoded   int // elements that quantised weights may still be decoded into
	inner     int // how deep the graph being built lies in others
	images    int // how many images there are at once, 0 if that is not known
}

// scope holds values by name; a graph in an attribute sees what is around it.
type scope struct {
	names  map[string]value
	around *scope
}

// of is the value of that name.
func (s *scope) of(name string) (value, bool) {
	for ; s != nil; s = s.around {
		if v, ok := s.names[name]; ok {
			return v, true
		}
	}
	return value{}, false
}

// within is a scope with weights inside another.
func within(around *scope, weights map[string]*Tensor) *scope {
	s := &scope{names: make(map[string]value, len(weights)), around: around}
	for name, w := range weights {
		s.names[name] = value{weight: w}
	}
	return s
}

// paramKey is a parameter: weights in some order of their axes.
type paramKey struct {
	of    *Tensor
	order string
}

// value is what a name of the network stands for: integers known on the host, a
// node of the graph, weights that are in no graph yet, or a list of such values.
type value struct {
	host   *ints
	node   *graph.Node
	last   bool // node has its channels last, [N, …, C] for [N, C, …]
	weight *Tensor
	list   []value
	listed bool // the value is a list
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
	input, err := b.model.Image()
	if err != nil {
		return nil, err
	}
	b.values.names[input.Name] = value{node: x, last: !t.ChannelsLast}
	b.limits.images = x.Shape().Dimensions[0]
	nodes, err := b.model.needed(t.Output)
	if err != nil {
		return nil, err
	}
	if err := b.model.imageAlone(t.Output, input.Name, nodes); err != nil {
		return nil, err
	}
	if err := b.all(nodes); err != nil {
		return nil, err
	}
	return b.finish(t)
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

// check refuses nodes without elements and absurdly large ones, and too many
// integers.
func (b *builder) check(v value) {
	for _, part := range v.list {
		b.check(part)
	}
	if v.host != nil {
		if b.limits.ints += len(v.host.data); b.limits.ints > maxAllInts {
			panic(unsupported("more than %d integers are computed from shapes", maxAllInts))
		}
	}
	if v.node == nil {
		return
	}
	dims := v.node.Shape().Dimensions
	if slices.Contains(dims, 0) {
		panic(unsupported("its result is empty, of shape %v", dims))
	}
	if n := checkSize(dims, maxElements); b.limits.images > 0 && n/b.limits.images > maxPerImage {
		panic(unsupported("its result of shape %v has more than %d numbers for each image", dims, maxPerImage))
	}
}

// spendConstant counts a constant that enters the graph.
func (b *builder) spendConstant(elements int) {
	if b.limits.constants += elements; b.limits.constants > maxConstants {
		panic(unsupported("the constants that it computes from shapes have more than %d elements", maxConstants))
	}
}

// spendWork counts operations on the host.
func (b *builder) spendWork(operations int) {
	if b.limits.work -= operations; b.limits.work < 0 {
		panic(unsupported("computing what follows from weights and shapes takes more than %d operations", maxWork))
	}
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

// onDevice is the value as a node or as weights that were put into the graph;
// integers become a constant.
func (b *builder) onDevice(v value) value {
	switch {
	case v.node != nil:
		return v
	case v.host != nil:
		return value{node: b.device(v.host)}
	case v.weight != nil:
		return value{node: b.parameter(v.weight, nil)}
	}
	panic(fmt.Errorf("%w: %w", ErrFormat, errNoValue))
}

// plain is the value as a node in the file's order of axes.
func (b *builder) plain(v value) value {
	v = b.onDevice(v)
	if !v.last {
		return v
	}
	return value{node: transpose(v.node, axesFromLast(v.node.Rank()))}
}

// channelsLast is the value as a node with its channels last; its rank is at least 3.
func (b *builder) channelsLast(v value) value {
	if v.last {
		return v
	}
	if v.weight != nil {
		return value{node: b.parameter(v.weight, axesToLast(len(v.weight.Dims))), last: true}
	}
	v = b.onDevice(v)
	return value{node: transpose(v.node, axesToLast(v.node.Rank())), last: true}
}

// axesToLast permutes [N, C, …] to [N, …, C].
func axesToLast(rank int) []int {
	p := []int{0}
	for i := 2; i < rank; i++ {
		p = append(p, i)
	}
	return append(p, 1)
}

// axesFromLast permutes [N, …, C] to [N, C, …].
func axesFromLast(rank int) []int {
	p := []int{0, rank - 1}
	for i := 1; i < rank-1; i++ {
		p = append(p, i)
	}
	return p
}

// transpose permutes axes, unless nothing moves but axes of length 1.
func transpose(x *graph.Node, perm []int) *graph.Node {
	dims := make([]int, len(perm))
	moved, before := false, -1
	for i, p := range perm {
		dims[i] = x.Shape().Dimensions[p]
		if dims[i] != 1 {
			moved = moved || p < before
			before = p
		}
	}
	if !moved {
		return graph.Reshape(x, dims...)
	}
	return graph.TransposeAllAxes(x, perm...)
}

// parameter makes weights a parameter or a constant of the graph, with their axes permuted on
// the host unless perm is nil. A single number always becomes a constant; whole numbers whose
// products must be exact never do, for the CPU backend has faster forms for constant weights
// (Winograd's) that round.
func (b *builder) parameter(t *Tensor, perm []int) *graph.Node {
	key := paramKey{t, fmt.Sprint(perm)}
	if p := b.params[key]; p != nil {
		return p
	}
	if t.Size() == 0 {
		panic(unsupported("weights %q are empty", t.Name))
	}
	dims := t.Dims
	if perm != nil {
		dims, _ = permuted(dims, perm)
	}
	if t.Size() > 1 {
		b.sizes = append(b.sizes, t.Size())
	}
	fixed := t.Size() == 1 || b.fixed && !b.dry && !t.whole
	if !fixed {
		p := graph.Parameter(b.graph, fmt.Sprintf("weights %d", len(b.params)), shapes.Make(dtypes.Float32, dims...))
		b.params[key] = p
		if b.dry {
			return p
		}
	}
	if fixed {
		c := b.constant(t, perm, dims)
		b.params[key] = c
		return c
	}
	data := t.Floats()
	if perm != nil {
		data, dims = permute(data, t.Dims, perm)
	}
	b.weights = append(b.weights, tensors.FromFlatDataAndDimensions(data, dims...))
	return b.params[key]
}

// constant makes weights a constant of the graph. They are decoded into memory of the backend,
// which it uses again for the next weights of that size.
func (b *builder) constant(t *Tensor, perm, dims []int) *graph.Node {
	backend := b.graph.Backend()
	if t.Size() == 1 || !backend.HasSharedBuffers() {
		data := t.Floats()
		if perm != nil {
			data, dims = permute(data, t.Dims, perm)
		}
		return graph.Const(b.graph, tensors.FromFlatDataAndDimensions(data, dims...))
	}
	buffer, flat, err := backend.NewSharedBuffer(0, shapes.Make(dtypes.Float32, dims...))
	must(err)
	data := flat.([]float32)
	if perm == nil {
		t.decode(data)
	} else {
		b.scratch = slices.Grow(b.scratch[:0], len(data))[:len(data)]
		t.decode(b.scratch)
		permuteInto(data, b.scratch, t.Dims, perm)
	}
	value, err := tensors.FromBuffer(buffer)
	must(err)
	c := graph.ConstTensor(b.graph, value)
	must(value.FinalizeAll())
	return c
}

// permuted are the dimensions in another order, and the distance in the old
// array between neighbours along each.
func permuted(dims, perm []int) (to, strides []int) {
	to, strides = make([]int, len(perm)), make([]int, len(perm))
	for i, p := range perm {
		to[i], strides[i] = dims[p], size(dims[p+1:])
	}
	return to, strides
}

// permute copies an array into another order of its axes.
func permute(data []float32, dims, perm []int) ([]float32, []int) {
	out := make([]float32, len(data))
	return out, permuteInto(out, data, dims, perm)
}

// permuteInto is permute into memory that the caller has.
func permuteInto(out, data []float32, dims, perm []int) (to []int) {
	to, strides := permuted(dims, perm)
	at := make([]int, len(perm))
	from := 0
	for i := range out {
		out[i] = data[from]
		for k := len(at) - 1; k >= 0; k-- {
			from += strides[k]
			if at[k]++; at[k] < to[k] {
				break
			}
			from -= at[k] * strides[k]
			at[k] = 0
		}
	}
	return to
}
