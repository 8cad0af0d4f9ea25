package kmeans

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/stat"

	"repbench/internal/npy"
	"repbench/internal/simd"
)

// drawnWindows are 2×2 windows of maps in threes: the maps of a three share the
// size, not the sign, of their values, and two of them correlate. The last map
// never changes.
func drawnWindows(n, threes int) *Windows {
	r := rand.New(rand.NewPCG(5, 9))
	w := &Windows{Side: 2, Channels: 3*threes + 1, N: n}
	values := make([]float32, 0, n*4*w.Channels)
	for range n * 4 {
		for range threes {
			size := math.Exp(r.NormFloat64())
			a, b, c := r.NormFloat64(), r.NormFloat64(), r.NormFloat64()
			values = append(values, float32(size*a), float32(3+size*b), float32(size*(0.6*a+0.8*c)))
		}
		values = append(values, 1.5)
	}
	w.Data = make([]uint16, len(values))
	simd.ToF16(w.Data, values)
	return w
}

// column returns the values of a map at the first position of each window.
func column(w *Windows, k int) []float64 {
	x := make([]float64, w.N)
	for i := range x {
		x[i] = float64(npy.Float16ToFloat32(w.first(i)[k]))
	}
	return x
}

// slowSimilarity is S[j,k] by its definition, in float64: the pair is
// standardised and whitened by the eigenvectors of its correlation.
func slowSimilarity(x, y []float64) float64 {
	standard := func(x []float64) []float64 {
		mean, variance := stat.PopMeanVariance(x, nil)
		out := make([]float64, len(x))
		for i, v := range x {
			out[i] = (v - mean) / math.Sqrt(variance)
		}
		return out
	}
	x, y = standard(x), standard(y)
	rho := 0.0
	for i := range x {
		rho += x[i] * y[i] / float64(len(x))
	}
	var e mat.EigenSym
	e.Factorize(mat.NewSymDense(2, []float64{1, rho, rho, 1}), true)
	var v, scaled, w mat.Dense
	e.VectorsTo(&v)
	values := e.Values(nil)
	scaled.Apply(func(_, j int, a float64) float64 { return a / math.Sqrt(values[j]+pairOffset) }, &v)
	w.Mul(&scaled, v.T())
	a, b := make([]float64, len(x)), make([]float64, len(x))
	for i := range x {
		a[i] = math.Pow(w.At(0, 0)*x[i]+w.At(0, 1)*y[i], 2)
		b[i] = math.Pow(w.At(1, 0)*x[i]+w.At(1, 1)*y[i], 2)
	}
	return stat.Correlation(a, b, nil)
}

func TestSimilaritiesAgainstTheDefinition(t *testing.T) {
	w := drawnWindows(9000, 2) // more than one part, and a rest
	seeds := []int{4, 0, 6}
	s := similarities(w, seeds, 2)
	for i, seed := range seeds {
		for k := range w.Channels {
			got := s[i*w.Channels+k]
			if seed == 6 || k == 6 {
				if got != 0 {
					t.Errorf("maps %d and %d: %g, want 0 for a map that never changes", seed, k, got)
				}
				continue
			}
			if seed == k {
				continue // no pair
			}
			// Fourth powers of heavy tails, products of a block in float32.
			if want := slowSimilarity(column(w, seed), column(w, k)); math.Abs(got-want) > 1e-5 {
				t.Errorf("maps %d and %d: %g, want %g", seed, k, got, want)
			}
		}
	}
	if s1 := similarities(w, seeds, 1); !slices.Equal(s, s1) {
		t.Error("two threads give other similarities than one")
	}
}

// Maps that share their size are found, though they do not correlate.
func TestReceptiveFieldsOfRelatedMaps(t *testing.T) {
	w := drawnWindows(4000, 4)
	seeds := []int{7, 0, 12}
	got := receptiveFields(similarities(w, seeds, 2), seeds, 3)
	for i, want := range [][]int{{6, 7, 8}, {0, 1, 2}} {
		if !slices.Equal(got[i], want) {
			t.Errorf("field of map %d is %v, want %v", seeds[i], got[i], want)
		}
	}
	if !slices.Equal(got[2], []int{0, 1, 12}) {
		t.Errorf("field of the map that never changes is %v, want the first maps and itself", got[2])
	}
}

func TestReceptiveFields(t *testing.T) {
	tests := []struct {
		name  string
		row   []float64
		seed  int
		width int
		want  []int
	}{
		{"largest", []float64{0.1, 1, 0.5, 0.3}, 1, 3, []int{1, 2, 3}},
		{"all", []float64{0.1, 1, 0.5, 0.3}, 1, 4, []int{0, 1, 2, 3}},
		{"seed though small", []float64{0.9, 0.8, -1, 0.7}, 2, 2, []int{0, 2}},
		{"first of equals", []float64{0.5, 0.5, 1, 0.5}, 2, 3, []int{0, 1, 2}},
		{"negative last", []float64{-0.5, 0, 1, -0.4}, 2, 3, []int{1, 2, 3}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := receptiveFields(tt.row, []int{tt.seed}, tt.width); !slices.Equal(got[0], tt.want) {
				t.Errorf("field is %v, want %v", got[0], tt.want)
			}
		})
	}
}

