package duplicates

import (
	"context"
	"fmt"
	"testing"

	"repbench/backends/backendtest"
	"repbench/datasets"
)

var cpu = backendtest.CPU

// shapes returns the built-in set with the given numbers of images.
func shapes(t testing.TB, train, test, size int) *datasets.Dataset {
	t.Helper()
	ds, err := datasets.Open(context.Background(), "shapes", datasets.Options{Size: size, Count: train, TestCount: test})
	if err != nil {
		t.Fatal(err)
	}
	return ds
}

func trainSplit(t testing.TB, ds *datasets.Dataset) *datasets.Split {
	t.Helper()
	s, err := ds.Split(datasets.Train)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// setOf returns a data set whose images, in the given splits, are copies of rows of im.
func setOf(im datasets.Images, rows map[string][]int) *datasets.Dataset {
	ds := &datasets.Dataset{Name: "copies", Classes: []string{"a"}, Hash: "00"}
	for _, name := range []string{datasets.Train, datasets.Valid, datasets.Test} {
		if len(rows[name]) == 0 {
			continue
		}
		s := &datasets.Split{Name: name, Images: datasets.Images{N: len(rows[name]), H: im.H, W: im.W, C: im.C}}
		for i, row := range rows[name] {
			s.Images.Data = append(s.Images.Data, im.At(row)...)
			s.IDs = append(s.IDs, fmt.Sprintf("%s:%d", name, i))
		}
		ds.Splits = append(ds.Splits, s)
	}
	return ds
}
