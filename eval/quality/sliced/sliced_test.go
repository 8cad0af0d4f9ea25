package sliced

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/eval/quality/internal/qualitytest"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
)

// goldenDirections are the given directions of a set of golden/gan_metrics2.
func goldenDirections(t *testing.T, set string, d int) [][]float64 {
	all := qualitytest.GoldenFloats(t, set+"_directions")
	var out [][]float64
	for i := 0; i < len(all); i += d {
		out = append(out, all[i:i+d])
	}
	return out
}

func TestSlicedGolden(t *testing.T) {
	want := qualitytest.Expected(t)
	for _, set := range qualitytest.GoldenSets {
		real, gen := qualitytest.GoldenView(t, set+"_train"), qualitytest.GoldenView(t, set+"_gen")
		v, err := Distances(t.Context(), real, gen, Options{Directions: goldenDirections(t, set, real.D)}, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		qualitytest.Near(t, set+" mind", v.MIND, want.At(t, set, "sliced", "mind"), 1e-9)
		qualitytest.Near(t, set+" sliced-w2", v.W2, want.At(t, set, "sliced", "sliced_w2_squared"), 1e-9)
		if v.Rows != gen.N || v.Directions != 64 {
			t.Errorf("%d rows, %d directions", v.Rows, v.Directions)
		}
		approx, err := Approx(t.Context(), real, gen, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		qualitytest.Near(t, set+" sw-approx", approx, want.At(t, set, "sw_approx"), 1e-9)
	}
}

// slicedByLoops is Distances by its definition.
func slicedByLoops(x, y matrix.View, directions [][]float64) float64 {
	n := min(x.N, y.N)
	line := func(m matrix.View, u []float64) []float64 {
		out := make([]float64, n)
		for i := range out {
			for j := range u {
				out[i] += float64(m.At(i, j)) * u[j]
			}
		}
		slices.Sort(out)
		return out
	}
	var all float64
	for _, u := range directions {
		a, b := line(x, u), line(y, u)
		for i := range a {
			all += (a[i] - b[i]) * (a[i] - b[i]) / float64(n)
		}
	}
	return all / float64(len(directions))
}

// Halves equal the values of their rows; memory and threads change nothing.
func TestSlicedHalves(t *testing.T) {
	x, y := qualitytest.Normal(1, 101, 5, 0), qualitytest.Normal(2, 80, 5, 0.5)
	h, err := metric.DrawHalves(6, x.N, y.N, 3)
	if err != nil {
		t.Fatal(err)
	}
	s := Options{Count: 70, Halves: h}
	directions, err := s.directions(5, 9)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Distances(t.Context(), x, y, s, metric.Options{Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	qualitytest.Near(t, "sliced-w2", v.W2, slicedByLoops(x, y, directions), 1e-12)
	for i, got := range v.Halves {
		a, b := h.Pair(i, x, y)
		qualitytest.Near(t, fmt.Sprintf("half %d", i), got, slicedByLoops(a, b, directions), 1e-12)
	}
	w, err := Distances(t.Context(), x, y, s, metric.Options{Seed: 9, Threads: 3, MaxMemory: 1})
	if err != nil || w.W2 != v.W2 || !slices.Equal(w.Halves, v.Halves) || len(v.Halves) != 6 {
		t.Errorf("%v in little memory, %v in much (%v)", w, v, err)
	}
}

// Identical sets: 0. A shift by c: c²/d on average over directions, so MIND is near 3c².
// Sets change places.
func TestSlicedProperties(t *testing.T) {
	const d, c = 10, 2
	x := qualitytest.Normal(1, 200, d, 0)
	y := qualitytest.Changed(x, func(v float32) float32 { return v })
	for i := range y.N {
		y.Data[i*d] += c
	}
	sliced := func(a, b matrix.View) float64 {
		v, err := Distances(t.Context(), a, b, Options{Count: 2000}, metric.Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		return v.MIND
	}
	approx := func(a, b matrix.View) float64 {
		v, err := Approx(t.Context(), a, b, metric.Options{})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := sliced(x, x); v != 0 {
		t.Errorf("identical sets: mind %g", v)
	}
	qualitytest.Near(t, "mind of a shift", sliced(x, y), 3*c*c, 0.1)
	qualitytest.Near(t, "mind of exchanged sets", sliced(y, x), sliced(x, y), 1e-12)
	if v := approx(x, x); v != 0 {
		t.Errorf("identical sets: sw-approx %g", v)
	}
	qualitytest.Near(t, "sw-approx of a shift", approx(x, y), c/math.Sqrt(d), 1e-5)
	qualitytest.Near(t, "sw-approx of exchanged sets", approx(y, x), approx(x, y), 1e-12)
}

func TestSlicedErrors(t *testing.T) {
	x := qualitytest.Normal(1, 10, 2, 0)
	for want, c := range map[string]struct {
		x matrix.View
		s Options
	}{
		"direction 1 has the length 2":   {x, Options{Directions: [][]float64{{1, 0}, {0, 2}}}},
		"direction 0 has 3 elements":     {x, Options{Directions: [][]float64{{1, 0, 0}}}},
		"have 2 features":                {x.Cols(0, 1), Options{}},
		"generated set has 0 rows":       {x.Rows(0, 0), Options{}},
		"NaN in row 0, column 0":         {qualitytest.Changed(x, func(float32) float32 { return float32(math.NaN()) }), Options{}},
		"direction 0 has the length NaN": {x, Options{Directions: [][]float64{{math.NaN(), 0}}}},
	} {
		if _, err := Distances(t.Context(), x, c.x, c.s, metric.Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
