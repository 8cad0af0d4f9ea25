package linear

import (
	"context"
	"math"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// line is a model of three classes on one feature: x, 1 and -x.
func line() *Model {
	m := NewModel(3, 1)
	m.W[0], m.B[1], m.W[2] = 1, 1, -1
	return m
}

func TestPredict(t *testing.T) {
	x := matrix.View{Data: []float32{3, 0, -3, 1, -1}, N: 5, D: 1}
	got, err := line().Predict(context.Background(), x, 2)
	if err != nil {
		t.Fatal(err)
	}
	// At 1 classes 0 and 1 are level, at -1 classes 1 and 2: the lower one wins.
	for i, want := range []int32{0, 1, 2, 0, 1} {
		if got[i] != want {
			t.Errorf("x = %v: class %d, want %d", x.Data[i], got[i], want)
		}
	}
}

func TestModelScores(t *testing.T) {
	p := matrixtest.Blobs(70, 9, 3, 1, 40)
	m := NewModel(3, 9)
	for i := range m.W {
		m.W[i] = float64(i%7) - 3
	}
	m.B[1] = 0.5
	got, err := m.Scores(context.Background(), p.X, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 70 {
		for k := range 3 {
			want := matrixtest.RowProduct(p.X, i, append(append([]float64(nil), m.weights(k)...), m.B[k]))
			if math.Abs(got[i*3+k]-want) > 1e-12 {
				t.Errorf("row %d class %d: %v, want %v", i, k, got[i*3+k], want)
			}
		}
	}
}

func TestModelErrors(t *testing.T) {
	nan := float32(math.NaN())
	huge := line()
	huge.W[0] = math.MaxFloat64
	cases := []struct {
		name   string
		m      *Model
		x      matrix.View
		target error
		says   string
	}{
		{"columns", line(), matrix.View{Data: make([]float32, 4), N: 2, D: 2}, matrix.ErrShape, "model of 1 features for rows of 2"},
		{"storage", line(), matrix.View{N: 2, D: 1}, nil, "needs 2 elements"},
		{"NaN", line(), matrix.View{Data: []float32{1, nan}, N: 2, D: 1}, matrix.ErrNotFinite, "feature 0 of row 1 is NaN"},
		{"overflow", huge, matrix.View{Data: []float32{100}, N: 1, D: 1}, matrix.ErrNotFinite, "overflow"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.m.Predict(context.Background(), c.x, 1)
			matrixtest.WantError(t, err, c.target, c.says)
			_, err = c.m.Scores(context.Background(), c.x, 1)
			matrixtest.WantError(t, err, c.target, c.says)
		})
	}
}