// The covariance is stat.CovarianceMatrix's, over whole blocks and a rest.
func TestFieldCovariance(t *testing.T) {
	w := drawnWindows(200, 2)
	x, _ := w.patches([]int{0, 1, 4})
	const d = 12
	mean, cov := covariance(x, d)
	rows := mat.NewDense(len(x)/d, d, nil)
	for i, v := range x {
		rows.RawMatrix().Data[i] = float64(v)
	}
	var want mat.SymDense
	stat.CovarianceMatrix(&want, rows, nil)
	for j := range d {
		if m := stat.Mean(mat.Col(nil, j, rows), nil); math.Abs(mean[j]-m) > 1e-12 {
			t.Errorf("mean %d is %g, want %g", j, mean[j], m)
		}
		for k := range d {
			// Products of 32 rows in float32.
			if math.Abs(cov.At(j, k)-want.At(j, k)) > 1e-6 {
				t.Errorf("covariance %d, %d is %g, want %g", j, k, cov.At(j, k), want.At(j, k))
			}
		}
	}
}

// What a field keeps of its patches does not correlate, and has the variances
// λ/(λ+0.1) of the largest eigenvalues λ.
func TestFieldWhitening(t *testing.T) {
	w := drawnWindows(3000, 3)
	channels := []int{0, 2, 3, 5, 8}
	f, err := learnField(context.Background(), w, channels, LayerOptions{K: 3, Directions: 6, Seed: 1, Threads: 2}.WithDefaults())
	if err != nil {
		t.Fatal(err)
	}
	if f.D() != 20 || f.Q() != 6 || f.K() != 3 {
		t.Fatalf("the field has D %d, Q %d, K %d, want 20, 6, 3", f.D(), f.Q(), f.K())
	}
	x, offset := w.patches(channels)
	if offset != f.Offset {
		t.Errorf("offset is %g, want %g", f.Offset, offset)
	}
	_, cov := covariance(x, 20)
	var e mat.EigenSym
	e.Factorize(cov, false)
	z := make([]float32, w.N*6)
	project(z, 6, x, 20, f.Mean, f.Whitening, 1)
	_, after := covariance(z, 6)
	for i, l := range e.Values(nil)[14:] {
		for j := range 6 {
			want := 0.0
			if i == j {
				want = l / (l + WhiteningOffset)
			}
			if math.Abs(after.At(i, j)-want) > 1e-5 {
				t.Errorf("covariance %d, %d is %g, want %g", i, j, after.At(i, j), want)
			}
		}
	}
}

// The offset is a tenth of the mean variance; flat windows become zeros.
func TestFieldContrast(t *testing.T) {
	w := &Windows{Side: 2, Channels: 1, N: 2, Data: make([]uint16, 8)}
	simd.ToF16(w.Data, []float32{1, 3, 1, 3, 2, 2, 2, 2})
	x, offset := w.patches([]int{0})
	variance := 4.0 / 3 // with n-1
	if want := FieldContrast * variance / 2; math.Abs(offset-want) > 1e-12 {
		t.Errorf("offset is %g, want %g", offset, want)
	}
	side := 1 / math.Sqrt(variance+offset)
	for i, want := range []float64{-side, side, -side, side, 0, 0, 0, 0} {
		if math.Abs(float64(x[i])-want) > 1e-6 {
			t.Errorf("value %d is %g, want %g", i, x[i], want)
		}
	}
	w.Data = slices.Repeat(w.Data[4:], 2)
	if x, _ := w.patches([]int{0}); !slices.Equal(x, make([]float32, 8)) {
		t.Errorf("flat windows give %v", x)
	}
}

func TestLayerThreadsDoNotMatter(t *testing.T) {
	w := drawnWindows(500, 4)
	o := LayerOptions{Fields: 3, K: 4, Inputs: 5, Directions: 8, Iterations: 5, Seed: 2}
	var first []Field
	for _, threads := range []int{1, 2, 7} {
		o.Threads = threads
		fields, err := LearnLayer(context.Background(), w, o)
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = fields
		}
		for i, f := range fields {
			if !slices.Equal(f.Channels, first[i].Channels) || !slices.Equal(f.Centroids, first[i].Centroids) || !slices.Equal(f.Whitening, first[i].Whitening) {
				t.Errorf("%d threads give another field %d", threads, i)
			}
		}
	}
	o.Seed = 3
	if fields, err := LearnLayer(context.Background(), w, o); err != nil || slices.Equal(fields[0].Centroids, first[0].Centroids) {
		t.Errorf("another seed gives the same field (%v)", err)
	}
}

func TestLayerErrors(t *testing.T) {
	w := drawnWindows(9, 2)
	for name, o := range map[string]LayerOptions{
		"no K": {Fields: 1}, "no fields": {K: 2}, "negative": {Fields: 1, K: 2, Inputs: -1},
		"more fields than maps": {Fields: 8, K: 2}, "more centroids than windows": {Fields: 1, K: 10},
	} {
		if _, err := LearnLayer(context.Background(), w, o); err == nil {
			t.Errorf("%s: no error", name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := LearnLayer(ctx, w, LayerOptions{Fields: 2, K: 2}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error is %v", err)
	}
}
