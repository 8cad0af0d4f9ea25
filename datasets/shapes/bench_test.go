package shapes

import (
	"fmt"
	"testing"
)

func BenchmarkGenerate(b *testing.B) {
	for _, size := range []int{32, 64} {
		b.Run(fmt.Sprintf("size=%d", size), func(b *testing.B) {
			const n = 1000
			for b.Loop() {
				mustGenerate(b, Options{Size: size, Train: n, Test: 1})
			}
			b.ReportMetric(float64(n)*float64(b.N)/b.Elapsed().Seconds(), "images/s")
		})
	}
}

func BenchmarkRender(b *testing.B) {
	for kind := range numKinds {
		b.Run("kind="+kind.String(), func(b *testing.B) {
			f := At(DefaultSeed, Train, 0, DefaultSize)
			f.Background.Kind = kind
			dst := make([]uint8, DefaultSize*DefaultSize*3)
			for b.Loop() {
				Render(dst, DefaultSize, f)
			}
		})
	}
}
