package diversity

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/eval/quality/internal/qualitytest"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
)

func mustRankMe(t *testing.T, x matrix.View, r RankMeOptions) float64 {
	t.Helper()
	v, err := RankMe(t.Context(), x, r, metric.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRankMeGolden(t *testing.T) {
	g := qualitytest.Expected(t)
	check := func(x matrix.View, keys ...string) {
		t.Helper()
		for key, r := range map[string]RankMeOptions{
			"eps1e-7": {Epsilon: RankMeEpsilon}, "eps1e-5": {Epsilon: RankMeStable}, "eps0": {}, "centred_eps0": {Centred: true},
		} {
			path := append(slices.Clone(keys), key)
			qualitytest.Near(t, strings.Join(path, " "), mustRankMe(t, x, r), g.At(t, path...), 1e-9)
		}
	}
	for _, set := range qualitytest.GoldenSets {
		check(qualitytest.GoldenView(t, set+"_gen"), set, "rankme_gen")
		check(qualitytest.GoldenView(t, set+"_train"), set, "rankme_train")
	}
	for name, s := range qualitytest.EdgeSets(t) {
		check(s[1], "edge", name, "rankme")
	}
}

// TestRankMeClosedForm: columns at right angles with norms 3, 2 and 1.
func TestRankMeClosedForm(t *testing.T) {
	x := matrix.View{Data: make([]float32, 5*4), N: 5, D: 4}
	x.Data[0*4+1], x.Data[1*4+0], x.Data[3*4+3] = 3, -2, 1
	entropy := -0.5*math.Log(0.5) - math.Log(1./3)/3 - math.Log(1./6)/6
	qualitytest.Near(t, "rank", mustRankMe(t, x, RankMeOptions{}), math.Exp(entropy), 1e-13)
	qualitytest.Near(t, "epsilon", mustRankMe(t, x, RankMeOptions{Epsilon: 0.01}), math.Exp(-0.51*math.Log(0.51)-(1./3+0.01)*math.Log(1./3+0.01)-(1./6+0.01)*math.Log(1./6+0.01)-0.01*math.Log(0.01)), 1e-13)
}

// TestRankMeLaws: from 1 to min(n, d); the order of rows, the scale and repetition of the set
// play no part; a centred set is the same wherever it lies.
func TestRankMeLaws(t *testing.T) {
	for _, d := range []int{6, 50} {
		x := qualitytest.Gaussian(1, 30, d, 0.5, func(j int) float64 { return 1 / float64(j+1) })
		v := mustRankMe(t, x, RankMeOptions{})
		if v < 1 || v > float64(min(30, d)) {
			t.Errorf("d=%d: %v", d, v)
		}
		for name, y := range map[string]matrix.View{
			"order":    qualitytest.Shuffled(x),
			"scale":    qualitytest.Changed(x, func(v float32) float32 { return 8 * v }),
			"repeated": x.Subset(append(qualitytest.Identity(30), qualitytest.Identity(30)...)),
		} {
			qualitytest.Near(t, name, mustRankMe(t, y, RankMeOptions{}), v, 1e-12)
		}
		moved := qualitytest.Changed(x, func(v float32) float32 { return v + 4 })
		qualitytest.Near(t, "moved", mustRankMe(t, moved, RankMeOptions{Centred: true}), mustRankMe(t, x, RankMeOptions{Centred: true}), 1e-5)
		if mustRankMe(t, moved, RankMeOptions{}) > v {
			t.Error("a mean far from 0 does not lower the rank")
		}
	}
	if v := mustRankMe(t, matrix.View{Data: make([]float32, 8), N: 4, D: 2}, RankMeOptions{}); v != 1 {
		t.Errorf("zeros: %v", v)
	}
}

func TestRankMeErrors(t *testing.T) {
	x := qualitytest.Gaussian(1, 20, 4, 0, qualitytest.One)
	bad := qualitytest.Changed(x, func(v float32) float32 { return v })
	bad.Data[6] = float32(math.NaN())
	for _, c := range []struct {
		name, text string
		kind       error
		x          matrix.View
		r          RankMeOptions
		o          metric.Options
	}{
		{"none", "the generated set has 0 rows", metric.ErrRows, x.Rows(0, 0), RankMeOptions{}, metric.Options{}},
		{"NaN", "the generated set holds NaN in row 1, column 2", matrix.ErrNotFinite, bad, RankMeOptions{}, metric.Options{}},
		{"epsilon", "epsilon = -1", metric.ErrOptions, x, RankMeOptions{Epsilon: -1}, metric.Options{}},
		{"memory", "20 rows of 4 columns need", metric.ErrOptions, x, RankMeOptions{}, metric.Options{MaxMemory: 100}},
	} {
		if _, err := RankMe(t.Context(), c.x, c.r, c.o); err == nil || !strings.Contains(err.Error(), c.text) || !errors.Is(err, c.kind) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.text)
		}
	}
}
