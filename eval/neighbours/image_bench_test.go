package neighbours

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"repbench/internal/simd"
)

// BenchmarkSearchImages measures the search in products of bytes of the brute force. Noise added to
// 50 patterns makes some base images nearer than others. REPBENCH_BENCH_LARGE=1 has 50,000 images of
// 32×32×3.
func BenchmarkSearchImages(b *testing.B) {
	n, queries := 4000, 250
	if os.Getenv("REPBENCH_BENCH_LARGE") != "" {
		n, queries = 50000, 2000
	}
	r := rand.New(rand.NewPCG(1, 1))
	base, query := drawPatterns(r, n), drawPatterns(r, queries)
	for _, tile := range simd.MatrixIntTiles() {
		if tile.ISA() == simd.Portable {
			continue
		}
		for _, m := range []ImageMetric{Pixels, MirrorShift, Correlation} {
			for _, k := range []int{1, 50} {
				b.Run(fmt.Sprintf("isa=%s/n=%d/m=%d/metric=%s/k=%d", tile.ISA(), n, queries, m, k), func(b *testing.B) {
					cpu := cpuSeconds(b)
					for b.Loop() {
						if _, err := SearchImages(context.Background(), base, query, k, m, ImageOptions{tile: tile}); err != nil {
							b.Fatal(err)
						}
					}
					h, w := m.area(base)
					products := float64(n) * float64(queries) * float64(h*w*3*m.Windows()) * float64(b.N)
					b.ReportMetric(products/b.Elapsed().Seconds()/1e9, "Gproducts/s")
					b.ReportMetric(products/(cpuSeconds(b)-cpu)/1e9, "Gproducts/cpu-s")
				})
			}
		}
	}
}

// cpuSeconds is the processor time of the process, which other programs on the machine disturb less
// than they do the time.
func cpuSeconds(b *testing.B) float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return float64(u.Utime.Nano()+u.Stime.Nano()) / 1e9
}

// drawPatterns draws images of 32×32×3.
func drawPatterns(r *rand.Rand, n int) Images {
	const size = 32 * 32 * 3
	pattern := rand.New(rand.NewPCG(2, 2))
	patterns := make([]uint8, 50*size)
	for i := range patterns {
		patterns[i] = uint8(pattern.IntN(200))
	}
	x := Images{N: n, H: 32, W: 32, C: 3, Pix: make([]uint8, n*size)}
	for i := range n {
		from := patterns[r.IntN(50)*size:]
		for j := range size {
			x.Pix[i*size+j] = from[j] + uint8(r.Uint32()%56)
		}
	}
	return x
}
