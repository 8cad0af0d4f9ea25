package kid

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/eval/quality/internal/qualitytest"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/testenv"
)

func TestKIDGolden(t *testing.T) {
	want := qualitytest.Expected(t)
	for _, set := range qualitytest.GoldenSets {
		real, gen, test := qualitytest.GoldenView(t, set+"_train"), qualitytest.GoldenView(t, set+"_gen"), qualitytest.GoldenView(t, set+"_test")
		for pair, x := range map[string]matrix.View{"kid_all_gen_train": gen, "kid_all_test_train": test} {
			for _, e := range []Estimator{Unbiased, Biased} {
				v, err := KID(t.Context(), real, x, Options{Estimator: e}, metric.Options{})
				if err != nil {
					t.Fatal(err)
				}
				qualitytest.Near(t, fmt.Sprintf("%s %s %v", set, pair, e), v.Value, want.At(t, set, pair, e.String()), 1e-9)
			}
		}
		given := Options{RealRows: qualitytest.GoldenRows(t, set+"_kid_train_rows"), GeneratedRows: qualitytest.GoldenRows(t, set+"_kid_gen_rows")}
		v, err := KID(t.Context(), real, gen, given, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for i, w := range want.List(t, set, "kid_subsets_unbiased", "values") {
			qualitytest.Near(t, fmt.Sprintf("%s subset %d", set, i), v.Subsets[i], w, 1e-9)
		}
		qualitytest.Near(t, set+" mean of subsets", v.Value, want.At(t, set, "kid_subsets_unbiased", "mean"), 1e-9)
		qualitytest.Near(t, set+" sd of subsets", v.SubsetSD(), want.At(t, set, "kid_subsets_unbiased", "std_ddof0"), 1e-9)
		qualitytest.Near(t, set+" standard error", v.SubsetSE(), want.At(t, set, "kid_subsets_unbiased", "std_error_of_mean_ddof1"), 1e-9)
		for _, e := range []Estimator{Unbiased, Biased, UStatistic} {
			v, err := KID(t.Context(), real.Subset(given.RealRows[0]), gen.Subset(given.GeneratedRows[0]), Options{Estimator: e}, metric.Options{})
			if err != nil {
				t.Fatal(err)
			}
			qualitytest.Near(t, fmt.Sprintf("%s subset 0 %v", set, e), v.Value, want.At(t, set, "kid_subset0", strings.ReplaceAll(e.String(), "-", "_")), 1e-9)
		}
	}
}

func TestKIDEdges(t *testing.T) {
	want := qualitytest.Expected(t)
	for name, s := range qualitytest.EdgeSets(t) {
		v, err := KID(t.Context(), s[0], s[1], Options{}, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		if w := want.At(t, "edge", name, "kid"); name == "all_rows_equal" {
			if v.Value != w {
				t.Errorf("all rows equal: %g, want %g", v.Value, w)
			}
		} else {
			qualitytest.Near(t, name, v.Value, w, 1e-9)
		}
		if heavy := v.Heaviest.Share > 0.5 && s[1].N > 4; heavy != (name == "far_outliers") {
			t.Errorf("%s: the %s row %d carries %g of the sum", name, v.Heaviest.Set, v.Heaviest.Row, v.Heaviest.Share)
		}
		if copies := v.Copies > 0.9*300; copies != (name == "identical") {
			t.Errorf("%s: %g copies", name, v.Copies)
		}
	}
}

func TestKIDReleased(t *testing.T) {
	dir := testenv.Path(t, "golden", "gan_metrics")
	v, err := KID(t.Context(), qualitytest.ReadView(t, dir+"/train.npy"), qualitytest.ReadView(t, dir+"/gen.npy"), Options{}, metric.Options{})
	if err != nil {
		t.Fatal(err)
	}
	qualitytest.Near(t, "kid", v.Value, 0.036817122179017225, 1e-9)
}

// Sizes around the sizes of panels, chunks and reader blocks; the halves equal KID of the rows
// of each half.
func TestKIDBlocks(t *testing.T) {
	for _, n := range []int{2, 3, 63, 64, 65, 255, 256, 257, 330} {
		x, y := qualitytest.Normal(1, n, 7, 0), qualitytest.Normal(2, max(n-1, 2), 7, 0.3)
		h, err := metric.DrawHalves(9, x.N, y.N, 5)
		if err != nil {
			t.Fatal(err)
		}
		v, err := KID(t.Context(), x, y, Options{Halves: h}, metric.Options{Threads: 3})
		if err != nil {
			t.Fatal(err)
		}
		qualitytest.Near(t, fmt.Sprintf("KID of %d rows", n), v.Value, qualitytest.KIDByLoops(x, y), 1e-10)
		for s, got := range v.Halves {
			hx, hy := h.Pair(s, x, y)
			qualitytest.Near(t, fmt.Sprintf("half %d of %d rows", s, n), got, qualitytest.KIDByLoops(hx, hy), 1e-10)
		}
		if n > 3 && len(v.Halves) != 9 {
			t.Errorf("%d halves of %d rows", len(v.Halves), n)
		}
	}
}

// The value is symmetric, the same for any number of threads, and the same but for
// roundings for any order of the rows.
func TestKIDProperties(t *testing.T) {
	x, y := qualitytest.Normal(1, 300, 5, 0), qualitytest.Normal(2, 200, 5, 0.5)
	kid := func(a, b matrix.View, threads int) float64 {
		v, err := KID(t.Context(), a, b, Options{}, metric.Options{Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		return v.Value
	}
	value := kid(x, y, 1)
	qualitytest.Near(t, "KID of exchanged sets", kid(y, x, 1), value, 1e-12)
	if got := kid(x, y, 4); got != value {
		t.Errorf("%g by 4 threads, %g by one", got, value)
	}
	order := make([]int32, x.N)
	for i := range order {
		order[i] = int32(x.N - 1 - i)
	}
	qualitytest.Near(t, "KID of reversed rows", kid(x.Subset(order), y, 1), value, 1e-12)
	if far := kid(x, qualitytest.Normal(2, 200, 5, 1), 1); far <= value {
		t.Errorf("%g at the larger distance, %g at the smaller", far, value)
	}
}

// Of Gaussians N(0, I) and N(c·1, I) in one dimension, E k(x, y) follows from the moments
// of the products: E xy = μν, E (xy)² = (1+μ²)(1+ν²), E (xy)³ = (μ³+3μ)(ν³+3ν).
func TestKIDGaussians(t *testing.T) {
	const c = 0.5
	kernel := func(u, v float64) float64 {
		return (u*u*u+3*u)*(v*v*v+3*v) + 3*(1+u*u)*(1+v*v) + 3*u*v + 1
	}
	want := kernel(0, 0) + kernel(c, c) - 2*kernel(0, c)
	var values []float64
	n := 2000
	if testing.Short() {
		n = 500
	}
	for s := range uint64(20) {
		v, err := KID(t.Context(), qualitytest.Normal(2*s, n, 1, 0), qualitytest.Normal(2*s+1, n, 1, c), Options{}, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		values = append(values, v.Value)
	}
	if m, se := metric.Mean(values), metric.Spread(values)/math.Sqrt(20); math.Abs(m-want) > 4*se {
		t.Errorf("mean %g ± %g, want %g", m, se, want)
	}
}

// Drawn subsets: as many as asked for, without a row twice, the same for the same seed.
func TestKIDSubsets(t *testing.T) {
	x, y := qualitytest.Normal(1, 100, 3, 0), qualitytest.Normal(2, 80, 3, 0.5)
	k := Options{Subsets: 5, SubsetRows: 40}
	a, err := KID(t.Context(), x, y, k, metric.Options{Seed: 1})
	if err != nil {
		t.Fatal(err)
	}
	b, _ := KID(t.Context(), x, y, k, metric.Options{Seed: 1, Threads: 2})
	c, _ := KID(t.Context(), x, y, k, metric.Options{Seed: 2})
	if len(a.Subsets) != 5 || !slices.Equal(a.Subsets, b.Subsets) || slices.Equal(a.Subsets, c.Subsets) {
		t.Errorf("%v, %v, other seed %v", a.Subsets, b.Subsets, c.Subsets)
	}
	rows := metric.DrawRows(metric.Random(1, metric.StreamSubsets, 0), 100, 40)
	slices.Sort(rows)
	if len(slices.Compact(rows)) != 40 {
		t.Error("a row comes twice")
	}
}

func TestKIDErrors(t *testing.T) {
	x, y := qualitytest.Normal(1, 10, 3, 0), qualitytest.Normal(2, 8, 3, 0)
	for want, c := range map[string]struct {
		x, y matrix.View
		k    Options
	}{
		"real has 10, generated 1": {x, y.Rows(0, 1), Options{}},
		"real has 10, generated 8": {x, y, Options{Estimator: UStatistic}},
		"have 3 features":          {x, y.Cols(0, 2), Options{}},
		"subsets of 9 rows":        {x, y, Options{Subsets: 2, SubsetRows: 9}},
		"subset 0: row 10 of the real set, which has the rows 0 to 9": {x, y, Options{RealRows: [][]int32{{0, 10}}, GeneratedRows: [][]int32{{0, 1}}}},
		"1 subsets of real rows and 0":                                {x, y, Options{RealRows: [][]int32{{0, 1}}}},
		"has 2 real and 3 generated":                                  {x, y, Options{Estimator: UStatistic, RealRows: [][]int32{{0, 1}}, GeneratedRows: [][]int32{{0, 1, 2}}}},
		"kid: the generated set holds NaN in row 0, column 0":         {x, qualitytest.Changed(y, func(v float32) float32 { return float32(math.NaN()) }), Options{}},
	} {
		if _, err := KID(t.Context(), c.x, c.y, c.k, metric.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := ParseEstimator("mmd"); !errors.Is(err, metric.ErrOptions) {
		t.Errorf("error %v", err)
	}
}
