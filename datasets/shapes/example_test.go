package shapes_test

import (
	"bytes"
	"fmt"

	"repbench/datasets/shapes"
)

// Draw a small set, and draw one of its images again from its factors.
func ExampleGenerate() {
	set, err := shapes.Generate(shapes.Options{Size: 32, Train: 20, Test: 10})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(set.Classes)
	fmt.Println(set.Train.Labels)

	f := set.Train.Factors[1]
	image := make([]uint8, 32*32*3)
	shapes.Render(image, 32, f)
	fmt.Println(set.Classes[f.Class], "before", f.Background.Kind, "in", f.Box)
	fmt.Println("same pixels:", bytes.Equal(image, set.Train.Pixels[len(image):2*len(image)]))
	// Output:
	// [disc ring square triangle cross star crescent heart arrow hourglass]
	// [1 5 8 2 7 4 0 6 3 9 1 5 2 9 4 3 6 7 8 0]
	// star before blobs in {6 2 23 21}
	// same pixels: true
}

// Walk along one factor: the object of an image turns, and everything else is unchanged.
func ExampleRender() {
	f := shapes.At(1, shapes.Test, 0, 64)
	for _, angle := range []float64{-20, 0, 20} {
		f.Rotation = angle
		f = f.WithBoxes(64)
		image := make([]uint8, 64*64*3)
		shapes.Render(image, 64, f)
		fmt.Println(angle, f.Box)
	}
	// Output:
	// -20 {14 16 46 48}
	// 0 {17 19 43 44}
	// 20 {14 16 46 48}
}
