package nearest

import (
	"testing"

	"repbench/eval/quality/internal/qualitytest"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
)

// mixed are non-negative features of low rank, like features behind a rectifier.
func mixed(seed uint64, n, d int, mean float64) matrix.View {
	z, mixing := qualitytest.Normal(seed, n, d/4, 0), qualitytest.Normal(99, d/4, d, 0)
	out := matrix.View{Data: make([]float32, n*d), N: n, D: d}
	for i := range n {
		row := out.Data[i*d : (i+1)*d]
		for k := range z.D {
			for j := range row {
				row[j] += z.Data[i*z.D+k] * mixing.Data[k*d+j] / 16
			}
		}
		for j := range row {
			row[j] = max(0, row[j]+float32(mean))
		}
	}
	return out
}

func BenchmarkPRDC(b *testing.B) {
	x, y := mixed(1, 2000, 1024, 0.1), mixed(2, 2000, 1024, 0.12)
	for b.Loop() {
		if _, err := PrecisionRecall(b.Context(), x, y, PRDCOptions{K: 5}, metric.Options{}); err != nil {
			b.Fatal(err)
		}
	}
}
