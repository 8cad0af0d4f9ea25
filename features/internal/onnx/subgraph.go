package onnx

import (
	"google.golang.org/protobuf/encoding/protowire"
)

// maxNesting limits how deep graphs lie in attributes, and functions in functions.
const maxNesting = 16

// subgraph is a graph: the model's own, or a branch in an attribute.
type subgraph struct {
	inputs, outputs []Value
	nodes           []*Operation
	weights         map[string]*Tensor
}

// parseGraph reads a GraphProto that lies in depth others.
func parseGraph(of message, depth int) (*subgraph, error) {
	g := &subgraph{weights: map[string]*Tensor{}}
	if depth > maxNesting {
		return g, bad("graphs lie more than %d deep in one another", maxNesting)
	}
	err := of.fields(5, func(f field) error {
		switch f.id {
		case 1:
			n, err := parseNode(f.bytes, depth)
			g.nodes = append(g.nodes, n)
			return named(err, "node %d", len(g.nodes)-1)
		case 5:
			return g.parseWeights(f.message())
		case 11:
			v, err := parseValue(f.bytes)
			g.inputs = append(g.inputs, v)
			return named(err, "input %d", len(g.inputs)-1)
		case 12:
			v, err := parseValue(f.bytes)
			g.outputs = append(g.outputs, v)
			return named(err, "output %d", len(g.outputs)-1)
		case 15:
			return unsupported("it has sparse weights")
		}
		return nil
	})
	if err == nil {
		err = g.names()
	}
	return g, err
}

// names refuses two values of one name, of which a node would take the one or the other.
func (g *subgraph) names() error {
	seen := map[string]bool{}
	for i, n := range g.nodes {
		for _, name := range n.Outputs {
			if name != "" && (seen[name] || g.weights[name] != nil) {
				return unsupported("node %d (%s): another node, or a weight, has the name of its result %q, too", i, n.Op, name)
			}
			seen[name] = true
		}
	}
	return nil
}

func (g *subgraph) parseWeights(of message) error {
	t, err := parseTensor(of)
	if err != nil {
		return named(err, "weights %d", len(g.weights))
	}
	if g.weights[t.Name] != nil {
		return bad("two weights are called %q", t.Name)
	}
	g.weights[t.Name] = t
	return nil
}

func parseNode(b []byte, depth int) (*Operation, error) {
	n := &Operation{attributes: map[string]attribute{}}
	err := fields(b, func(f field) error {
		var name string
		switch f.id {
		case 1:
			err := f.text(&name)
			n.Inputs = append(n.Inputs, name)
			return err
		case 2:
			err := f.text(&name)
			n.Outputs = append(n.Outputs, name)
			return err
		case 3:
			return f.text(&n.Name)
		case 4:
			return f.text(&n.Op)
		case 5:
			name, a, err := parseAttribute(f.bytes, depth)
			n.attributes[name] = a
			return err
		case 7:
			return f.text(&n.Domain)
		}
		return nil
	})
	return n, err
}

func parseAttribute(b []byte, depth int) (name string, a attribute, err error) {
	err = fields(b, func(f field) (err error) {
		switch f.id {
		case 1:
			return f.text(&name)
		case 2:
			a.f = asFloat32(f.num)
			return f.want(protowire.Fixed32Type)
		case 3:
			return f.int(&a.i)
		case 4:
			return f.text(&a.s)
		case 5:
			a.t, err = parseTensor(f.message())
		case 6:
			a.g, err = parseGraph(f.message(), depth+1)
		case 7:
			a.floats, err = numbers(a.floats, f, protowire.Fixed32Type, asFloat32)
		case 8:
			a.ints, err = numbers(a.ints, f, protowire.VarintType, asInt64)
		case 21:
			return f.text(&a.ref)
		case 9, 10, 11, 14, 15, 22, 23:
			a.other = true
		}
		return err
	})
	return name, a, err
}

// tensors are the weights and the constants of nodes, those of inner graphs included.
func (g *subgraph) tensors() []*Tensor {
	all := sorted(g.weights)
	for _, n := range g.nodes {
		for _, a := range sorted(n.attributes) {
			if a.t != nil {
				all = append(all, a.t)
			}
			if a.g != nil {
				all = append(all, a.g.tensors()...)
			}
		}
	}
	return all
}

// captured calls visit for all names that the node takes: its inputs, and what the graphs in
// its attributes take from around them (and some of their own, which does no harm).
func (n *Operation) captured(visit func(name string)) {
	for _, name := range n.Inputs {
		visit(name)
	}
	for _, a := range n.attributes {
		if a.g == nil {
			continue
		}
		for _, v := range a.g.outputs {
			visit(v.Name)
		}
		for _, inner := range a.g.nodes {
			inner.captured(visit)
		}
	}
}

// takes says that the node takes a value of that name.
func (n *Operation) takes(name string) bool {
	found := false
	n.captured(func(s string) { found = found || s == name })
	return found
}
