// Package matrixtest makes small matrices and classification problems for the tests of
// packages that work on features, and compares what they give.
package matrixtest

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"repbench/features/matrix"
	"repbench/internal/npy"
	"repbench/internal/testcheck"
)

// Problem is a small classification problem in float32.
type Problem struct {
	// X holds the features.
	X matrix.View
	// Y holds the class of each row.
	Y []int32
	// Classes is the number of classes.
	Classes int
}

// Blobs draws n rows of d features, class i%K with probability 0.9 and another
// one else, around a mean of its class; features are non-negative and share a
// large common part, as pooled activations do.
func Blobs(n, d, classes int, spread float64, seed uint64) Problem {
	rng := rand.New(rand.NewPCG(seed, 1))
	means := make([]float64, classes*d)
	for i := range means {
		means[i] = rng.NormFloat64()
	}
	p := Problem{Classes: classes, Y: make([]int32, n)}
	data := make([]float32, n*d)
	for i := range n {
		k := i % classes
		p.Y[i] = int32(k)
		if i >= 2*classes && rng.IntN(10) == 0 {
			p.Y[i] = int32(rng.IntN(classes))
		}
		common := 1 + 0.5*rng.NormFloat64()
		for j := range d {
			data[i*d+j] = float32(math.Max(0, common+means[k*d+j]+spread*rng.NormFloat64()))
		}
	}
	p.X = matrix.View{Data: data, N: n, D: d, Stride: d}
	return p
}

// Centres draws n rows of d features around a random centre of each class.
func Centres(n, d, classes int, seed uint64) Problem {
	rng := rand.New(rand.NewPCG(seed, 7))
	means := make([]float64, classes*d)
	for i := range means {
		means[i] = rng.NormFloat64()
	}
	p := Problem{Classes: classes, Y: make([]int32, n), X: matrix.View{Data: make([]float32, n*d), N: n, D: d}}
	for i := range n {
		p.Y[i] = int32(i % classes)
		for j := range d {
			p.X.Data[i*d+j] = float32(means[i%classes*d+j] + rng.NormFloat64())
		}
	}
	return p
}

// Drawn is a new n×d matrix with elements from draw, row by row.
func Drawn(n, d int, draw func() float32) matrix.View {
	m := matrix.View{Data: make([]float32, n*d), N: n, D: d}
	for i := range m.Data {
		m.Data[i] = draw()
	}
	return m
}

// Copied returns the view as a matrix of its own.
func Copied(m matrix.View) matrix.View {
	data := make([]float32, 0, m.N*m.D)
	for i := range m.N {
		for j := range m.D {
			data = append(data, m.At(i, j))
		}
	}
	return matrix.View{Data: data, N: m.N, D: m.D, Stride: m.D}
}

// The comparisons of tests of features.
var (
	// Relative is testcheck.Relative.
	Relative = testcheck.Relative
	// WantError is testcheck.Error.
	WantError = testcheck.Error
)

// ReadJSON reads the JSON file at path into v.
func ReadJSON(t *testing.T, path string, v any) {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(data, v); err != nil {
		t.Fatal(err)
	}
}

// Half returns the matrix in float16 storage.
func Half(m matrix.View) matrix.View {
	h := m
	h.Data, h.Half = nil, make([]uint16, len(m.Data))
	for i, v := range m.Data {
		h.Half[i] = npy.Float32ToFloat16(v)
	}
	return h
}

// OnDisk returns the matrix as a map of a file that gives its pages back after
// that many bytes, and a count of the elements that were.
func OnDisk(t *testing.T, m matrix.View, every int) (matrix.View, func() int) {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.npy")
	if err := npy.Write(path, []int{m.N, m.D}, Copied(m).Data); err != nil {
		t.Fatal(err)
	}
	f, err := npy.Map(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	data, err := npy.MappedSlice[float32](f)
	if err != nil {
		t.Fatal(err)
	}
	x, err := matrix.New(data, m.N, m.D)
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	total := 0
	x.ReleaseEvery = every
	x.Release = func(lo, hi int) {
		if lo < 0 || hi <= lo || hi > len(data) {
			t.Errorf("elements [%d, %d) of %d given back", lo, hi, len(data))
		}
		mu.Lock()
		total += hi - lo
		mu.Unlock()
		f.Release(lo, hi)
	}
	return x, func() int { return total }
}
