package sheet_test

import (
	"fmt"
	"os"
	"path/filepath"

	"repbench/vis/sheet"
)

// Three grey images of 2×2 pixels from a generator, on one sheet.
func Example() {
	generated := []float32{
		-1, -1, -1, -1,
		0, 0, 0, 0,
		1, 1, 1, 1,
	}
	im, err := sheet.FromFloat(generated, 3, 2, 2, 1)
	if err != nil {
		fmt.Println(err)
		return
	}
	img, err := sheet.Draw(im, sheet.Options{Columns: 3, Scale: 8})
	if err != nil {
		fmt.Println(err)
		return
	}
	dir, err := os.MkdirTemp("", "sheet")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	err = sheet.WritePNG(filepath.Join(dir, "samples.png"), img)
	fmt.Println(im.Data[0], im.Data[4], im.Data[8], img.Bounds().Size(), err)
	// Output: 0 128 255 (56,20) <nil>
}
