package duplicates_test

import (
	"fmt"

	"repbench/datasets"
	"repbench/eval/duplicates"
)

// A grey image and a brighter one: other pixels, but neighbours rise and fall in
// the same places.
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
