package inside_test

import (
	"fmt"
	"image"
	"log"
	"os"
	"path/filepath"

	"repbench/benchmarks/inside"
	"repbench/datasets"
	"repbench/internal/outputs"
	"repbench/vis"
	"repbench/vis/sheet"
)

func check(err error) {
	if err != nil {
		log.Fatal(err)
	}
}

func Example() {
	dir, err := os.MkdirTemp("", "figure")
	check(err)
	defer os.RemoveAll(dir)
	img := image.NewGray(image.Rect(0, 0, 4, 4))
	frames := datasets.Images{N: 2, H: 2, W: 2, C: 1, Data: make([]uint8, 8)}
	result := vis.NewResult("walk")
	var reads outputs.Reads // a figure that reads no files

	out := inside.Output{PNG: filepath.Join(dir, "walk.png"), Record: filepath.Join(dir, "records.jsonl")}
	err = out.Check(reads, nil, ".webp")
	check(err)
	w := inside.Writer{Output: out, Result: result}
	err = w.Picture("", img, "A walk.")
	check(err)
	err = w.Animation(frames, sheet.AnimationOptions{})
	check(err)
	err = w.Close(tiny())
	check(err)
	for _, f := range result.Files {
		fmt.Println(filepath.Base(f))
	}
	// Output:
	// walk.png
	// walk.webp
	// walk.json
}
