package nnc_test

import (
	"context"
	"fmt"

	"repbench/eval/nnc"
)

func ExampleNew() {
	ctx := context.Background()
	test := nnc.Set{N: 2, Pixels: 2, Bytes: []uint8{0, 0, 255, 255}, Labels: []int32{0, 1}}
	n, err := nnc.New(test, nnc.Options{Classes: 2})
	if err != nil {
		panic(err)
	}
	block := nnc.Set{N: 3, Pixels: 2, Floats: []float32{0.9, 1, 1, 1, 0, 0.5}, Labels: []int32{1, 0, 0}}
	if err := n.Add(ctx, block); err != nil {
		panic(err)
	}
	p := n.Point()
	fmt.Println(p.Errors, p.Rows, p.NND)
	// Output:
	// 1 [2 1] 0.25
}
