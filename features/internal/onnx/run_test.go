package onnx

import (
	"fmt"
	"path/filepath"
	"testing"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/internal/npy"
	"repbench/internal/testcheck"
)

func backend(t testing.TB) *backends.Backend {
	t.Helper()
	b, err := backends.Open(backends.CPU)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// run builds the network for images x of the given shape [N, H, W, C] and returns
// the target's values with their shape.
func run(t testing.TB, m *Model, x []float32, dims []int, target Target) (out []float32, shape []int, err error) {
	t.Helper()
	out, shape, _, err = runBuilt(t, m, x, dims, target)
	return out, shape, err
}

// runBuilt also returns what was built, whose graph is gone.
func runBuilt(t testing.TB, m *Model, x []float32, dims []int, target Target) (out []float32, shape []int, b *Built, err error) {
	t.Helper()
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%v", p)
		}
	}()
	g := graph.NewGraph(backend(t).Compute, "test")
	defer g.Finalize()
	images := graph.Parameter(g, "images", shapes.Make(dtypes.Float32, dims...))
	b, err = m.Build(images, target)
	if err != nil {
		return nil, nil, nil, err
	}
	if err := g.Compile(b.Output); err != nil {
		return nil, nil, nil, err
	}
	args := []any{tensors.FromFlatDataAndDimensions(x, dims...)}
	for _, w := range b.Weights {
		args = append(args, w)
	}
	y := g.Run(args...)[0]
	out, err = tensors.CopyFlatData[float32](y)
	return out, y.Shape().Dimensions, b, err
}

// toLast moves channels from [N, C, …] to the end.
func toLast(x []float32, dims []int) ([]float32, []int) {
	return permute(x, dims, axesToLast(len(dims)))
}

// tolerance for float32 sums of at most 500 terms in other orders than PyTorch's,
// relative to the largest value of an output (the largest error seen is 6e-7).
const tolerance = 5e-6

// PyTorch exported the networks of testdata and computed their outputs
// (testdata/make.py); every output is compared, each built by itself.
func TestNetworksAgainstPyTorch(t *testing.T) {
	for _, name := range []string{"convnet", "convnet_fixed", "transformer", "transformer_old", "activations", "activations_old",
		"pools", "convolutions", "norms", "norms_old", "moves", "moves_old", "products", "positions", "positions_old"} {
		t.Run(name, func(t *testing.T) {
			m, err := Open(filepath.Join("testdata", name+".onnx"))
			if err != nil {
				t.Fatal(err)
			}
			dims, x, err := npy.Read[float32](filepath.Join("testdata", name+"_in.npy"))
			if err != nil {
				t.Fatal(err)
			}
			_, want, err := npy.Read[float32](filepath.Join("testdata", name+"_out.npy"))
			if err != nil {
				t.Fatal(err)
			}
			images, nhwc := toLast(x, dims)
			for _, o := range m.Outputs {
				got, shape, err := run(t, m, images, nhwc, Target{Output: o.Name})
				if err != nil {
					t.Fatalf("output %s: %v", o.Name, err)
				}
				if len(got) > len(want) {
					t.Fatalf("output %s has %d values, only %d are left", o.Name, len(got), len(want))
				}
				if len(shape) == 4 {
					got, shape = permute(got, shape, axesFromLast(4))
				}
				if e := testcheck.Difference(t, got, want[:len(got)]); e > tolerance {
					t.Errorf("output %s of shape %v differs by %.2g of its largest value", o.Name, shape, e)
				}
				want = want[len(got):]
			}
			if len(want) != 0 {
				t.Errorf("%d values of PyTorch are left over", len(want))
			}
		})
	}
}
