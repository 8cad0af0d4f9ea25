package quality

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"repbench/features/matrix"
)

// goldenDirections are the given directions of a set of golden/gan_metrics2.
func goldenDirections(t *testing.T, set string, d int) [][]float64 {
	all := goldenFloats(t, set+"_directions")
	var out [][]float64
	for i := 0; i < len(all); i += d {
		out = append(out, all[i:i+d])
	}
	return out
}

func TestSlicedGolden(t *testing.T) {
	want := expected(t)
	for _, set := range goldenSets {
		real, gen := goldenView(t, set+"_train"), goldenView(t, set+"_gen")
		v, err := Sliced(t.Context(), real, gen, SlicedOptions{Directions: goldenDirections(t, set, real.D)}, Options{})
		if err != nil {
			t.Fatal(err)
		}
		near(t, set+" mind", v.MIND, want.at(t, set, "sliced", "mind"), 1e-9)
		near(t, set+" sliced-w2", v.W2, want.at(t, set, "sliced", "sliced_w2_squared"), 1e-9)
		if v.Rows != gen.N || v.Directions != 64 {
			t.Errorf("%d rows, %d directions", v.Rows, v.Directions)
		}
		approx, err := SlicedApprox(t.Context(), real, gen, Options{})
		if err != nil {
			t.Fatal(err)
		}
		near(t, set+" sw-approx", approx, want.at(t, set, "sw_approx"), 1e-9)
	}
}

// slicedByLoops is Sliced by its definition.
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
	x, y := normal(1, 101, 5, 0), normal(2, 80, 5, 0.5)
	h, err := DrawHalves(6, x.N, y.N, 3)
	if err != nil {
		t.Fatal(err)
	}
	s := SlicedOptions{Count: 70, Halves: h}
	directions, err := s.directions(5, 9)
	if err != nil {
		t.Fatal(err)
	}
	v, err := Sliced(t.Context(), x, y, s, Options{Seed: 9})
	if err != nil {
		t.Fatal(err)
	}
	near(t, "sliced-w2", v.W2, slicedByLoops(x, y, directions), 1e-12)
	for i, got := range v.Halves {
		a, b := h.pair(i, x, y)
		near(t, fmt.Sprintf("half %d", i), got, slicedByLoops(a, b, directions), 1e-12)
	}
	w, err := Sliced(t.Context(), x, y, s, Options{Seed: 9, Threads: 3, MaxMemory: 1})
	if err != nil || w.W2 != v.W2 || !slices.Equal(w.Halves, v.Halves) || len(v.Halves) != 6 {
		t.Errorf("%v in little memory, %v in much (%v)", w, v, err)
	}
}

// Identical sets: 0. A shift by c: c²/d on average over directions, so MIND is near 3c².
// Sets change places.
func TestSlicedProperties(t *testing.T) {
	const d, c = 10, 2
	x := normal(1, 200, d, 0)
	y := changed(x, func(v float32) float32 { return v })
	for i := range y.N {
		y.Data[i*d] += c
	}
	sliced := func(a, b matrix.View) float64 {
		v, err := Sliced(t.Context(), a, b, SlicedOptions{Count: 2000}, Options{Seed: 1})
		if err != nil {
			t.Fatal(err)
		}
		return v.MIND
	}
	approx := func(a, b matrix.View) float64 {
		v, err := SlicedApprox(t.Context(), a, b, Options{})
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	if v := sliced(x, x); v != 0 {
		t.Errorf("identical sets: mind %g", v)
	}
	near(t, "mind of a shift", sliced(x, y), 3*c*c, 0.1)
	near(t, "mind of exchanged sets", sliced(y, x), sliced(x, y), 1e-12)
	if v := approx(x, x); v != 0 {
		t.Errorf("identical sets: sw-approx %g", v)
	}
	near(t, "sw-approx of a shift", approx(x, y), c/math.Sqrt(d), 1e-5)
	near(t, "sw-approx of exchanged sets", approx(y, x), approx(x, y), 1e-12)
}

func TestSlicedErrors(t *testing.T) {
	x := normal(1, 10, 2, 0)
	for want, c := range map[string]struct {
		x matrix.View
		s SlicedOptions
	}{
		"direction 1 has the length 2":   {x, SlicedOptions{Directions: [][]float64{{1, 0}, {0, 2}}}},
		"direction 0 has 3 elements":     {x, SlicedOptions{Directions: [][]float64{{1, 0, 0}}}},
		"have 2 features":                {x.Cols(0, 1), SlicedOptions{}},
		"generated set has 0 rows":       {x.Rows(0, 0), SlicedOptions{}},
		"NaN in row 0, column 0":         {changed(x, func(float32) float32 { return float32(math.NaN()) }), SlicedOptions{}},
		"direction 0 has the length NaN": {x, SlicedOptions{Directions: [][]float64{{math.NaN(), 0}}}},
	} {
		if _, err := Sliced(t.Context(), x, c.x, c.s, Options{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
}
