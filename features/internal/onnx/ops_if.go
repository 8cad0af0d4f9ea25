package onnx

// branch builds the branch of an If whose condition is known while the graph is built, as
// PyTorch exports a squeeze of an axis whose length it does not know. The other branch is not
// looked at.
func (c *call) branch() []value {
	cond := c.input(0)
	name := "else_branch"
	if c.truth(cond) {
		name = "then_branch"
	}
	a, ok := c.attribute(name)
	if !ok || a.g == nil {
		panic(bad("it has no %s", name))
	}
	if len(a.g.inputs) > 0 {
		panic(bad("its %s takes inputs", name))
	}
	return c.graphOf(a.g)
}

// truth is a condition of one element that does not depend on the images.
func (c *call) truth(v value) bool {
	switch {
	case v.host != nil && len(v.host.data) == 1:
		return v.host.data[0] != 0
	case v.weight != nil && v.weight.Size() == 1:
		return v.weight.float(0) != 0
	case v.node != nil:
		panic(unsupported("its condition depends on the images; all images must take the same branch"))
	}
	panic(bad("its condition is no single truth value"))
}

// graphOf builds a graph without inputs that lies in an attribute, and returns its outputs.
func (c *call) graphOf(g *subgraph) []value {
	b := *c.builder
	b.values = within(c.values, g.weights)
	if b.limits.inner++; b.limits.inner > maxNesting {
		panic(unsupported("graphs lie more than %d deep in one another", maxNesting))
	}
	defer func() { b.limits.inner-- }()
	var names []string
	for _, v := range g.outputs {
		names = append(names, v.Name)
	}
	must(b.all(needed(g.nodes, names...)))
	c.weights = b.weights
	out := make([]value, len(names))
	for i, name := range names {
		v, ok := b.values.of(name)
		if !ok {
			panic(bad("the branch gives no value %q", name))
		}
		out[i] = b.settle(v)
	}
	return out
}
