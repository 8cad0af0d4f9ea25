package onnx

import (
	"fmt"
	"os"
	"path/filepath"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"

	"repbench/backends"
)

// A network of one layer, y = max(x, 0), for two images of 1×3 pixels and two channels.
func ExampleModel_Build() {
	dir, err := os.MkdirTemp("", "onnx")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "relu.onnx")
	if err := os.WriteFile(path, single(13, "Relu", nil, nil).bytes(), 0o644); err != nil {
		fmt.Println(err)
		return
	}
	m, err := Open(path)
	if err != nil {
		fmt.Println(err)
		return
	}
	backend, err := backends.Open(backends.CPU)
	if err != nil {
		fmt.Println(err)
		return
	}
	g := graph.NewGraph(backend.Compute, "example")
	defer g.Finalize()
	x := graph.Parameter(g, "images", shapes.Make(dtypes.Float32, 2, 1, 3, 2))
	b, err := m.Build(x, Target{})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(b.Output.Shape())
	// Output: (Float32)[2, 1, 3, 2]
}
