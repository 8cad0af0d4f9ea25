package linear

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// softmaxObjective is the objective of FitSoftmax by its definition, in float64.
func softmaxObjective(p matrixtest.Problem, w [][]float64, c float64) float64 {
	f := 0.0
	for _, row := range w {
		for _, v := range row {
			f += v * v / 2
		}
	}
	for i := range p.X.N {
		sum, own := 0.0, 0.0
		for k := range w {
			s := matrixtest.RowProduct(p.X, i, w[k])
			sum += math.Exp(s)
			if int32(k) == p.Y[i] {
				own = s
			}
		}
		f += c * (math.Log(sum) - own)
	}
	return f
}

func weightRows(m *Model) [][]float64 {
	w := make([][]float64, m.Classes)
	for k := range w {
		w[k] = append(append([]float64(nil), m.weights(k)...), m.B[k])
	}
	return w
}

// TestSoftmaxIsTheMinimum: the objective agrees with the definition, and no small
// step in any of many directions lowers it.
func TestSoftmaxIsTheMinimum(t *testing.T) {
	ctx := context.Background()
	for name, p := range map[string]matrixtest.Problem{"tall": matrixtest.Blobs(300, 12, 4, 2, 1), "wide": matrixtest.Blobs(30, 60, 3, 2, 2), "two classes": matrixtest.Blobs(100, 5, 2, 3, 3)} {
		fits, err := FitSoftmax(ctx, p.X, p.Y, p.Classes, Options{C: []float64{1e-4, 1e-2, 1}, Tolerance: 1e-8})
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range fits {
			w := weightRows(f.Model)
			want := softmaxObjective(p, w, f.C)
			if e := matrixtest.Relative(f.Objective, want); e > 1e-10 {
				t.Errorf("%s, C = %g: objective %.12g, by definition %.12g", name, f.C, f.Objective, want)
			}
			if !f.Converged || f.DualityGap > 1e-8 {
				t.Errorf("%s, C = %g: converged %v with an error of up to %.1e", name, f.C, f.Converged, f.DualityGap)
			}
			r := rand.New(rand.NewPCG(1, 2))
			for range 40 {
				k, j := r.IntN(len(w)), r.IntN(len(w[0]))
				old := w[k][j]
				for _, step := range []float64{-1e-2, 1e-2} {
					w[k][j] = old + step
					// The bound allows the minimum to lie a relative 1e-8 lower.
					if g := softmaxObjective(p, w, f.C); g < want*(1-2e-8) {
						t.Errorf("%s, C = %g: a step in weight %d of class %d lowers %.12g to %.12g", name, f.C, j, k, want, g)
					}
				}
				w[k][j] = old
			}
		}
	}
}

// TestSoftmaxClosedForm: with x = ±1 by class and
// w_1 = -w_0 = v/2 the derivative v/2·… vanishes where v = 2nC/(1+e^v), n rows.
func TestSoftmaxClosedForm(t *testing.T) {
	const n, c = 40, 0.05
	p := matrixtest.Problem{Classes: 2, X: matrix.View{N: n, D: 1}}
	for i := range n {
		p.Y = append(p.Y, int32(i%2))
		p.X.Data = append(p.X.Data, float32(2*(i%2)-1))
	}
	fits, err := FitSoftmax(context.Background(), p.X, p.Y, 2, Options{C: []float64{c}, Tolerance: 1e-12})
	if err != nil {
		t.Fatal(err)
	}
	// Objective v²/4 + nC·log(1+e^-v): by symmetry the constants' weights are 0.
	lo, hi := 0.0, 10.0
	for range 100 {
		v := (lo + hi) / 2
		if v/2 < n*c/(1+math.Exp(v)) {
			lo = v
		} else {
			hi = v
		}
	}
	m := fits[0].Model
	if v := m.W[1] - m.W[0]; math.Abs(v-lo) > 1e-5 || math.Abs(m.B[0]) > 1e-5 {
		t.Errorf("difference of the weights is %g with constant %g, want %g and 0", v, m.B[0], lo)
	}
}

func TestSoftmaxErrors(t *testing.T) {
	p := matrixtest.Blobs(40, 5, 2, 1, 1)
	p.X.Data[7] = float32(math.NaN())
	_, err := FitSoftmax(context.Background(), p.X, p.Y, 2, Options{})
	matrixtest.WantError(t, err, matrix.ErrNotFinite, "feature 2 of row 1")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	p = matrixtest.Blobs(40, 5, 2, 1, 1)
	if _, err := FitSoftmax(ctx, p.X, p.Y, 2, Options{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: error is %v", err)
	}
	fits, err := FitSoftmax(context.Background(), p.X, p.Y, 2, Options{C: []float64{1}, MaxIterations: 1})
	if err != nil {
		t.Fatal(err)
	}
	if fits[0].Converged || len(fits[0].Warnings) != 1 {
		t.Errorf("after one step: converged %v, warnings %v", fits[0].Converged, fits[0].Warnings)
	}
}

func TestSoftmaxThreads(t *testing.T) {
	p := matrixtest.Blobs(600, 9, 3, 1, 4)
	ctx := context.Background()
	var first *Fit
	for _, threads := range []int{1, 3} {
		fits, err := FitSoftmax(ctx, p.X, p.Y, 3, Options{C: []float64{0.01}, Threads: threads})
		if err != nil {
			t.Fatal(err)
		}
		if first == nil {
			first = &fits[0]
		}
		for j, v := range fits[0].Model.W {
			if v != first.Model.W[j] {
				t.Fatalf("%d threads give other bits", threads)
			}
		}
	}
}
