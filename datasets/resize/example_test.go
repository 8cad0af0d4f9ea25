package resize_test

import (
	"fmt"

	"repbench/datasets/resize"
)

// A picture of one colour keeps it, and its middle is what is left of the longer side.
func ExampleScaler_Square() {
	pix := make([]uint8, 500*375*3)
	for i := range pix {
		pix[i] = []uint8{200, 100, 50}[i%3]
	}
	dst := make([]uint8, 32*32*3)
	var s resize.Scaler
	err := s.Square(dst, resize.Image{Pix: pix, W: 500, H: 375, C: 3}, 32, resize.Bicubic)
	fmt.Println(dst[:3], dst[len(dst)-3:], err)
	// Output: [200 100 50] [200 100 50] <nil>
}
