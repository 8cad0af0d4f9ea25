package quality

import (
	"errors"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/features/matrix"
)

func mustRankMe(t *testing.T, x matrix.View, r RankMeOptions) float64 {
	t.Helper()
	v, err := RankMe(t.Context(), x, r, Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestRankMeGolden(t *testing.T) {
	g := expected(t)
	check := func(x matrix.View, keys ...string) {
		t.Helper()
		for key, r := range map[string]RankMeOptions{
			"eps1e-7": {Epsilon: RankMeEpsilon}, "eps1e-5": {Epsilon: RankMeStable}, "eps0": {}, "centred_eps0": {Centred: true},
		} {
			path := append(slices.Clone(keys), key)
			near(t, strings.Join(path, " "), mustRankMe(t, x, r), g.at(t, path...), 1e-9)
		}
	}
	for _, set := range goldenSets {
		check(goldenView(t, set+"_gen"), set, "rankme_gen")
		check(goldenView(t, set+"_train"), set, "rankme_train")
	}
	for name, s := range edgeSets(t) {
		check(s[1], "edge", name, "rankme")
	}
}

// TestRankMeClosedForm: columns at right angles with norms 3, 2 and 1.
func TestRankMeClosedForm(t *testing.T) {
	x := matrix.View{Data: make([]float32, 5*4), N: 5, D: 4}
	x.Data[0*4+1], x.Data[1*4+0], x.Data[3*4+3] = 3, -2, 1
	entropy := -0.5*math.Log(0.5) - math.Log(1./3)/3 - math.Log(1./6)/6
	near(t, "rank", mustRankMe(t, x, RankMeOptions{}), math.Exp(entropy), 1e-13)
	near(t, "epsilon", mustRankMe(t, x, RankMeOptions{Epsilon: 0.01}), math.Exp(-0.51*math.Log(0.51)-(1./3+0.01)*math.Log(1./3+0.01)-(1./6+0.01)*math.Log(1./6+0.01)-0.01*math.Log(0.01)), 1e-13)
}

// TestRankMeLaws: from 1 to min(n, d); the order of rows, the scale and repetition of the set
// play no part; a centred set is the same wherever it lies.
func TestRankMeLaws(t *testing.T) {
	for _, d := range []int{6, 50} {
		x := gaussian(1, 30, d, 0.5, func(j int) float64 { return 1 / float64(j+1) })
		v := mustRankMe(t, x, RankMeOptions{})
		if v < 1 || v > float64(min(30, d)) {
			t.Errorf("d=%d: %v", d, v)
		}
		for name, y := range map[string]matrix.View{
			"order":    shuffled(x),
			"scale":    changed(x, func(v float32) float32 { return 8 * v }),
			"repeated": x.Subset(append(identity(30), identity(30)...)),
		} {
			near(t, name, mustRankMe(t, y, RankMeOptions{}), v, 1e-12)
		}
		moved := changed(x, func(v float32) float32 { return v + 4 })
		near(t, "moved", mustRankMe(t, moved, RankMeOptions{Centred: true}), mustRankMe(t, x, RankMeOptions{Centred: true}), 1e-5)
		if mustRankMe(t, moved, RankMeOptions{}) > v {
			t.Error("a mean far from 0 does not lower the rank")
		}
	}
	if v := mustRankMe(t, matrix.View{Data: make([]float32, 8), N: 4, D: 2}, RankMeOptions{}); v != 1 {
		t.Errorf("zeros: %v", v)
	}
}

func TestRankMeErrors(t *testing.T) {
	x := gaussian(1, 20, 4, 0, one)
	bad := changed(x, func(v float32) float32 { return v })
	bad.Data[6] = float32(math.NaN())
	for _, c := range []struct {
		name, text string
		kind       error
		x          matrix.View
		r          RankMeOptions
		o          Options
	}{
		{"none", "the generated set has 0 rows", ErrRows, x.Rows(0, 0), RankMeOptions{}, Options{}},
		{"NaN", "the generated set holds NaN in row 1, column 2", matrix.ErrNotFinite, bad, RankMeOptions{}, Options{}},
		{"epsilon", "epsilon = -1", ErrOptions, x, RankMeOptions{Epsilon: -1}, Options{}},
		{"memory", "20 rows of 4 columns need", ErrOptions, x, RankMeOptions{}, Options{MaxMemory: 100}},
	} {
		if _, err := RankMe(t.Context(), c.x, c.r, c.o); err == nil || !strings.Contains(err.Error(), c.text) || !errors.Is(err, c.kind) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.text)
		}
	}
}
