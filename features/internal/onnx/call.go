package onnx

import (
	"fmt"

	"github.com/gomlx/gomlx/core/graph"
)

// operator builds a node; it panics with an error where it cannot.
type operator func(c *call) []value

// operators are the operators that compute with images, by name.
var operators = merge(mathOps, activationOps, convOps, poolOps, normOps, reduceOps, moveOps, resizeOps,
	indexOps, scatterOps, orderOps, padOps, spaceOps, moreMathOps, attentionOps, quantisedOps, contribOps,
	fusedOps, transposedOps, sequenceOps)

func merge(tables ...map[string]operator) map[string]operator {
	all := map[string]operator{}
	for _, t := range tables {
		for name, op := range t {
			all[name] = op
		}
	}
	return all
}

// one is the result of an operator with one output.
func one(x *graph.Node) []value { return []value{{node: x}} }

// attribute looks a setting up.
func (c *call) attribute(name string) (attribute, bool) {
	a, ok := c.n.attributes[name]
	if a.other {
		panic(unsupported("attribute %q is a subgraph, a sparse tensor or another kind that is not read", name))
	}
	return a, ok
}

// integer is an integer attribute, within 32 bits.
func (c *call) integer(name string, otherwise int) int {
	a, ok := c.attribute(name)
	if !ok {
		return otherwise
	}
	return int(min(max(a.i, -1<<31), 1<<31))
}

func (c *call) flag(name string) bool { return c.integer(name, 0) != 0 }

func (c *call) float(name string, otherwise float64) float64 {
	a, ok := c.attribute(name)
	if !ok {
		return otherwise
	}
	return float64(a.f)
}

func (c *call) text(name, otherwise string) string {
	a, ok := c.attribute(name)
	if !ok {
		return otherwise
	}
	return a.s
}

// integers is a list attribute.
func (c *call) integers(name string) ([]int, bool) {
	a, ok := c.attribute(name)
	return (&ints{data: a.ints}).values(), ok
}

// positives is a list attribute with n numbers, none below the least; they are
// all the given one where it is left out.
func (c *call) positives(name string, n, least, otherwise int) []int {
	v, ok := c.integers(name)
	if !ok {
		for range n {
			v = append(v, otherwise)
		}
	}
	if len(v) != n {
		panic(fmt.Errorf("%w: %s is %v, want %d numbers", ErrFormat, name, v, n))
	}
	for _, x := range v {
		if x < least || x > 1<<20 {
			panic(unsupported("%s is %v", name, v))
		}
	}
	return v
}

// has says whether input i is given.
func (c *call) has(i int) bool { return i < len(c.n.Inputs) && c.n.Inputs[i] != "" }

// input is input i, which must be given.
func (c *call) input(i int) value {
	if !c.has(i) {
		panic(fmt.Errorf("%w: %w", ErrFormat, errNoValue))
	}
	return c.in[i]
}

// node is input i in the file's order of axes.
func (c *call) node(i int) *graph.Node { return c.plain(c.input(i)).node }

// known is input i as integers that are known while the graph is built.
func (c *call) known(i int) *ints {
	v := c.input(i)
	if v.host == nil {
		panic(unsupported("its input %q must be integers that do not depend on the images", c.n.Inputs[i]))
	}
	return v.host
}

// scalar is input i as a number, where it is one of the file's weights.
func (c *call) scalar(i int) (float64, bool) {
	if w := c.input(i).weight; w != nil && w.Size() == 1 {
		return float64(w.float(0)), true
	}
	return 0, false
}

// listed are integers that older operator sets give as an attribute and newer
// ones as input i; ok is false where they are left out.
func (c *call) listed(name string, i int) (_ []int, ok bool) {
	if c.has(i) {
		return c.known(i).values(), true
	}
	return c.integers(name)
}

// axis makes an axis of an array of that rank count from the front.
func axis(a, rank int) int {
	if a < -rank || a >= rank {
		panic(fmt.Errorf("%w: axis %d of an array with %d dimensions", ErrFormat, a, rank))
	}
	if a < 0 {
		a += rank
	}
	return a
}

// dims are the dimensions of a value in the file's order.
func (v value) dims() []int {
	switch {
	case v.host != nil:
		return v.host.dims
	case v.weight != nil:
		return v.weight.Dims
	case v.node == nil:
		panic(fmt.Errorf("%w: %w", ErrFormat, errNoValue))
	}
	d := v.node.Shape().Dimensions
	if !v.last && !v.grouped {
		return d
	}
	out := make([]int, len(d))
	for i, p := range v.order() {
		out[i] = d[p]
	}
	return out
}

// order lists, for a node whose axes were moved, where the axes of the file's order lie.
func (v value) order() []int {
	if v.grouped {
		return axesFromGroups(v.node.Rank())
	}
	return axesFromLast(v.node.Rank())
}

// at is where axis a of the file's order lies in the node.
func (v value) at(a int) int {
	if !v.last && !v.grouped {
		return a
	}
	return v.order()[a]
}

// like wraps a node whose axes lie as v's.
func (v value) like(x *graph.Node) value { return value{node: x, last: v.last, grouped: v.grouped} }
