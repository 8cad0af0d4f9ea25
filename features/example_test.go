package features_test

import (
	"context"
	"fmt"
	"os"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features"
)

func ExampleOpen() {
	b, err := backends.Open(backends.CPU)
	if err != nil {
		fmt.Println(err)
		return
	}
	enc, err := features.Open("random:svhn32", b, features.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer enc.Close()
	layers, err := enc.Layers(datasets.Images{H: 32, W: 32, C: 3})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, l := range layers {
		fmt.Printf("%s %d×%d×%d, columns %v\n", l.Name, l.Height, l.Width, l.Channels, l.Columns)
	}
	// Output:
	// conv1 4×4×64, columns [0 1024]
	// conv2 4×4×128, columns [1024 3072]
	// conv3 4×4×256, columns [3072 7168]
}

// The features of a small set, written as a folder.
func ExampleEncoder_Extract() {
	ctx := context.Background()
	ds, err := datasets.Open(ctx, "shapes:size=16,train=20,test=10", datasets.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	backend, err := backends.Open(backends.CPU)
	if err != nil {
		fmt.Println(err)
		return
	}
	enc, err := features.Open("pixels", backend, features.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	defer enc.Close()
	dir, err := os.MkdirTemp("", "features")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	meta, err := enc.Extract(ctx, ds, dir, nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(meta.Dim, "features of", meta.Splits[0].Rows, "and", meta.Splits[1].Rows, "images")
	// Output: 768 features of 20 and 10 images
}
