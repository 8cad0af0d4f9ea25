package duplicates_test

import (
	"context"
	"fmt"
	"os"

	"repbench/backends"
	"repbench/datasets"
	"repbench/eval/duplicates"
)

// A grey image and a brighter one: the pixels differ, but neighbours rise and fall in the same
// places.
func ExampleDHash() {
	im := datasets.Images{N: 2, H: 8, W: 9, C: 1}
	for _, shift := range []uint8{0, 50} {
		for i := range 8 * 9 {
			im.Data = append(im.Data, uint8(i*i%101)+shift)
		}
	}
	codes := make([]duplicates.Code, im.N)
	for _, h := range []duplicates.Hasher{duplicates.Exact{}, duplicates.DHash{}} {
		if err := h.Hash(codes, im); err != nil {
			panic(err)
		}
		fmt.Printf("%d bits, equal codes: %t\n", h.Bits(), codes[0] == codes[1])
	}
	// Output:
	// 256 bits, equal codes: false
	// 64 bits, equal codes: true
}

// A search with a hash that needs no training: drawn images hold no duplicates.
func ExampleRun() {
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
	dir, err := os.MkdirTemp("", "duplicates")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	s, err := duplicates.Run(ctx, dir, ds, nil, backend, duplicates.Options{Method: duplicates.MethodDHash})
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, m := range s.Methods {
		fmt.Println(m.Method, "finds", m.Groups, "groups among", s.Images, "images")
	}
	// Output:
	// exact finds 0 groups among 30 images
	// dhash finds 0 groups among 30 images
}
