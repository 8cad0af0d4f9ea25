package features

import (
	"fmt"
	"testing"

	"repbench/features/internal/encoder"
)

// BenchmarkEncode measures images/s of svhn32 at its full width.
func BenchmarkEncode(b *testing.B) {
	for _, width := range []int{16, 64} {
		b.Run(fmt.Sprintf("arch=svhn32/width=%d/batch=128", width), func(b *testing.B) {
			e := open(b, fmt.Sprintf("random:svhn32,width=%d", width), Options{})
			ds := noise(128, 1)
			if err := e.net.Prepare(b.Context(), ds, nil, encoder.Kept{}); err != nil {
				b.Fatal(err)
			}
			im := ds.Splits[0].Images
			layers, err := e.Layers(im)
			if err != nil {
				b.Fatal(err)
			}
			dst := make([]float32, 128*layers[len(layers)-1].Columns[1])
			for b.Loop() {
				if err := e.net.Encode(dst, im); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(128*float64(b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
}
