package linear

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"sync"

	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix"
)

// Model scores K classes by x·w_k + b_k.
type Model struct {
	Classes, D int
	W          []float64 // K×D, row-major
	B          []float64 // K
}

// NewModel returns a model of zeros.
func NewModel(classes, d int) *Model {
	return &Model{Classes: classes, D: d, W: make([]float64, classes*d), B: make([]float64, classes)}
}

func (m *Model) weights(k int) []float64 { return m.W[k*m.D : (k+1)*m.D] }

// Scores returns the N×K scores of the rows of x, row-major, with threads
// goroutines (0: GOMAXPROCS). A score that is not finite is an error that names
// the feature.
func (m *Model) Scores(ctx context.Context, x matrix.View, threads int) ([]float64, error) {
	out := make([]float64, x.N*m.Classes)
	err := m.Each(ctx, x, threads, func(i int, s []float64) { copy(out[i*m.Classes:], s) })
	return out, err
}

// Predict returns the class of largest score of each row of x, the lowest of
// equals, with threads goroutines (0: GOMAXPROCS).
func (m *Model) Predict(ctx context.Context, x matrix.View, threads int) ([]int32, error) {
	out := make([]int32, x.N)
	err := m.Each(ctx, x, threads, func(i int, s []float64) {
		for k, v := range s {
			if v > s[out[i]] {
				out[i] = int32(k)
			}
		}
	})
	return out, err
}

// Each calls do with the scores of each row, several rows at once.
func (m *Model) Each(ctx context.Context, x matrix.View, threads int, do func(i int, s []float64)) error {
	if err := x.Validate(); err != nil {
		return err
	}
	if x.D != m.D {
		return fmt.Errorf("model of %d features for rows of %d: %w", m.D, x.D, matrix.ErrShape)
	}
	if threads <= 0 {
		threads = runtime.GOMAXPROCS(0)
	}
	w := vec.Dense(m.Classes, m.D+1)
	for k := range w {
		copy(w[k], m.weights(k))
		w[k][m.D] = m.B[k]
	}
	var bad sync.Once
	var failed bool
	err := passes.Scores[float64](ctx, passes.NewNative(x, threads), w, func(lo, rows int, z []float64, stride int) {
		for i := range rows {
			s := z[i*stride : i*stride+m.Classes]
			for _, v := range s {
				if math.IsNaN(v) || math.IsInf(v, 0) {
					bad.Do(func() { failed = true })
				}
			}
			do(lo+i, s)
		}
	})
	if err != nil || !failed {
		return err
	}
	if err := x.NotFinite(); err != nil {
		return err
	}
	return fmt.Errorf("the scores overflow: %w", matrix.ErrNotFinite)
}
