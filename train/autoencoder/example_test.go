package autoencoder_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"repbench/backends"
	"repbench/datasets"
	"repbench/train"
	"repbench/train/autoencoder"
)

// Two updates of a small autoencoder, and the codes of its training images.
func ExampleRun() {
	dir, err := os.MkdirTemp("", "run")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	backend, err := backends.Open("cpu")
	if err != nil {
		panic(err)
	}
	ctx, run := context.Background(), filepath.Join(dir, "ae")
	set, err := datasets.Open(ctx, "shapes:train=20,test=10", datasets.Options{})
	if err != nil {
		panic(err)
	}
	images := set.Splits[0].Images
	data := train.Data{Images: images, Name: set.Name, Source: set.Source, Hash: set.Hash}
	sum, err := autoencoder.Run(ctx, run, data, backend, autoencoder.Options{Steps: 2, Hidden: 16, Batch: 10})
	if err != nil {
		panic(err)
	}
	m, err := autoencoder.Load(run, backend)
	if err != nil {
		panic(err)
	}
	defer m.Close()
	codes, err := m.Codes(images)
	fmt.Println(sum.Steps, len(codes), err)
	// Output: 2 320 <nil>
}
