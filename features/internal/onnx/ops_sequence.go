package onnx

// sequenceOps make lists of arrays and take them apart, as PyTorch exports Python's lists; how
// many arrays a list has is known while the graph is built.
var sequenceOps = map[string]operator{
	"SequenceConstruct": sequenceConstruct,
	"SequenceEmpty":     func(c *call) []value { return []value{{listed: true}} },
	"SequenceInsert":    sequenceInsert, "SequenceErase": sequenceErase, "SequenceAt": sequenceAt, "SequenceLength": sequenceLength,
	"SplitToSequence": splitToSequence, "ConcatFromSequence": concatFromSequence,
}

func sequenceConstruct(c *call) []value {
	out := make([]value, len(c.in))
	for i := range c.in {
		out[i] = c.element(i)
	}
	return []value{{list: out, listed: true}}
}

// element is input i, an array; lists of lists there are none.
func (c *call) element(i int) value {
	v := c.input(i)
	if v.listed {
		panic(bad("a list is put into a list"))
	}
	return v
}

// sequence is input 0, a list.
func (c *call) sequence() []value {
	v := c.input(0)
	if !v.listed {
		panic(bad("its input %q is no list of arrays", c.n.Inputs[0]))
	}
	return v.list
}

// position is input i, a place in a list that may count from the end; more is 1 where the place
// after the last is meant too. Without that input it is the place after the last.
func (c *call) position(i, n, more int) int {
	if !c.has(i) {
		return n - 1 + more
	}
	p := c.number(i)
	if p < 0 {
		p += float64(n)
	}
	if !(p >= 0 && p < float64(n+more)) {
		panic(bad("place %g in a list of %d arrays", p, n))
	}
	return int(p)
}

func sequenceInsert(c *call) []value {
	old := c.sequence()
	p := c.position(2, len(old), 1)
	c.spendWork(len(old) + 1)
	out := make([]value, 0, len(old)+1)
	out = append(append(append(out, old[:p]...), c.element(1)), old[p:]...)
	return []value{{list: out, listed: true}}
}

func sequenceErase(c *call) []value {
	old := c.sequence()
	if len(old) == 0 {
		panic(bad("the list is empty"))
	}
	p := c.position(1, len(old), 0)
	c.spendWork(len(old))
	out := append(append(make([]value, 0, len(old)), old[:p]...), old[p+1:]...)
	return []value{{list: out, listed: true}}
}

func sequenceAt(c *call) []value {
	list := c.sequence()
	return []value{c.settle(list[c.position(1, len(list), 0)])}
}

func sequenceLength(c *call) []value {
	n := newInts(nil, false)
	n.data[0] = int64(len(c.sequence()))
	return []value{{host: n}}
}

// splitToSequence cuts an axis into listed lengths, or equal ones of which the last may be
// shorter; without lengths into single places, whose axis keepdims=0 drops.
func splitToSequence(c *call) []value {
	v := c.input(0)
	a := axis(c.integer("axis", 0), len(v.dims()))
	n := v.dims()[a]
	var lengths []int
	each := 1
	if c.has(1) {
		given := c.known(1)
		if lengths = given.values(); len(given.dims) == 0 {
			each, lengths = lengths[0], nil
		}
	}
	if each < 1 {
		panic(bad("parts of length %d", each))
	}
	if lengths == nil {
		for at := 0; at < n; at += each {
			lengths = append(lengths, min(each, n-at))
		}
	}
	if len(lengths) > maxNodes {
		panic(unsupported("an axis of length %d is cut into %d parts", n, len(lengths)))
	}
	var out []value
	from := 0
	for _, d := range lengths {
		if d < 0 || from+d > n {
			panic(bad("an axis of length %d is cut into %v", n, lengths))
		}
		part := c.cut(v, a, span{from, d, 1})
		if !c.has(1) && c.integer("keepdims", 1) == 0 {
			part = c.shaped(part, append(append([]int{}, v.dims()[:a]...), v.dims()[a+1:]...))
		}
		out, from = append(out, part), from+d
	}
	return []value{{list: out, listed: true}}
}

// concatFromSequence joins the arrays of a list along an axis, or along a new one.
func concatFromSequence(c *call) []value {
	list := c.sequence()
	if len(list) == 0 {
		panic(unsupported("an empty list is joined"))
	}
	a := c.integer("axis", 0)
	inner := &call{builder: c.builder, n: &Operation{Op: "Concat", attributes: map[string]attribute{}, opset: c.n.opset}}
	for _, v := range list {
		if c.flag("new_axis") {
			dims := v.dims()
			at := axis(a, len(dims)+1)
			v = inner.shaped(v, append(append(append([]int{}, dims[:at]...), 1), dims[at:]...))
		}
		inner.n.Inputs, inner.in = append(inner.n.Inputs, "part"), append(inner.in, c.settle(v))
	}
	inner.n.attributes["axis"] = attribute{i: int64(a)}
	host := true
	for _, v := range inner.in {
		host = host && v.host != nil
	}
	if host {
		return []value{{host: hostConcat(inner)}}
	}
	return concatenate(inner)
}

// shaped gives a value other dimensions.
func (c *call) shaped(v value, dims []int) value {
	if v.host != nil {
		return value{host: v.host.reshaped(dims)}
	}
	inner := &call{builder: c.builder, n: &Operation{Inputs: []string{"x"}}, in: []value{v}}
	return inner.reshaped(dims)[0]
}
