package suite_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"repbench/benchmarks"
	"repbench/benchmarks/suite"
	"repbench/datasets/catalog"
)

// A suite of one cell is run in a folder.
func Example() {
	dir, err := os.MkdirTemp("", "suite")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	text := `
suite = "small"
[[encoder]]
name = "pixels"
spec = "pixels"
[[data]]
name = "shapes"
spec = "shapes:train=100,test=40"
[[protocol]]
name = "linear"
`
	ctx, m := context.Background(), benchmarks.Machine{Backend: "cpu", Catalog: catalog.Options{CacheDir: dir}}
	s, err := suite.Parse([]byte(text), "small.toml")
	if err != nil {
		fmt.Println(err)
		return
	}
	folder, change, err := suite.Prepare(ctx, s, filepath.Join(dir, "out"), m)
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, c := range folder.Cells() {
		if err = folder.Run(ctx, c.Index, suite.RunOptions{Machine: m}); err != nil {
			fmt.Println(err)
		}
		fmt.Println(change.Added, "new,", c, "is", folder.State(c))
	}
	// Output: 1 new, pixels, shapes, linear is done
}
