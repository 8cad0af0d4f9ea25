package simd

import (
	"fmt"
	"math/rand/v2"
	"testing"
)

// BenchmarkFused is one block of a Hessian-vector product, X·v and then Xᵀ(Xv), for ten
// vectors: the work of the linear solver. The matrix is larger than the caches.
func BenchmarkFused(b *testing.B) {
	for _, arith := range []string{"float32", "float64"} {
		for _, d := range []int{448, 7168, 28672} {
			for _, rows := range []int{16, 32} {
				b.Run(fmt.Sprintf("arith=%s/d=%d/rows=%d/k=10", arith, d, rows), func(b *testing.B) {
					if arith == "float32" {
						benchFused[float32](b, d, rows)
					} else {
						benchFused[float64](b, d, rows)
					}
				})
			}
		}
	}
}

func benchFused[T Float](b *testing.B, d, block int) {
	const k, total = 10, 64 << 20 // float32 values: 256 MiB
	rng := rand.New(rand.NewPCG(1, 1))
	data := make([]float32, total)
	for i := range data {
		data[i] = float32(i & 255)
	}
	n := total / d / block * block
	rows := make([][]float32, n)
	for i := range rows {
		rows[i] = data[i*d : (i+1)*d]
	}
	var p Panel[T]
	p.Pack(randomVectors(rng, k, d))
	z, s, g := make([]float64, block*k), make([]T, block*k), make([]float64, k*d)
	b.SetBytes(int64(4 * n * d))
	for b.Loop() {
		for i := 0; i < n; i += block {
			p.Dot(z, rows[i:i+block])
			for j, v := range z {
				s[j] = T(v * 1e-9)
			}
			Accumulate(g, d, s, rows[i:i+block])
		}
	}
	b.ReportMetric(float64(4*k)*float64(n*d)*float64(b.N)/b.Elapsed().Seconds()/1e9, "GFLOP/s")
}
