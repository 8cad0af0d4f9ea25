package eval

import (
	"context"
	"math"
	"testing"
)

// line is a model of three classes on one feature: x, 1 and -x.
func line() *LinearModel {
	m := NewLinearModel(3, 1)
	m.W[0], m.B[1], m.W[2] = 1, 1, -1
	return m
}

func TestPredict(t *testing.T) {
	x := Matrix{Data: []float32{3, 0, -3, 1, -1}, N: 5, D: 1}
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
	p := blobs(70, 9, 3, 1, 40)
	m := NewLinearModel(3, 9)
	for i := range m.W {
		m.W[i] = float64(i%7) - 3
	}
	m.B[1] = 0.5
	got, err := m.Scores(context.Background(), p.x, 3)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 70 {
		for k := range 3 {
			want := rowProduct(p.x, i, append(append([]float64(nil), m.weights(k)...), m.B[k]))
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
		m      *LinearModel
		x      Matrix
		target error
		says   string
	}{
		{"columns", line(), Matrix{Data: make([]float32, 4), N: 2, D: 2}, ErrShape, "model of 1 features for rows of 2"},
		{"storage", line(), Matrix{N: 2, D: 1}, nil, "needs 2 elements"},
		{"NaN", line(), Matrix{Data: []float32{1, nan}, N: 2, D: 1}, ErrNotFinite, "feature 0 of row 1 is NaN"},
		{"overflow", huge, Matrix{Data: []float32{100}, N: 1, D: 1}, ErrNotFinite, "overflow"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			_, err := c.m.Predict(context.Background(), c.x, 1)
			wantError(t, err, c.target, c.says)
			_, err = c.m.Scores(context.Background(), c.x, 1)
			wantError(t, err, c.target, c.says)
		})
	}
}
