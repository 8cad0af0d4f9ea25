package linear

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/labels"
	"repbench/internal/npy"
	"repbench/internal/tasks"
)

// pooled draws features like pooled activations of a network: non-negative, a
// large common part, a few of many shared patterns a row with classes favouring
// some of them, and noise. Labels are 0 … 9 in order, as in a sorted data set.
func pooled(n, d int) matrixtest.Problem {
	const patterns, each = 400, 6
	rng := rand.New(rand.NewPCG(1, 2))
	bank := make([]float32, patterns*d)
	for i := range bank {
		bank[i] = float32(rng.NormFloat64())
	}
	p := matrixtest.Problem{Classes: 10, Y: make([]int32, n), X: matrix.View{Data: make([]float32, n*d), N: n, D: d}}
	tasks.Do(16, n, func(_, i int) {
		rng := rand.New(rand.NewPCG(3, uint64(i)))
		p.Y[i] = int32(i * 10 / n)
		row := p.X.Data[i*d : (i+1)*d]
		for range each {
			k := rng.IntN(patterns)
			if rng.IntN(4) == 0 {
				k = int(p.Y[i])*patterns/10 + rng.IntN(patterns/10)
			}
			a := rng.Float32()
			for j, v := range bank[k*d : (k+1)*d] {
				row[j] += a * v
			}
		}
		common := 0.3 + 0.2*rng.Float32()
		for j, v := range row {
			row[j] = max(0, v+common+0.5*(rng.Float32()-0.5))
		}
	})
	return p
}

// BenchmarkFitSVM fits ten classes at C = 1e-4. The size of CIFAR-10 with the
// features of the SVHN model is run when REPBENCH_BENCH_LARGE is set (1.4 GB);
// REPBENCH_BENCH_FEATURES names a folder of extracted features to fit as well.
func BenchmarkFitSVM(b *testing.B) {
	sizes := [][2]int{{2_000, 448}, {10_000, 1024}}
	if os.Getenv("REPBENCH_BENCH_LARGE") != "" {
		sizes = append(sizes, [2]int{50_000, 7168})
	}
	for _, s := range sizes {
		b.Run(fmt.Sprintf("n=%d/d=%d/k=10/C=1e-4", s[0], s[1]), func(b *testing.B) { benchFit(b, pooled(s[0], s[1])) })
	}
	if dir := os.Getenv("REPBENCH_BENCH_FEATURES"); dir != "" {
		b.Run("features="+filepath.Base(dir)+"/C=1e-4", func(b *testing.B) { benchFit(b, extracted(b, dir)) })
	}
}

func benchFit(b *testing.B, p matrixtest.Problem) {
	var passes int
	for b.Loop() {
		fits, err := FitSVM(context.Background(), p.X, p.Y, p.Classes, Options{C: []float64{1e-4}})
		if err != nil {
			b.Fatal(err)
		}
		passes = fits[0].Passes
	}
	b.ReportMetric(float64(passes), "passes/op")
}

// benchCosts are the costs of the DCGAN protocol on SVHN.
var benchCosts = []float64{1e-4, 2e-4, 5e-4, 1e-3, 2e-3, 5e-3, 1e-2}

// BenchmarkPath fits seven C from 1e-4 to 1e-2, each from nothing and then all on a
// path, on the features that REPBENCH_BENCH_FEATURES names. It reports the time of
// the path as a multiple of the time of the first C and of the mean of all seven.
func BenchmarkPath(b *testing.B) {
	p := extracted(b, benchFeatures(b))
	for b.Loop() {
		first := benchPath(b, p, benchCosts[0])
		path := benchPath(b, p, benchCosts...)
		alone := first
		for _, c := range benchCosts[1:] {
			alone += benchPath(b, p, c)
		}
		b.ReportMetric(path, "s/path")
		b.ReportMetric(path/first, "path/first")
		b.ReportMetric(path/(alone/float64(len(benchCosts))), "path/mean")
	}
}

// BenchmarkFewLabels fits the path on the first rows of each class, and on made-up
// features of more columns.
func BenchmarkFewLabels(b *testing.B) {
	for _, n := range []int{10, 100, 400} {
		b.Run(fmt.Sprintf("features/labels=%d", n), func(b *testing.B) {
			p := firstOfClasses(extracted(b, benchFeatures(b)), n)
			for b.Loop() {
				b.ReportMetric(benchPath(b, p, benchCosts...), "s/path")
			}
		})
	}
	b.Run("pooled/n=4000/d=19200", func(b *testing.B) {
		if os.Getenv("REPBENCH_BENCH_LARGE") == "" {
			b.Skip("REPBENCH_BENCH_LARGE is not set")
		}
		p := pooled(4_000, 19_200)
		for b.Loop() {
			b.ReportMetric(benchPath(b, p, benchCosts...), "s/path")
		}
	})
}

// benchPath fits and returns the seconds that the fits took.
func benchPath(b *testing.B, p matrixtest.Problem, costs ...float64) (seconds float64) {
	b.Helper()
	fits, err := FitSVM(context.Background(), p.X, p.Y, p.Classes, Options{C: costs})
	if err != nil {
		b.Fatal(err)
	}
	for _, f := range fits {
		b.Logf("C=%.2g: %d passes, %d Newton steps, %d CG iterations, %.2f s, objective %.10g, gap %.1e, converged %v",
			f.C, f.Passes, f.Iterations, f.CGIterations, f.Seconds, f.Objective, f.DualityGap, f.Converged)
		seconds += f.Seconds
	}
	return seconds
}

// firstOfClasses returns the first n rows of each class, copied.
func firstOfClasses(p matrixtest.Problem, n int) matrixtest.Problem {
	few := matrixtest.Problem{Classes: p.Classes, X: matrix.View{D: p.X.D}}
	var rows []int32
	for _, class := range labels.ByClass(p.Y) {
		rows = append(rows, class[:n]...)
	}
	slices.Sort(rows)
	for _, row := range rows {
		r := matrix.Reader{M: p.X}
		few.X.Data = append(few.X.Data, r.Read(int(row), int(row)+1)[0]...)
		few.Y = append(few.Y, p.Y[row])
	}
	few.X.N = len(rows)
	return few
}

// benchFeatures returns the folder that REPBENCH_BENCH_FEATURES names.
func benchFeatures(b *testing.B) string {
	dir := os.Getenv("REPBENCH_BENCH_FEATURES")
	if dir == "" {
		b.Skip("REPBENCH_BENCH_FEATURES names no folder of features")
	}
	return dir
}

// extracted returns the training split of a folder of features, float32 or
// float16.
func extracted(b *testing.B, dir string) matrixtest.Problem {
	b.Helper()
	m, err := npy.Map(filepath.Join(dir, "train_features.npy"))
	if err != nil {
		b.Fatal(err)
	}
	b.Cleanup(func() { m.Close() })
	shape := m.Header().Shape
	p := matrixtest.Problem{X: matrix.View{N: shape[0], D: shape[1]}}
	if m.Header().DType == npy.Float16 {
		p.X.Half, err = npy.MappedSlice[uint16](m)
	} else {
		p.X.Data, err = npy.MappedSlice[float32](m)
	}
	if err != nil {
		b.Fatal(err)
	}
	if _, p.Y, err = npy.Read[int32](filepath.Join(dir, "train_labels.npy")); err != nil {
		b.Fatal(err)
	}
	p.Classes = len(labels.ByClass(p.Y))
	return p
}
