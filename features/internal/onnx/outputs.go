package onnx

import (
	"fmt"
	"slices"
	"strings"

	"github.com/gomlx/compute"
	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// maxTried is the number of outputs, and of values before them, that are looked
// at for an error message.
const maxTried = 8

// needed marks the nodes that the value of that name depends on; the others are nil.
func (m *Model) needed(output string) ([]*Operation, error) {
	switch declared := slices.Contains(m.outputNames(), output); {
	case declared && !m.Has(output):
		return nil, unsupported("its output %q is computed by no node; take another value with output=NAME after the file's name: it has %s", output, m.choices())
	case !m.Has(output):
		return nil, unsupported("it has no output %q; it has %s", output, m.choices())
	}
	return needed(m.Nodes, output), nil
}

// needed are the nodes that values depend on, in their places; the others are nil.
func needed(nodes []*Operation, outputs ...string) []*Operation {
	wanted := map[string]bool{}
	for _, name := range outputs {
		wanted[name] = true
	}
	out := make([]*Operation, len(nodes))
	for i, n := range slices.Backward(nodes) {
		if slices.ContainsFunc(n.Outputs, func(name string) bool { return name != "" && wanted[name] }) {
			out[i] = n
			n.captured(func(name string) { wanted[name] = true })
		}
	}
	return out
}

// Has says that a node of the network gives a value of that name.
func (m *Model) Has(output string) bool {
	return slices.ContainsFunc(m.Nodes, func(n *Operation) bool { return slices.Contains(n.Outputs, output) })
}

// imageAlone is an error if the nodes of an output take inputs beside the images.
func (m *Model) imageAlone(output, image string, nodes []*Operation) error {
	var others []string
	for _, v := range m.Inputs {
		used := func(n *Operation) bool { return n != nil && n.takes(v.Name) }
		if v.Name != image && slices.ContainsFunc(nodes, used) {
			others = append(others, v.Name)
		}
	}
	if len(others) == 0 {
		return nil
	}
	return unsupported("output %q is computed from %s as well as the images %q, and images are all that is fed", output, quoted(others), image)
}

// choices lists the outputs, and some values before them that features are
// often taken from.
func (m *Model) choices() string {
	names := slices.DeleteFunc(m.outputNames(), func(name string) bool { return !m.Has(name) })
	text := fmt.Sprintf("%q", names)
	if inner := m.inner(); len(inner) > 0 {
		text += fmt.Sprintf(" and, the last ones before, %q", inner)
	}
	return text
}

func (m *Model) outputNames() []string {
	var names []string
	for _, v := range m.Outputs {
		names = append(names, v.Name)
	}
	return names
}

// inner are the last values before the outputs.
func (m *Model) inner() []string {
	outputs := m.outputNames()
	var inner []string
	for i := len(m.Nodes) - 1; i >= 0 && len(inner) < maxTried; i-- {
		for _, name := range m.Nodes[i].Outputs {
			if name != "" && !slices.Contains(outputs, name) {
				inner = append(inner, name)
			}
		}
	}
	return inner
}

// Serving lists the outputs that images of that shape and type alone are enough
// for and that have numbers for each of them: floating-point arrays of two to
// four dimensions, the batch first. Where no output serves, it lists the last
// values before that do.
func (m *Model) Serving(b compute.Backend, images shapes.Shape, channelsLast bool) []string {
	names := m.outputNames()
	for _, list := range [][]string{names[:min(len(names), maxTried)], m.inner()} {
		list = slices.DeleteFunc(slices.Clone(list), func(name string) bool { return !m.serves(name, b, images, channelsLast) })
		if len(list) > 0 {
			return list
		}
	}
	return nil
}

// serves builds the network up to an output, without its weights.
func (m *Model) serves(output string, b compute.Backend, images shapes.Shape, channelsLast bool) bool {
	g := graph.NewGraph(b, "output")
	defer g.Finalize()
	builder := m.newBuilder(g)
	builder.dry = true
	built, err := builder.build(graph.Parameter(g, "images", images), Target{Output: output, ChannelsLast: channelsLast})
	if err != nil {
		return false
	}
	dims := built.Output.Shape().Dimensions
	return len(dims) >= 2 && len(dims) <= 4 && dims[0] == images.Dimensions[0]
}

// quoted joins names for a sentence.
func quoted(names []string) string {
	var out []string
	for _, n := range names {
		out = append(out, fmt.Sprintf("%q", n))
	}
	return strings.Join(out, ", ")
}

// Image is the input that takes the images: the only one, or the only one with
// four dimensions.
func (m *Model) Image() (Value, error) {
	var of4, unknown []Value
	for _, v := range m.Inputs {
		switch {
		case len(v.Dims) == 4:
			of4 = append(of4, v)
		case v.Dims == nil:
			unknown = append(unknown, v)
		}
	}
	if len(of4) == 0 {
		of4 = unknown
	}
	switch {
	case len(of4) == 1:
	case len(of4) == 0 && len(m.Inputs) == 1:
		return Value{}, unsupported("input %q has the shape %v; images have four dimensions", m.Inputs[0].Name, m.Inputs[0].Dims)
	default:
		return Value{}, unsupported("it has %d inputs that could be images and must have one; its inputs are %s", len(of4), m.inputs())
	}
	if v := of4[0]; v.Feed() == dtypes.InvalidDType {
		return Value{}, unsupported("input %q wants %s; pixels are fed as integers or floating-point numbers", v.Name, v.Type)
	}
	return of4[0], nil
}

// inputs lists them with their types and shapes.
func (m *Model) inputs() string {
	var out []string
	for _, v := range m.Inputs {
		shape := "a shape that is not given"
		if v.Dims != nil {
			shape = fmt.Sprint(v.Dims)
		}
		out = append(out, fmt.Sprintf("%q (%s, %s)", v.Name, v.Type, shape))
	}
	return strings.Join(out, ", ")
}

// Feed is the type in which the input is fed: float32 for all floating-point
// types, an integer type as it is; InvalidDType for what holds no pixels.
func (v Value) Feed() dtypes.DType {
	switch v.Type {
	case Uint8:
		return dtypes.Uint8
	case Int8:
		return dtypes.Int8
	case Uint16:
		return dtypes.Uint16
	case Int16:
		return dtypes.Int16
	case Uint32:
		return dtypes.Uint32
	case Int32:
		return dtypes.Int32
	case Uint64:
		return dtypes.Uint64
	case Int64:
		return dtypes.Int64
	}
	if v.Type.IsFloat() {
		return dtypes.Float32
	}
	return dtypes.InvalidDType
}
