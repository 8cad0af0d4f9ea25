package simd

import "testing"

func TestInterleave(t *testing.T) {
	for _, k := range supported() {
		for n := range 70 {
			a, b, dst := make([]float32, n), make([]float32, n), make([]float32, 2*n+1)
			for i := range n {
				a[i], b[i] = float32(i), float32(-i)
			}
			dst[2*n] = 77
			interleave(k.vec, dst[:2*n], a, b)
			for i := range n {
				if dst[2*i] != a[i] || dst[2*i+1] != b[i] {
					t.Fatalf("isa=%s n=%d: places %d and %d hold %g and %g, want %g and %g", k.isa, n, 2*i, 2*i+1, dst[2*i], dst[2*i+1], a[i], b[i])
				}
			}
			if dst[2*n] != 77 {
				t.Fatalf("isa=%s n=%d: wrote beyond the end", k.isa, n)
			}
		}
	}
}
