package prepare

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"repbench/datasets/internal/exif"
	"repbench/internal/testenv"
)

// BenchmarkPicture decodes and resizes the photographs of the shared folder on one thread.
func BenchmarkPicture(b *testing.B) {
	names, _ := filepath.Glob(filepath.Join(testenv.Path(b, "data", "imagenet-sample"), "*.JPEG"))
	var files [][]byte
	for _, name := range names {
		data, err := os.ReadFile(name)
		if err != nil {
			b.Fatal(err)
		}
		files = append(files, data)
	}
	for _, n := range []int{32, 64} {
		for _, d := range []Decode{Full, Scaled, Draft} {
			b.Run(fmt.Sprintf("n=%d/decode=%s", n, d), func(b *testing.B) {
				w := worker{o: Options{Decode: d, Sizes: []int{n}}, channels: 3}
				dst := make([]byte, n*n*3)
				for b.Loop() {
					for _, data := range files {
						w.begin(exif.Upright)
						if err := w.picture(dst, data, n); err != nil {
							b.Fatal(err)
						}
					}
				}
				b.ReportMetric(float64(b.N*len(files))/b.Elapsed().Seconds(), "images/s")
			})
		}
	}
}
