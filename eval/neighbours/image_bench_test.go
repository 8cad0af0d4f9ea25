package neighbours

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"

	"golang.org/x/sys/unix"

	"repbench/features/matrix/matrixtest"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// benchSizes returns the numbers of base rows and queries: REPBENCH_BENCH_IMAGES=50000,2000 sets others.
func benchSizes(b *testing.B) (n, queries int) {
	n, queries = 4000, 250
	if v := os.Getenv("REPBENCH_BENCH_IMAGES"); v != "" {
		if _, err := fmt.Sscanf(v, "%d,%d", &n, &queries); err != nil {
			b.Fatalf("REPBENCH_BENCH_IMAGES=%q: %v", v, err)
		}
	}
	return n, queries
}

// measured runs f and reports the products that it makes, by the clock and by processor time.
func measured(b *testing.B, products float64, f func() error) {
	cpu := cpuSeconds(b)
	for b.Loop() {
		if err := f(); err != nil {
			b.Fatal(err)
		}
	}
	products *= float64(b.N) / 1e9
	b.ReportMetric(products/b.Elapsed().Seconds(), "Gproducts/s")
	b.ReportMetric(products/(cpuSeconds(b)-cpu), "Gproducts/cpu-s")
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

// BenchmarkSearchImages measures the search in products of bytes of the brute force. Noise added to
// 50 patterns makes some base images nearer than others.
func BenchmarkSearchImages(b *testing.B) {
	n, queries := benchSizes(b)
	r := rand.New(rand.NewPCG(1, 1))
	base, query := drawPatterns(r, n), drawPatterns(r, queries)
	for _, m := range []ImageMetric{Pixels, MirrorShift, Correlation} {
		for _, k := range []int{1, 50} {
			b.Run(fmt.Sprintf("metric=%s/k=%d", m, k), func(b *testing.B) {
				h, w := m.area(base)
				measured(b, float64(n)*float64(queries)*float64(h*w*3*m.Windows()), func() error {
					_, err := SearchImages(context.Background(), base, query, k, m, ImageOptions{})
					return err
				})
			})
		}
	}
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

// BenchmarkSearchFloats measures the search among rows of 3,072 floats.
func BenchmarkSearchFloats(b *testing.B) {
	n, queries := benchSizes(b)
	const d = 3072
	r := rand.New(rand.NewPCG(1, 1))
	base, query := matrixtest.Drawn(n, d, r.Float32), matrixtest.Drawn(queries, d, r.Float32)
	for _, k := range []int{1, 200} {
		b.Run(fmt.Sprintf("k=%d", k), func(b *testing.B) {
			measured(b, float64(n)*float64(queries)*d, func() error {
				_, err := Search(context.Background(), base, query, k, Metric{Kind: Euclidean}, Options{})
				return err
			})
		})
	}
}

// BenchmarkPeakBytes and BenchmarkPeakFloats measure the machine's peak of products.
func BenchmarkPeakBytes(b *testing.B) {
	if simd.SpinBytes(1) == 0 {
		b.Skip("no instructions for products of bytes here")
	}
	peak(b, simd.SpinBytes)
}

func BenchmarkPeakFloats(b *testing.B) { peak(b, func(n int) int { return simd.Spin(n) / 2 }) }

func peak(b *testing.B, spin func(n int) int) {
	const parts, rounds = 100, 100_000
	measured(b, parts*float64(rounds)*float64(spin(1)), func() error {
		tasks.Do(runtime.GOMAXPROCS(0), parts, func(int, int) { spin(rounds) })
		return nil
	})
}
