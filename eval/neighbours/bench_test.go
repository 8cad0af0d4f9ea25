package neighbours

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"testing"

	"repbench/features/matrix/matrixtest"
)

// BenchmarkSearch measures the search in products and sums of the brute force,
// 2·n·m·d a search. REPBENCH_BENCH_LARGE=1 adds 50,000 rows of 3,072.
func BenchmarkSearch(b *testing.B) {
	sizes := [][4]int{{10000, 500, 512, 1}, {10000, 500, 512, 200}}
	if os.Getenv("REPBENCH_BENCH_LARGE") != "" {
		sizes = append(sizes, [4]int{50000, 2000, 3072, 1}, [4]int{50000, 2000, 3072, 200})
	}
	for _, s := range sizes {
		n, m, d, k := s[0], s[1], s[2], s[3]
		b.Run(fmt.Sprintf("n=%d/m=%d/d=%d/k=%d", n, m, d, k), func(b *testing.B) {
			r := rand.New(rand.NewPCG(1, 1))
			train, queries := matrixtest.Drawn(n, d, r.Float32), matrixtest.Drawn(m, d, r.Float32)
			for b.Loop() {
				if _, err := Search(context.Background(), train, queries, k, Metric{Kind: Euclidean}, Options{}); err != nil {
					b.Fatal(err)
				}
			}
			flops := 2 * float64(n) * float64(m) * float64(d) * float64(b.N)
			b.ReportMetric(flops/b.Elapsed().Seconds()/1e9, "GFLOP/s")
		})
	}
}

// BenchmarkExact measures the float64 arithmetic of one pair.
func BenchmarkExact(b *testing.B) {
	r := rand.New(rand.NewPCG(1, 1))
	m := matrixtest.Drawn(2, 4096, r.Float32)
	x, y := m.Data[:4096], m.Data[4096:]
	for name, f := range map[string]func() float64{
		"dot64":      func() float64 { return dot64(x, y) },
		"distance64": func() float64 { return distance64(x, 1, y, 1) },
	} {
		b.Run(fmt.Sprintf("f=%s/d=4096", name), func(b *testing.B) {
			b.SetBytes(2 * 4 * 4096)
			for b.Loop() {
				f()
			}
		})
	}
}
