package onnx

import (
	"fmt"
	"maps"
	"slices"
)

// maxNodes limits the nodes of a network with its functions written out.
const maxNodes = 1 << 17

// function is a FunctionProto: nodes that a node of the function's name stands for.
type function struct {
	inputs, outputs []string
	nodes           []*Operation
	defaults        map[string]attribute
	opset           int64
}

// functionKey identifies a function.
func functionKey(domain, name string) string {
	if standard(domain) {
		domain = ""
	}
	return domain + "\x00" + name
}

// parseFunction reads a FunctionProto.
func (m *Model) parseFunction(b []byte) error {
	fn := &function{defaults: map[string]attribute{}}
	var name, domain string
	err := fields(b, func(f field) error {
		var s string
		switch f.id {
		case 1:
			return f.text(&name)
		case 4:
			err := f.text(&s)
			fn.inputs = append(fn.inputs, s)
			return err
		case 5:
			err := f.text(&s)
			fn.outputs = append(fn.outputs, s)
			return err
		case 7:
			n, err := parseNode(f.bytes, 0)
			fn.nodes = append(fn.nodes, n)
			return err
		case 9:
			return parseOpset(f, &fn.opset)
		case 10:
			return f.text(&domain)
		case 11:
			s, a, err := parseAttribute(f.bytes, 0)
			fn.defaults[s] = a
			return err
		}
		return nil
	})
	m.functions[functionKey(domain, name)] = fn
	return named(err, "function %q", name)
}

// inline puts the nodes of functions in the place of the nodes that call them.
func (m *Model) inline() error {
	in := &inliner{model: m}
	nodes, err := in.expand(m.Nodes, m.opset, 0)
	m.Nodes = nodes
	return err
}

// inliner writes functions out, within a number of nodes.
type inliner struct {
	model        *Model
	nodes, calls int
}

// expand gives nodes their operator set and writes out the functions among them, which lie in
// depth others.
func (in *inliner) expand(nodes []*Operation, opset int64, depth int) ([]*Operation, error) {
	out := make([]*Operation, 0, len(nodes))
	for _, n := range nodes {
		if in.nodes += 1 + (len(n.Inputs)+len(n.Outputs)+len(n.attributes))/16; in.nodes > maxNodes {
			return nil, unsupported("with its functions written out the network has more than %d nodes", maxNodes)
		}
		n.opset = opset
		for _, a := range n.attributes {
			if a.g == nil {
				continue
			}
			var err error
			in.nodes += len(a.g.weights) / 16
			if a.g.nodes, err = in.expand(a.g.nodes, opset, depth); err != nil {
				return nil, err
			}
		}
		fn := in.model.functions[functionKey(n.Domain, n.Op)]
		if fn == nil {
			out = append(out, n)
			continue
		}
		inner, err := in.call(n, fn, depth)
		if err != nil {
			return nil, named(err, "function %q", n.Op)
		}
		out = append(out, inner...)
	}
	return out, nil
}

// call writes one call of a function out.
func (in *inliner) call(n *Operation, fn *function, depth int) ([]*Operation, error) {
	switch opset := fn.opset; {
	case depth >= maxNesting:
		return nil, unsupported("functions call one another more than %d deep", maxNesting)
	case opset != 0 && (opset < minOpset || opset > maxOpset):
		return nil, unsupported("it uses operator set %d; %d to %d are known", opset, minOpset, maxOpset)
	}
	in.calls++
	r := renaming{prefix: fmt.Sprintf("%s/%d/", n.Op, in.calls), names: map[string]string{"": ""}, call: n, defaults: fn.defaults}
	bind := func(names, to []string) {
		for i, name := range names {
			r.names[name] = ""
			if i < len(to) {
				r.names[name] = to[i]
			}
		}
	}
	bind(fn.inputs, n.Inputs)
	outputs := slices.Clone(n.Outputs)
	for i, name := range fn.outputs { // a result that nobody takes still has a name inside
		if i >= len(outputs) {
			outputs = append(outputs, "")
		}
		if outputs[i] == "" {
			outputs[i] = r.prefix + name
		}
	}
	passed := r.outputs(fn, outputs, bind)
	opset := fn.opset
	if opset == 0 {
		opset = n.opset
	}
	nodes, err := in.expand(r.nodes(fn.nodes), opset, depth+1)
	return append(nodes, passed...), err
}

// renaming copies the nodes of a function for one call of it.
type renaming struct {
	prefix   string
	names    map[string]string // inputs and outputs; others get the prefix
	call     *Operation
	defaults map[string]attribute
}

// outputs binds the results of a function; one that is an input at the same time is passed on by
// a node of its own.
func (r renaming) outputs(fn *function, outputs []string, bind func(names, to []string)) (passed []*Operation) {
	for i, name := range fn.outputs {
		if from, input := r.names[name]; input {
			passed = append(passed, &Operation{Name: r.call.Name, Op: "Identity", opset: r.call.opset,
				Inputs: []string{from}, Outputs: []string{outputs[i]}})
			continue
		}
		bind([]string{name}, outputs[i:i+1])
	}
	return passed
}

func (r renaming) name(s string) string {
	if to, ok := r.names[s]; ok {
		return to
	}
	return r.prefix + s
}

func (r renaming) list(names []string) []string {
	out := make([]string, len(names))
	for i, s := range names {
		out[i] = r.name(s)
	}
	return out
}

func (r renaming) nodes(nodes []*Operation) []*Operation {
	out := make([]*Operation, len(nodes))
	for i, n := range nodes {
		c := *n
		c.Name = r.prefix + n.Name
		if n.Name == "" {
			c.Name = fmt.Sprintf("%s%d", r.prefix, i)
		}
		c.Inputs, c.Outputs, c.attributes = r.list(n.Inputs), r.list(n.Outputs), r.attributes(n.attributes)
		out[i] = &c
	}
	return out
}

// attributes resolves those that stand for the call's own, and renames inside graphs.
func (r renaming) attributes(of map[string]attribute) map[string]attribute {
	out := make(map[string]attribute, len(of))
	for name, a := range of {
		if a.ref != "" {
			given, ok := r.call.attributes[a.ref]
			if !ok {
				given, ok = r.defaults[a.ref]
			}
			if !ok {
				continue // left out here too
			}
			a = given
		} else if a.g != nil {
			a.g = r.graph(a.g)
		}
		out[name] = a
	}
	return out
}

func (r renaming) graph(g *subgraph) *subgraph {
	c := &subgraph{inputs: r.values(g.inputs), outputs: r.values(g.outputs), weights: make(map[string]*Tensor, len(g.weights))}
	for name, t := range g.weights {
		c.weights[r.name(name)] = t
	}
	c.nodes = r.nodes(g.nodes)
	return c
}

func (r renaming) values(vs []Value) []Value {
	out := slices.Clone(vs)
	for i := range out {
		out[i].Name = r.name(out[i].Name)
	}
	return out
}

// sorted are the values of a map in the order of their keys.
func sorted[V any](m map[string]V) []V {
	out := make([]V, 0, len(m))
	for _, name := range slices.Sorted(maps.Keys(m)) {
		out = append(out, m[name])
	}
	return out
}
