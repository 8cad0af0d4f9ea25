package nearest

import (
	"errors"
	"fmt"
	"math"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/eval/quality/internal/qualitytest"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/testenv"
)

// conventions of golden/gan_metrics2: k5_self_le, …
func goldenConventions() map[string]PRDCOptions {
	out := map[string]PRDCOptions{}
	for _, k := range []int{3, 5} {
		for self, name := range map[bool]string{true: "self", false: "noself"} {
			for closed, op := range map[bool]string{true: "le", false: "lt"} {
				out[fmt.Sprintf("k%d_%s_%s", k, name, op)] = PRDCOptions{K: k, Self: self, Closed: closed}
			}
		}
	}
	return out
}

// same compares values with the expected ones at keys.
func (v PRDC) same(t *testing.T, want qualitytest.Golden, keys ...string) {
	t.Helper()
	for name, got := range map[string]float64{"precision": v.Precision, "recall": v.Recall, "density": v.Density, "coverage": v.Coverage, "f_score": v.FScore} {
		qualitytest.Near(t, strings.Join(keys, " ")+" "+name, got, want.At(t, append(keys, name)...), 1e-9)
	}
}

// precisionRecall is PrecisionRecall without errors.
func precisionRecall(t *testing.T, real, gen matrix.View, p PRDCOptions, o metric.Options) PRDCValue {
	t.Helper()
	v, err := PrecisionRecall(t.Context(), real, gen, p, o)
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestPRDCGolden(t *testing.T) {
	want := qualitytest.Expected(t)
	for _, set := range qualitytest.GoldenSets {
		real, gen := qualitytest.GoldenView(t, set+"_train"), qualitytest.GoldenView(t, set+"_gen")
		for name, p := range goldenConventions() {
			v := precisionRecall(t, real, gen, p, metric.Options{})
			v.same(t, want, set, "prdc", name)
		}
		v := precisionRecall(t, real, gen, PRDCOptions{K: 5}, metric.Options{})
		realism, err := Realism(t.Context(), real, gen, v.RealRadii, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		for j, w := range qualitytest.GoldenFloats(t, set+"_realism_k5") {
			if realism[j] != w {
				qualitytest.Near(t, fmt.Sprintf("%s realism %d", set, j), realism[j], w, 1e-9)
			}
		}
	}
	dir := testenv.Path(t, "golden", "gan_metrics")
	v := precisionRecall(t, qualitytest.ReadView(t, filepath.Join(dir, "train.npy")), qualitytest.ReadView(t, filepath.Join(dir, "gen.npy")), PRDCOptions{K: 5}, metric.Options{})
	for name, c := range map[string][2]float64{"precision": {v.Precision, 0.9628571428571429}, "recall": {v.Recall, 0.7277777777777777},
		"density": {v.Density, 1.7622857142857145}, "coverage": {v.Coverage, 0.9866666666666667}} {
		qualitytest.Near(t, "gan_metrics "+name, c[0], c[1], 1e-9)
	}
}

func TestPRDCEdges(t *testing.T) {
	want := qualitytest.Expected(t)
	for edge, s := range qualitytest.EdgeSets(t) {
		for name, p := range goldenConventions() {
			v, err := PrecisionRecall(t.Context(), s[0], s[1], p, metric.Options{})
			if edge == "fewer_than_k" {
				need := "prdc: k = 5 needs at least 6 rows in each set; generated has 4"
				if name == "k5_noself_lt" && (err == nil || !strings.HasPrefix(err.Error(), need) || !errors.Is(err, metric.ErrRows)) {
					t.Errorf("error %v, want %q", err, need)
				}
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			v.same(t, want, "edge", edge, "prdc", name)
			if zero := v.ZeroRadii(); (zero == 600) != (edge == "all_rows_equal") {
				t.Errorf("%s: %d rows of radius 0", edge, zero)
			}
		}
	}
}

// prdcByLoops is PrecisionRecall by its definition.
func prdcByLoops(real, gen matrix.View, p PRDCOptions) PRDC {
	distance := func(a matrix.View, i int, b matrix.View, j int) float64 {
		var s float64
		for c := range a.D {
			d := float64(a.At(i, c)) - float64(b.At(j, c))
			s += d * d
		}
		return math.Sqrt(s)
	}
	radii := func(x matrix.View) []float64 {
		out := make([]float64, x.N)
		for i := range out {
			var all []float64
			for j := range x.N {
				all = append(all, distance(x, i, x, j))
			}
			slices.Sort(all)
			out[i] = all[p.neighbour()]
		}
		return out
	}
	in := func(d, r float64) float64 {
		if d < r || p.Closed && d == r {
			return 1
		}
		return 0
	}
	rr, rg := radii(real), radii(gen)
	precise, recalled, covered := make([]float64, gen.N), make([]float64, real.N), make([]float64, real.N)
	var around float64
	for i := range real.N {
		for j := range gen.N {
			d := distance(real, i, gen, j)
			around += in(d, rr[i])
			precise[j] = max(precise[j], in(d, rr[i]))
			covered[i] = max(covered[i], in(d, rr[i]))
			recalled[i] = max(recalled[i], in(d, rg[j]))
		}
	}
	v := PRDC{Precision: metric.Mean(precise), Recall: metric.Mean(recalled), Coverage: metric.Mean(covered), Density: around / float64(gen.N) / float64(p.K)}
	v.FScore = 2 * v.Precision * v.Recall / math.Max(1e-5, v.Precision+v.Recall)
	return v
}

// Values of whole numbers have equal distances; halves equal the values of their rows. So
// they do where few of the nearest rows are of a half: here a row has up to 40 equals.
func TestPRDCHalves(t *testing.T) {
	grid := func(v float32) float32 { return float32(math.Round(float64(v))) }
	for name, s := range map[string][2]matrix.View{
		"grid":       {qualitytest.Changed(qualitytest.Normal(1, 120, 3, 0), grid), qualitytest.Changed(qualitytest.Normal(2, 90, 3, 0.5), grid)},
		"duplicates": {qualitytest.Changed(qualitytest.Normal(1, 400, 1, 0), grid), qualitytest.Changed(qualitytest.Normal(2, 300, 1, 0), grid)},
		"continuous": {qualitytest.Normal(1, 130, 6, 0), qualitytest.Normal(2, 101, 6, 0.4)},
	} {
		for convention, p := range goldenConventions() {
			h, err := metric.DrawHalves(5, s[0].N, s[1].N, 3)
			if err != nil {
				t.Fatal(err)
			}
			p.Halves = h
			v := precisionRecall(t, s[0], s[1], p, metric.Options{Threads: 3})
			if want := prdcByLoops(s[0], s[1], p); v.PRDC != want {
				t.Errorf("%s %s: %+v, want %+v", name, convention, v.PRDC, want)
			}
			for i, got := range v.Halves {
				x, y := h.Pair(i, s[0], s[1])
				if want := prdcByLoops(x, y, p); got != want {
					t.Errorf("%s %s half %d: %+v, want %+v", name, convention, i, got, want)
				}
			}
			if len(v.Halves) != 5 {
				t.Errorf("%d halves", len(v.Halves))
			}
		}
	}
}

// The values do not depend on memory, threads or the order of rows; precision and recall
// change places with the sets.
func TestPRDCProperties(t *testing.T) {
	x, y := qualitytest.Normal(1, 500, 8, 0), qualitytest.Normal(2, 400, 8, 0.5)
	h, err := metric.DrawHalves(4, x.N, y.N, 1)
	if err != nil {
		t.Fatal(err)
	}
	p := PRDCOptions{K: 5, Halves: h}
	v := precisionRecall(t, x, y, p, metric.Options{})
	for _, o := range []metric.Options{{Threads: 1}, {Threads: 5, MaxMemory: 1}} {
		if w := precisionRecall(t, x, y, p, o); w.PRDC != v.PRDC || !slices.Equal(w.Halves, v.Halves) {
			t.Errorf("%+v: %+v, want %+v", o, w.PRDC, v.PRDC)
		}
	}
	order := make([]int32, x.N)
	for i := range order {
		order[i] = int32(x.N - 1 - i)
	}
	if w := precisionRecall(t, x.Subset(order), y, PRDCOptions{K: 5}, metric.Options{}); w.PRDC != v.PRDC {
		t.Errorf("reversed: %+v, want %+v", w.PRDC, v.PRDC)
	}
	if w := precisionRecall(t, y, x, PRDCOptions{K: 5}, metric.Options{}); w.Precision != v.Recall || w.Recall != v.Precision || w.FScore != v.FScore {
		t.Errorf("exchanged: %+v of %+v", w.PRDC, v.PRDC)
	}
	if w := precisionRecall(t, x, x, PRDCOptions{K: 5}, metric.Options{}); (w.PRDC != PRDC{1, 1, 1, 1, 1}) {
		t.Errorf("identical: %+v", w.PRDC)
	}
	if w := precisionRecall(t, x, qualitytest.Normal(3, 400, 8, 50), PRDCOptions{K: 5}, metric.Options{}); (w.PRDC != PRDC{}) {
		t.Errorf("far apart: %+v", w.PRDC)
	}
}

// Density and coverage of two samples of one distribution: 1, and 1 - 1/2^k for as many
// rows (Naeem et al., 2020, section 3.3: (M/(M+N))-type expectations for large n).
func TestPRDCExpectation(t *testing.T) {
	var density, coverage []float64
	for s := range uint64(12) {
		v := precisionRecall(t, qualitytest.Normal(2*s, 500, 4, 0), qualitytest.Normal(2*s+1, 500, 4, 0), PRDCOptions{K: 5}, metric.Options{})
		density, coverage = append(density, v.Density), append(coverage, v.Coverage)
	}
	for name, c := range map[string]struct {
		values []float64
		want   float64
	}{"density": {density, 1}, "coverage": {coverage, 1 - 1.0/32}} {
		if m, se := metric.Mean(c.values), metric.Spread(c.values)/math.Sqrt(12); math.Abs(m-c.want) > 4*se {
			t.Errorf("%s: mean %g ± %g, want %g", name, m, se, c.want)
		}
	}
}

func TestPRDCErrors(t *testing.T) {
	x := qualitytest.Normal(1, 10, 3, 0)
	for want, c := range map[string]struct {
		gen matrix.View
		p   PRDCOptions
	}{
		"k = 0: must be at least 1":                           {x, PRDCOptions{}},
		"k = 1: must be at least 2":                           {x, PRDCOptions{K: 1, Self: true}},
		"k = 10 needs at least 11 rows in each set; real has": {x, PRDCOptions{K: 10}},
		"have 3 features":                                     {x.Cols(0, 1), PRDCOptions{K: 2}},
		"NaN":                                                 {qualitytest.Changed(x, func(float32) float32 { return float32(math.NaN()) }), PRDCOptions{K: 2}},
	} {
		if _, err := PrecisionRecall(t.Context(), x, c.gen, c.p, metric.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := Realism(t.Context(), x, x, make([]float64, 3), metric.Options{}); err == nil {
		t.Error("3 radii for 10 rows")
	}
	if r, err := Realism(t.Context(), x, x, make([]float64, 10), metric.Options{}); err != nil || !math.IsNaN(r[0]) {
		t.Errorf("no radius below the median: %v, %v", r, err)
	}
}
