package frechet

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/eval/quality/internal/qualitytest"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/npy"
	"repbench/internal/testenv"
)

// goldenFDInfinityRows cuts the stored rows into the lists of the stored sizes.
func goldenFDInfinityRows(t *testing.T, set string) [][]int32 {
	t.Helper()
	_, sizes, err := npy.Read[int32](testenv.Path(t, "golden", "gan_metrics2", set+"_fdinf_sizes.npy"))
	if err != nil {
		t.Fatal(err)
	}
	_, rows, err := npy.Read[int32](testenv.Path(t, "golden", "gan_metrics2", set+"_fdinf_rows.npy"))
	if err != nil {
		t.Fatal(err)
	}
	lists := make([][]int32, len(sizes))
	for s, n := range sizes {
		lists[s], rows = rows[:n], rows[n:]
	}
	return lists
}

func TestFDInfinityGolden(t *testing.T) {
	g := qualitytest.Expected(t)
	for _, set := range qualitytest.GoldenSets {
		relative := 1e-9
		if set == "synth64" {
			relative = frechetSingular
		}
		v, err := FDInfinity(t.Context(), qualitytest.GoldenView(t, set+"_train"), qualitytest.GoldenView(t, set+"_gen"), FDInfinityOptions{Rows: goldenFDInfinityRows(t, set)}, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, want := range g.List(t, set, "fd_infinity", "fd") {
			qualitytest.Near(t, set+" distance", v.Distances[i], want, relative)
		}
		qualitytest.Near(t, set+" intercept", v.Value, g.At(t, set, "fd_infinity", "intercept"), relative)
		qualitytest.Near(t, set+" slope", v.Slope, g.At(t, set, "fd_infinity", "slope"), relative)
		qualitytest.Near(t, set+" standard error", v.StandardError, g.At(t, set, "fd_infinity", "std_error_of_intercept"), relative)
	}
}

// TestFDInfinityGaussians: the extrapolated distance of samples of one Gaussian is nearer to
// 0 than the distance of all rows, within its error, and the order of rows and the threads
// change nothing of note.
func TestFDInfinityGaussians(t *testing.T) {
	a, b := qualitytest.Gaussian(1, 20000, 12, 0, qualitytest.One), qualitytest.Gaussian(2, 1500, 12, 0, qualitytest.One)
	v, err := FDInfinity(t.Context(), a, b, FDInfinityOptions{}, metric.Options{Seed: 3, Threads: 1})
	if err != nil {
		t.Fatal(err)
	}
	all := v.Distances[len(v.Distances)-1]
	if math.Abs(v.Value) > all/2 || math.Abs(v.Value) > 6*v.StandardError+0.01 || v.StandardError <= 0 || v.Slope <= 0 {
		t.Errorf("intercept %v ± %v, slope %v; distance of all rows %v", v.Value, v.StandardError, v.Slope, all)
	}
	if v.Sizes[0] != 150 || v.Sizes[14] != 1500 || !slices.IsSorted(v.Sizes) || len(v.Warnings) > 0 {
		t.Errorf("sizes %v, warnings %v", v.Sizes, v.Warnings)
	}
	qualitytest.Near(t, "all rows", all, mustFrechet(t, a, b).Value, 1e-9)
	again, err := FDInfinity(t.Context(), a, b, FDInfinityOptions{}, metric.Options{Seed: 3, Threads: 3})
	if err != nil || again.Value != v.Value {
		t.Errorf("other threads: %v, want %v (%v)", again.Value, v.Value, err)
	}
	other, err := FDInfinity(t.Context(), a, b, FDInfinityOptions{}, metric.Options{Seed: 4})
	if err != nil || other.Value == v.Value {
		t.Errorf("another seed: the same %v (%v)", other.Value, err)
	}
}

// TestFDInfinityLine: points on a line give it back without error.
func TestFDInfinityLine(t *testing.T) {
	sizes := []int{10, 20, 25, 50}
	values := make([]float64, len(sizes))
	for i, n := range sizes {
		values[i] = 3 + 7/float64(n)
	}
	if a, b, se := interceptOf(sizes, values); math.Abs(a-3) > 1e-14 || math.Abs(b-7) > 1e-12 || se > 1e-14 {
		t.Errorf("%v + %v/n ± %v", a, b, se)
	}
}

func TestFDInfinityWarnings(t *testing.T) {
	a, b := qualitytest.Gaussian(1, 300, 40, 0, qualitytest.One), qualitytest.Gaussian(2, 100, 40, 0, qualitytest.One)
	v, err := FDInfinity(t.Context(), a, b, FDInfinityOptions{}, metric.Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"5 of 15 sets have no more rows than the 40 columns; the distance of so few is not linear in 1/n"}
	if !slices.Equal(v.Warnings, want) {
		t.Errorf("warnings %q, want %q", v.Warnings, want)
	}
}

func TestFDInfinityErrors(t *testing.T) {
	x := qualitytest.Gaussian(1, 50, 3, 0, qualitytest.One)
	for _, c := range []struct {
		name, text string
		kind       error
		gen        matrix.View
		f          FDInfinityOptions
	}{
		{"two rows", "needs at least 3 generated rows; there are 2", metric.ErrRows, x.Rows(0, 2), FDInfinityOptions{}},
		{"mchong6", "mchong6 needs more than 5000 generated rows; there are 50 (choose dgm-eval)", metric.ErrRows, x, FDInfinityOptions{Convention: FDInfinityMchong6}},
		{"row", "set 1 of the given rows names row 50 of 50", metric.ErrOptions, x, FDInfinityOptions{Rows: [][]int32{{1, 2}, {1, 50, 3}, {4, 5}}}},
		{"one", "set 2 of the given rows has 1 rows", metric.ErrOptions, x, FDInfinityOptions{Rows: [][]int32{{1, 2}, {1, 3}, {4}}}},
		{"sizes", "3 sets of 1 different sizes", metric.ErrOptions, x, FDInfinityOptions{Rows: [][]int32{{1, 2}, {1, 3}, {4, 5}}}},
		{"convention", "convention 7 is not known", metric.ErrOptions, x, FDInfinityOptions{Convention: 7}},
	} {
		if _, err := FDInfinity(t.Context(), x, c.gen, c.f, metric.Options{}); err == nil || !strings.Contains(err.Error(), c.text) || !errors.Is(err, c.kind) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.text)
		}
	}
}

// TestFDInfinitySizes: the sizes of both programs.
func TestFDInfinitySizes(t *testing.T) {
	for _, c := range []struct {
		convention  FDInfinityConvention
		n, from, to int
	}{{FDInfinityDGMEval, 9, 2, 9}, {FDInfinityDGMEval, 60000, 5000, 60000}, {FDInfinityMchong6, 10000, 5000, 10000}} {
		rows, err := FDInfinityOptions{Convention: c.convention}.rows(c.n, 1)
		if err != nil || len(rows) != 15 || len(rows[0]) != c.from || len(rows[14]) != c.to {
			t.Errorf("%v: %d sets from %d to %d (%v)", c, len(rows), len(rows[0]), len(rows[14]), err)
		}
	}
}
