package nearfiles_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"repbench/eval/neighbours/nearfiles"
	"repbench/internal/npy"
)

func ExampleRun() {
	ctx := context.Background()
	dir, err := os.MkdirTemp("", "near")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	base, queries := filepath.Join(dir, "b.npy"), filepath.Join(dir, "q.npy")
	if err := npy.Write(base, []int{2, 1, 2, 1}, []uint8{10, 20, 30, 10}); err != nil {
		panic(err)
	}
	if err := npy.Write(queries, []int{1, 1, 2, 1}, []uint8{20, 12}); err != nil {
		panic(err)
	}
	r, err := nearfiles.Run(ctx, filepath.Join(dir, "out"), nearfiles.Options{Queries: queries, Base: base, Metric: "mirror", K: 1})
	if err != nil {
		panic(err)
	}
	_, rows, err := npy.Read[int32](filepath.Join(dir, "out", "indices.npy"))
	if err != nil {
		panic(err)
	}
	fmt.Println(r.Distances, rows)
	// Output:
	// sum of squared differences of bytes [0]
}
