package onnx

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// resizeSeed resizes and squares weights, and adds them to the images.
var resizeSeed = file{opset: 13, inputs: [][]byte{valueBytes("x", Float32, 0, 2, 1, 3)}, outputs: [][]byte{valueBytes("y", Float32)},
	weights: [][]byte{floatTensor("w", []int{1, 1, 2, 2}, 1, 2, 3, 4), intTensor("n", []int{4}, 1, 1, 1, 3)},
	nodes: [][]byte{nodeBytes("Resize", []string{"w", "", "", "n"}, []string{"r"}, attrs{"mode": "linear"}),
		nodeBytes("Mul", []string{"r", "r"}, []string{"q"}, nil), nodeBytes("Add", []string{"x", "q"}, []string{"y"}, nil)}}

// Any bytes are a model or an error, and a model is built or refused; nothing
// panics, and nothing large is allocated for a small file.
func FuzzModel(f *testing.F) {
	files, err := filepath.Glob(filepath.Join("testdata", "*.onnx"))
	if err != nil || len(files) == 0 {
		f.Fatalf("no models in testdata: %v", err)
	}
	for _, name := range files {
		if b, err := os.ReadFile(name); err == nil && len(b) < 12<<10 {
			f.Add(b)
		}
	}
	for _, m := range []file{
		single(13, "Reshape", nil, []string{"s"}, intTensor("s", []int{2}, 0, -1)),
		single(13, "AveragePool", attrs{"kernel_shape": []int{1, 2}, "ceil_mode": 1}, nil),
		single(13, "Conv", attrs{"pads": []int{0, 1, 0, 1}}, []string{"k"}, floatTensor("k", []int{1, 2, 1, 2}, 1, 2, 3, 4)),
		single(9, "Slice", attrs{"starts": []int{0, -2}, "ends": []int{1, 99}, "axes": []int{1, 3}}, nil),
		single(18, "Resize", attrs{"mode": "cubic", "antialias": 1}, []string{"", "s"}, floatTensor("s", []int{4}, 1, 1, 2, .6)),
		single(13, "Tile", nil, []string{"s"}, intTensor("s", []int{4}, 1, 1, 2, 2)),
		single(13, "ScatterND", nil, []string{"s"}, intTensor("s", []int{4}, 1, 1, 2, 2)),
		resizeSeed,
		single(13, "Range", nil, []string{"a", "b"}, intTensor("a", nil, 5), intTensor("b", nil, -1)),
		leaky(), image(17, nodeBytes("Constant", nil, []string{"c"}, attrs{"value": boolTensor("", []int{1}, 1)}),
			nodeBytes("If", []string{"c"}, []string{"y"}, attrs{"then_branch": branch("Relu", "x"), "else_branch": branch("Neg", "x")})),
	} {
		f.Add(m.bytes())
	}
	for _, c := range slices.Concat(opCases(f, "operators.json"), opCases(f, "operators_more.json"), opCases(f, "quantised.json")) {
		for k, o := range c.Outputs {
			if o != nil {
				m, _ := c.model(f, c.Images, k)
				f.Add(m.bytes())
			}
		}
	}
	b := backend(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := parse(data)
		in := &input{from: bytes.NewReader(data), size: int64(len(data))}
		if _, inFile := parseModel(message{in: in, size: in.size}); fmt.Sprint(inFile) != fmt.Sprint(err) {
			t.Errorf("in a file: error %v, in memory %v", inFile, err)
		}
		if err != nil {
			return
		}
		dims := []int{2, 8, 8, 3}
		if v, err := m.Image(); err == nil && len(v.Dims) == 4 {
			for i, from := range []int{0, 2, 3, 1} {
				if d := v.Dims[from]; d > 0 && d < 64 {
					dims[i] = d
				}
			}
		}
		g := graph.NewGraph(b.Compute, "fuzz")
		defer func() { g.Finalize() }()
		x := graph.Parameter(g, "x", shapes.Make(dtypes.Float32, dims...))
		for _, o := range slices.Concat(m.Outputs[:min(len(m.Outputs), 3)], []Value{{Name: "y"}}) {
			built, err := m.Build(x, Target{Output: o.Name, ChannelsLast: len(data)%2 == 1})
			if err == nil && built.Output == nil {
				t.Error("neither an output nor an error")
			}
			if err == nil {
				return // a graph has each parameter once
			}
			g.Finalize()
			g = graph.NewGraph(b.Compute, "fuzz")
			x = graph.Parameter(g, "x", shapes.Make(dtypes.Float32, dims...))
		}
	})
}
