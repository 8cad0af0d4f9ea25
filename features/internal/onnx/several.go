package onnx

import (
	"github.com/gomlx/compute"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
)

// BuildAll is Build for several values, which are computed in one pass: nodes that they share are
// built once. The results are in the order of the names.
func (m *Model) BuildAll(x *graph.Node, outputs []string, channelsLast bool) (values []*graph.Node, weights []*tensors.Tensor, err error) {
	b := m.newBuilder(x.Graph())
	built, err := b.buildAll(x, outputs, channelsLast)
	if err != nil {
		return nil, nil, err
	}
	for _, v := range built {
		values = append(values, v.Output)
	}
	return values, b.weights, nil
}

// Shaped is a value of a network with its shape.
type Shaped struct {
	// Name is its name in the file.
	Name string `json:"name"`
	// Op is the operator that computes it.
	Op string `json:"op"`
	// Dims are its dimensions in the file's order, the batch first.
	Dims []int `json:"dims"`
	// Output says that it is a declared output.
	Output bool `json:"output,omitempty"`
}

// Values lists, in the file's order, the values that features can be taken from: those that images of
// that shape and type alone are enough for, and that are floating-point arrays of two to four
// dimensions, the batch first. What cannot be built is passed over.
func (m *Model) Values(backend compute.Backend, images shapes.Shape, channelsLast bool) ([]Shaped, error) {
	input, err := m.Image()
	if err != nil {
		return nil, err
	}
	g := graph.NewGraph(backend, "values")
	defer g.Finalize()
	b := m.newBuilder(g)
	b.dry = true
	b.values.names[input.Name] = value{node: graph.Parameter(g, "images", images), last: !channelsLast}
	b.limits.images = images.Dimensions[0]
	declared := map[string]bool{}
	for _, name := range m.outputNames() {
		declared[name] = true
	}
	var out []Shaped
	for i, n := range m.Nodes {
		if known([]*Operation{n}) != nil || b.apply(n, i) != nil {
			continue
		}
		for _, name := range n.Outputs {
			v, ok := b.values.of(name)
			if !ok || name == "" || v.node == nil || !v.node.DType().IsFloat() {
				continue
			}
			if dims := v.dims(); len(dims) >= 2 && len(dims) <= 4 && dims[0] == images.Dimensions[0] {
				out = append(out, Shaped{Name: name, Op: n.Op, Dims: dims, Output: declared[name]})
			}
		}
	}
	return out, nil
}
