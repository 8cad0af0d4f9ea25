package store_test

import (
	"fmt"
	"os"
	"path/filepath"

	"repbench/features/store"
	"repbench/internal/npy"
)

// Features and labels that another program wrote as NumPy files.
func ExampleArrays() {
	dir, err := os.MkdirTemp("", "arrays")
	if err != nil {
		panic(err)
	}
	defer os.RemoveAll(dir)
	for _, split := range []string{"train", "test"} {
		if err := npy.Write(store.FeaturesPath(dir, split), []int{3, 2}, []float32{0, 1, 2, 3, 4, 5}); err != nil {
			panic(err)
		}
		if err := npy.Write(store.LabelsPath(dir, split), []int{3}, []int32{0, 1, 0}); err != nil {
			panic(err)
		}
	}
	f, train, test, err := store.Arrays(store.FeaturesPath(dir, "train"), store.LabelsPath(dir, "train"),
		store.FeaturesPath(dir, "test"), store.LabelsPath(dir, "test"))
	if err != nil {
		panic(err)
	}
	defer f.Close()
	fmt.Println(train.N, train.D, train.Labels, filepath.Base(test.File))
	// Output: 3 2 [0 1 0] test_features.npy
}

func ExampleOpenFolder() {
	f, err := store.OpenFolder("features/svhn-on-cifar10")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer f.Close()
	m, err := f.Split("train")
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(m.N, m.D)
	// Output: features/svhn-on-cifar10 holds no features: there is no meta.json
}
