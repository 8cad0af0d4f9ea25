package prepare_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"repbench/datasets"
	"repbench/datasets/prepare"
)

// The built-in set at a quarter of its size, and opened again.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "prepare")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	ctx, out := context.Background(), filepath.Join(dir, "shapes8")

	res, err := prepare.Run(ctx, "shapes:size=32,train=20,test=10", out, prepare.Options{Sizes: []int{8}})
	if err != nil {
		fmt.Println(err)
		return
	}
	d, err := datasets.Open(ctx, "prepared:"+out, datasets.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	im := d.Splits[0].Images
	fmt.Println(res.Images, im.N, im.H, im.W, im.C, d.Hash == res.Sets[0].Hash)
	// Output: 30 20 8 8 3 true
}
