package npy_test

import (
	"fmt"
	"os"
	"path/filepath"

	"repbench/internal/npy"
)

func Example() {
	dir, err := os.MkdirTemp("", "npy")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	path := filepath.Join(dir, "features.npy")

	if err := npy.Write(path, []int{3, 2}, []float32{0, 0.5, 1, 0.5, 2, 0.5}); err != nil {
		fmt.Println(err)
		return
	}
	shape, data, err := npy.Read[float32](path)
	fmt.Println(shape, data, err)
	// Output: [3 2] [0 0.5 1 0.5 2 0.5] <nil>
}
