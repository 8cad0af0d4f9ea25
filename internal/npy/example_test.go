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

	w, err := npy.NewRowWriter(path, npy.Float32, []int{2})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer w.Close()
	for i := range 3 { // blocks as they come
		if err := w.WriteFloat32([]float32{float32(i), 0.5}); err != nil {
			fmt.Println(err)
			return
		}
	}
	if err := w.Commit(); err != nil {
		fmt.Println(err)
		return
	}
	shape, data, err := npy.Read[float32](path)
	fmt.Println(shape, data, err)
	// Output: [3 2] [0 0.5 1 0.5 2 0.5] <nil>
}
