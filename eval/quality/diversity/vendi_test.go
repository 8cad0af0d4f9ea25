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

func mustVendi(t *testing.T, x matrix.View, kernel VendiKernel) VendiValue {
	t.Helper()
	v, err := Vendi(t.Context(), x, kernel, metric.Options{Threads: 2})
	if err != nil {
		t.Fatal(err)
	}
	return v
}

func TestVendiGolden(t *testing.T) {
	g := qualitytest.Expected(t)
	check := func(x matrix.View, keys ...string) {
		t.Helper()
		v := mustVendi(t, x, VendiCosine)
		at := func(key string) float64 { return g.At(t, append(slices.Clone(keys), key)...) }
		qualitytest.Near(t, strings.Join(keys, " ")+" q=1", v.Q1, at("linear_q1"), 1e-9)
		qualitytest.Near(t, strings.Join(keys, " ")+" q=2", v.Q2, at("linear_q2"), 1e-9)
		qualitytest.Near(t, strings.Join(keys, " ")+" q=∞", v.QInf, at("linear_qinf"), 1e-9)
		qualitytest.Near(t, strings.Join(keys, " ")+" cubic", mustVendi(t, x, VendiCubic).Q1, at("poly3_dgm_q1"), 1e-9)
		if v.ZeroRows != int(at("zero_rows")) {
			t.Errorf("%v: %d rows of zeros", keys, v.ZeroRows)
		}
	}
	for _, set := range qualitytest.GoldenSets {
		check(qualitytest.GoldenView(t, set+"_gen"), set, "vendi_gen")
		if set == "real48" {
			check(qualitytest.GoldenView(t, set+"_train"), set, "vendi_train")
		}
	}
	for name, s := range qualitytest.EdgeSets(t) {
		check(s[1], "edge", name, "vendi")
	}
}

// TestVendiClosedForm: k kinds at right angles, in these shares.
func TestVendiClosedForm(t *testing.T) {
	shares := []int{5, 3, 2}
	for _, d := range []int{3, 40} { // more and fewer rows than columns
		var rows []float32
		n := 0
		for kind, count := range shares {
			for i := range count {
				row := make([]float32, d)
				row[kind] = float32(i+1) * 0.7 // lengths play no part
				rows = append(rows, row...)
				n++
			}
		}
		v := mustVendi(t, matrix.View{Data: rows, N: n, D: d}, VendiCosine)
		entropy := -0.5*math.Log(0.5) - 0.3*math.Log(0.3) - 0.2*math.Log(0.2)
		qualitytest.Near(t, "q=1", v.Q1, math.Exp(entropy), 1e-12)
		qualitytest.Near(t, "q=2", v.Q2, 1/(0.25+0.09+0.04), 1e-12)
		qualitytest.Near(t, "q=∞", v.QInf, 2, 1e-12)
	}
}

// TestVendiLaws: from 1 to n, falling with the order, the same for another order of rows, for
// other lengths of rows, and for a set that is repeated.
func TestVendiLaws(t *testing.T) {
	for _, d := range []int{5, 60} {
		x := qualitytest.Gaussian(1, 30, d, 0.2, qualitytest.One)
		v := mustVendi(t, x, VendiCosine)
		if !(v.Q1 <= 30 && v.Q1 >= v.Q2 && v.Q2 >= v.QInf && v.QInf >= 1) {
			t.Errorf("d=%d: %v", d, v)
		}
		for name, y := range map[string]matrix.View{
			"order":    qualitytest.Shuffled(x),
			"length":   qualitytest.Changed(x, func(v float32) float32 { return 4 * v }),
			"repeated": x.Subset(append(qualitytest.Identity(30), qualitytest.Identity(30)...)),
		} {
			w := mustVendi(t, y, VendiCosine)
			qualitytest.Near(t, name, w.Q1, v.Q1, 1e-12)
			qualitytest.Near(t, name, w.QInf, v.QInf, 1e-12)
		}
	}
	one, err := Vendi(t.Context(), qualitytest.Gaussian(1, 300, 70, 0, qualitytest.One), VendiCosine, metric.Options{Threads: 1})
	many := mustVendi(t, qualitytest.Gaussian(1, 300, 70, 0, func(int) float64 { return 1 }), VendiCosine)
	if err != nil || one.Q1 != many.Q1 {
		t.Errorf("threads: %v and %v (%v)", one, many, err)
	}
}

func TestVendiZeroRows(t *testing.T) {
	x := qualitytest.Gaussian(1, 10, 4, 0, qualitytest.One)
	clear(x.Data[:8])
	v := mustVendi(t, x, VendiCosine)
	want := []string{"2 of 10 rows are zeros, which have no direction; they count as like nothing"}
	if v.ZeroRows != 2 || !slices.Equal(v.Warnings, want) {
		t.Errorf("%v", v)
	}
	clear(x.Data)
	if v := mustVendi(t, x, VendiCosine); v.Q1 != 0 || v.ZeroRows != 10 {
		t.Errorf("zeros alone: %v", v)
	}
	if v := mustVendi(t, x, VendiCubic); len(v.Warnings) > 0 || math.Abs(v.Q1-1) > 1e-12 {
		t.Errorf("zeros alone, cubic: %v", v)
	}
}

func TestVendiErrors(t *testing.T) {
	x := qualitytest.Gaussian(1, 20, 4, 0, qualitytest.One)
	bad := qualitytest.Changed(x, func(v float32) float32 { return v })
	bad.Data[5] = float32(math.Inf(1))
	for _, c := range []struct {
		name, text string
		kind       error
		x          matrix.View
		kernel     VendiKernel
		o          metric.Options
	}{
		{"none", "the generated set has 0 rows", metric.ErrRows, x.Rows(0, 0), VendiCosine, metric.Options{}},
		{"infinite", "the generated set holds +Inf in row 1, column 1", matrix.ErrNotFinite, bad, VendiCosine, metric.Options{}},
		{"kernel", "kernel 5 is not known", metric.ErrOptions, x, 5, metric.Options{}},
		{"memory", "for matrices of 20×20 in float64", metric.ErrOptions, x, VendiCubic, metric.Options{MaxMemory: 3000}},
	} {
		if _, err := Vendi(t.Context(), c.x, c.kernel, c.o); err == nil || !strings.Contains(err.Error(), c.text) || !errors.Is(err, c.kind) {
			t.Errorf("%s: got %v, want %q", c.name, err, c.text)
		}
	}
}
