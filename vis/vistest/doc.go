// Package vistest opens the released 2015 model, with the statistics of golden/vis_released, for
// the tests of figures, and compares with that folder's arrays. Tests that use it are skipped
// where the reference data are absent.
package vistest

import (
	"fmt"
	"math"
	"path/filepath"
	"testing"

	"repbench/backends"
	"repbench/internal/npy"
	"repbench/internal/testenv"
	"repbench/train/dcgan"
	"repbench/vis"
)

// Tolerance is how far a float32 program may be from the arrays of golden/vis_released, relative
// to their largest value (README.md there).
const Tolerance = 1e-4

// File returns the path of a file of golden/vis_released.
func File(t testing.TB, name string) string {
	t.Helper()
	return testenv.Path(t, "golden", "vis_released", name)
}

// Array reads NAME.npy of golden/vis_released.
func Array[T npy.Elem](t testing.TB, name string) (shape []int, data []T) {
	t.Helper()
	shape, data, err := npy.Read[T](File(t, name+".npy"))
	if err != nil {
		t.Fatal(err)
	}
	return shape, data
}

// Floats reads NAME.npy of golden/vis_released.
func Floats(t testing.TB, name string) []float32 {
	t.Helper()
	_, data := Array[float32](t, name)
	return data
}

// Model opens the released 2015 SVHN model.
func Model(t testing.TB, b *backends.Backend) *dcgan.Model {
	t.Helper()
	m, err := dcgan.ReadTheano(testenv.Path(t, "data", "svhn_dcgan_2015"), b)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// Generator opens the released model in a mode; fixed statistics are the golden ones.
func Generator(t testing.TB, b *backends.Backend, mode vis.BatchNorm) *vis.Generator {
	t.Helper()
	m := Model(t, b)
	var stats []*dcgan.HostStats
	if mode == vis.Fixed {
		stats = Stats(t, m.Arch)
	}
	g, err := vis.WithStats(m, b, stats)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(g.Close)
	return g
}

// Stats reads the golden statistics. The dense layer's are stored with the maps first.
func Stats(t testing.TB, a dcgan.Arch) []*dcgan.HostStats {
	t.Helper()
	var out []*dcgan.HostStats
	for i := range a.Generator {
		s := &dcgan.HostStats{Mean: Floats(t, fmt.Sprintf("g_bn%d_mean", i+1)), Variance: Floats(t, fmt.Sprintf("g_bn%d_var", i+1))}
		if i == 0 {
			s.Mean, s.Variance = mapsLast(s.Mean, a), mapsLast(s.Variance, a)
		}
		out = append(out, s)
	}
	return out
}

// mapsLast turns maps × positions into positions × maps.
func mapsLast(in []float32, a dcgan.Arch) []float32 {
	out, cells := make([]float32, len(in)), a.BaseSize*a.BaseSize
	for i, v := range in {
		out[i%cells*a.BaseMaps+i/cells] = v
	}
	return out
}

// Close fails the test unless got is want within a tolerance relative to the largest absolute
// value of want.
func Close(t testing.TB, what string, got, want []float32, tolerance float64) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Errorf("%s: %d values, want %d", what, len(got), len(want))
		return
	}
	diff, scale := 0.0, 0.0
	for i := range want {
		d := math.Abs(float64(got[i]) - float64(want[i]))
		if math.IsNaN(d) {
			t.Errorf("%s: value %d is %g, want %g", what, i, got[i], want[i])
			return
		}
		diff, scale = max(diff, d), max(scale, math.Abs(float64(want[i])))
	}
	if diff > tolerance*scale {
		t.Errorf("%s: off by %.3g of the largest value, want at most %g", what, diff/scale, tolerance)
	}
}

// Dir returns golden/vis_released.
func Dir(t testing.TB) string {
	t.Helper()
	return filepath.Dir(File(t, "README.md"))
}
