package onnx

import (
	"math/rand/v2"
	"testing"
)

// Convolutions of whole numbers are exact in the sizes for which the CPU backend has faster forms
// with constant weights: 3 by 3 kernels of stride 1 on many channels, whose sums float32 holds in
// part only.
func TestExactConvolution(t *testing.T) {
	const channels, side = 256, 5
	rng := rand.New(rand.NewPCG(1, 2))
	x, w := make([]float32, channels*side*side), make([]byte, channels*channels*9)
	for i := range x {
		x[i] = float32(200 + rng.IntN(56))
	}
	for i := range w {
		w[i] = byte(0x79 + rng.IntN(7)) // near the largest of int8
	}
	f := file{opset: 13, inputs: [][]byte{valueBytes("x", Float32, 1, channels, side, side)}, outputs: [][]byte{valueBytes("y", Float32)},
		weights: [][]byte{tensorBytes("w", Int8, []int{channels, channels, 3, 3}, w)},
		nodes: [][]byte{nodeBytes("Cast", []string{"x"}, []string{"u"}, attrs{"to": int(Uint8)}), nodeBytes("ConvInteger", []string{"u", "w"}, []string{"i"}, attrs{"pads": []int{1, 1, 1, 1}}),
			nodeBytes("Cast", []string{"i"}, []string{"y"}, attrs{"to": int(Float32)})}}
	m, err := parse(f.bytes())
	if err != nil {
		t.Fatal(err)
	}
	images, dims := toLast(x, []int{1, channels, side, side})
	got, shape, err := run(t, m, images, dims, Target{})
	if err != nil {
		t.Fatal(err)
	}
	got, _ = permute(got, shape, axesFromLast(4))
	for i, y := range got {
		o, r, q := i/(side*side), i/side%side, i%side
		sum := int64(0)
		for c := range channels {
			for k := range 9 {
				if a, b := r+k/3-1, q+k%3-1; a >= 0 && a < side && b >= 0 && b < side {
					sum += int64(x[(c*side+a)*side+b]) * int64(int8(w[(o*channels+c)*9+k]))
				}
			}
		}
		if y != float32(sum) {
			t.Fatalf("value %d is %.0f, want %d", i, y, sum)
		}
	}
}
