package qualitytest

import (
	"encoding/json"
	"math"
	"os"
	"testing"

	"repbench/features/matrix"
	"repbench/internal/npy"
	"repbench/internal/testenv"
)

// GoldenSets are the sets of golden/gan_metrics2.
var GoldenSets = []string{"synth16", "synth64", "real48"}

// Golden holds the expected values of golden/gan_metrics2 as they are in its JSON.
type Golden map[string]any

// Expected reads the expected values.
func Expected(t *testing.T) Golden {
	t.Helper()
	b, err := os.ReadFile(testenv.Path(t, "golden", "gan_metrics2", "expected.json"))
	if err != nil {
		t.Fatal(err)
	}
	var g Golden
	if err := json.Unmarshal(b, &g); err != nil {
		t.Fatal(err)
	}
	return g
}

// At follows keys to a number.
func (g Golden) At(t *testing.T, keys ...string) float64 {
	t.Helper()
	v, ok := g.find(keys).(float64)
	if !ok {
		t.Fatalf("no number at %v", keys)
	}
	return v
}

// List follows keys to a list of numbers.
func (g Golden) List(t *testing.T, keys ...string) []float64 {
	t.Helper()
	values, ok := g.find(keys).([]any)
	if !ok {
		t.Fatalf("no list at %v", keys)
	}
	out := make([]float64, len(values))
	for i, v := range values {
		out[i] = v.(float64)
	}
	return out
}

func (g Golden) find(keys []string) any {
	var v any = map[string]any(g)
	for _, k := range keys {
		m, _ := v.(map[string]any)
		v = m[k]
	}
	return v
}

// GoldenView reads an array of float32 of golden/gan_metrics2.
func GoldenView(t *testing.T, name string) matrix.View {
	t.Helper()
	return ReadView(t, testenv.Path(t, "golden", "gan_metrics2", name+".npy"))
}

// ReadView reads an array of float32 with two axes.
func ReadView(t *testing.T, path string) matrix.View {
	t.Helper()
	shape, data, err := npy.Read[float32](path)
	if err != nil {
		t.Fatal(err)
	}
	return matrix.View{Data: data, N: shape[0], D: shape[1]}
}

// GoldenRows reads lists of rows of golden/gan_metrics2.
func GoldenRows(t *testing.T, name string) [][]int32 {
	t.Helper()
	shape, data, err := npy.Read[int32](testenv.Path(t, "golden", "gan_metrics2", name+".npy"))
	if err != nil {
		t.Fatal(err)
	}
	rows := make([][]int32, shape[0])
	for i := range rows {
		rows[i] = data[i*shape[1] : (i+1)*shape[1]]
	}
	return rows
}

// GoldenFloats reads an array of float64 of golden/gan_metrics2.
func GoldenFloats(t *testing.T, name string) []float64 {
	t.Helper()
	_, data, err := npy.Read[float64](testenv.Path(t, "golden", "gan_metrics2", name+".npy"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// Near fails unless got is want but for a relative error.
func Near(t *testing.T, what string, got, want, relative float64) {
	t.Helper()
	if !(math.Abs(got-want) <= relative*math.Abs(want)) {
		t.Errorf("%s is %.17g, want %.17g (relative error %.2g, bound %g)", what, got, want, math.Abs(got-want)/math.Abs(want), relative)
	}
}

// EdgeSets are the sets of the edge cases of golden/gan_metrics2, real and generated.
func EdgeSets(t *testing.T) map[string][2]matrix.View {
	base := GoldenView(t, "synth16_train").Rows(0, 300)
	first := make([]int32, 300)
	twice := make([]int32, 300)
	for i := range twice {
		twice[i] = int32(i % 150)
	}
	return map[string][2]matrix.View{
		"identical":      {base, base},
		"all_rows_equal": {base.Subset(first), base.Subset(first)},
		"duplicates":     {base.Subset(twice), base},
		"fewer_than_k":   {base, Changed(base.Rows(0, 4), func(v float32) float32 { return v + 0.5 })},
		"fewer_than_dim": {base, Changed(base.Rows(100, 110), func(v float32) float32 { return v * 1.1 })},
		"far_outliers":   {base, GoldenView(t, "edge_outliers_gen")},
		"one_column":     {base.Cols(0, 1), Changed(base.Rows(0, 200).Cols(0, 1), func(v float32) float32 { return v + 0.25 })},
	}
}

// Changed is a copy of x with each value changed.
func Changed(x matrix.View, f func(float32) float32) matrix.View {
	out := matrix.View{Data: make([]float32, 0, x.N*x.D), N: x.N, D: x.D}
	for i := range x.N {
		for j := range x.D {
			out.Data = append(out.Data, f(x.At(i, j)))
		}
	}
	return out
}
