package onnx

import (
	"fmt"
	"slices"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
)

// movement is Reshape to the dimensions, or Transpose by the permutation.
type movement struct {
	reshape   bool
	dims      []int
	transpose []int
}

// Values whose channels stay last, or stay in groups, are what they are in the file's order of axes,
// and a channel shuffle transposes once.
func TestMovementsOfChannels(t *testing.T) {
	to := func(dims ...int) movement { return movement{reshape: true, dims: dims} }
	by := func(perm ...int) movement { return movement{transpose: perm} }
	for name, test := range map[string]struct {
		moves      []movement
		transposes int // those that a result in another order of axes needs among them
	}{
		"shuffle of 2 groups":        {[]movement{to(2, 2, 3, 4, 5), by(0, 2, 1, 3, 4), to(2, 6, 4, 5)}, 1},
		"shuffle of 3 groups":        {[]movement{to(2, 3, 2, 4, 5), by(0, 2, 1, 3, 4), to(2, -1, 4, 5)}, 1},
		"shuffle, then places":       {[]movement{to(2, 3, 2, 4, 5), by(0, 2, 1, 3, 4), to(2, 6, 20), by(0, 2, 1)}, 1},
		"patches":                    {[]movement{to(2, 6, 20), by(0, 2, 1)}, 0},
		"groups as an output":        {[]movement{to(2, 3, 2, 4, 5)}, 1},
		"groups in another order":    {[]movement{to(2, 3, 2, 4, 5), by(0, 1, 3, 2, 4)}, 1},
		"groups to other groups":     {[]movement{to(2, 3, 2, 20), by(0, 2, 1, 3), to(2, 2, 3, 10, 2)}, 2},
		"the batch is divided":       {[]movement{to(1, 2, 6, 4, 5), by(0, 2, 1, 3, 4)}, 2},
		"channels join with places":  {[]movement{to(2, 12, 10)}, 1},
		"groups join with the batch": {[]movement{to(2, 3, 2, 4, 5), to(6, 2, 4, 5)}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			dims := []int{2, 6, 4, 5}
			x := make([]float32, 240)
			for i := range x {
				x[i] = float32(i)
			}
			want, shape := x, slices.Clone(dims)
			f := file{opset: 13, inputs: [][]byte{valueBytes("x", Float32, dims...)}}
			in := "x"
			for i, m := range test.moves {
				out := fmt.Sprintf("y%d", i)
				if m.reshape {
					shape = newShape(shape, m.dims, false)
					f.weights = append(f.weights, intTensor("s"+out, []int{len(m.dims)}, int64s(m.dims)...))
					f.nodes = append(f.nodes, nodeBytes("Reshape", []string{in, "s" + out}, []string{out}, nil))
				} else {
					want, shape = permute(want, shape, m.transpose)
					f.nodes = append(f.nodes, nodeBytes("Transpose", []string{in}, []string{out}, attrs{"perm": m.transpose}))
				}
				in = out
			}
			f.nodes = append(f.nodes, nodeBytes("Abs", []string{in}, []string{"y"}, nil))
			f.outputs = [][]byte{valueBytes("y", Float32, shape...)}
			m, err := parse(f.bytes())
			if err != nil {
				t.Fatal(err)
			}
			images, nhwc := toLast(x, dims)
			got, gotShape, err := run(t, m, images, nhwc, Target{})
			if err != nil {
				t.Fatal(err)
			}
			if len(gotShape) == 4 {
				got, gotShape = permute(got, gotShape, axesFromLast(4))
			}
			if !slices.Equal(got, want) || !slices.Equal(gotShape, shape) {
				t.Errorf("shape %v, want %v; equal values: %v", gotShape, shape, slices.Equal(got, want))
			}
			if n := transposes(t, m, nhwc); n != test.transposes {
				t.Errorf("%d transposes, want %d", n, test.transposes)
			}
		})
	}
}

// transposes counts the transposes that the output of a model needs.
func transposes(t *testing.T, m *Model, dims []int) (count int) {
	t.Helper()
	g := graph.NewGraph(backend(t).Compute, "test")
	defer g.Finalize()
	b, err := m.Build(graph.Parameter(g, "images", shapes.Make(dtypes.Float32, dims...)), Target{})
	if err != nil {
		t.Fatal(err)
	}
	for n := b.Output; ; n = n.Inputs()[0] {
		if n.Type() == graph.NodeTypeTranspose {
			count++
		}
		if len(n.Inputs()) == 0 {
			return count
		}
	}
}

func int64s(v []int) []int64 {
	out := make([]int64, len(v))
	for i, x := range v {
		out[i] = int64(x)
	}
	return out
}
