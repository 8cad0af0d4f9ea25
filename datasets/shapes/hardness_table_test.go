package shapes

import (
	"math/rand/v2"
	"os"
	"testing"

	"gonum.org/v1/gonum/mat"
)

// TestHardnessTable makes the table of docs/shapes.md.
func TestHardnessTable(t *testing.T) {
	if os.Getenv("REPBENCH_SLOW") == "" {
		t.Skip("takes minutes; set REPBENCH_SLOW=1")
	}
	for _, c := range []struct {
		seed int64
		n    int
	}{{1, 2000}, {1, 5000}, {2, 5000}, {3, 5000}} {
		s := mustGenerate(t, Options{Train: c.n, Test: 2000, Seed: new(c.seed)})
		t.Logf("| %d | %d | %.1f | %.1f | %.1f |", c.seed, c.n,
			100*ridgeAccuracy(t, s, rawPixels),
			100*ridgeAccuracy(t, s, gradients),
			100*ridgeAccuracy(t, s, randomConvolution()))
	}
}

// ridgeAccuracy returns the test accuracy of ridge regression on the ten class indicators, on
// images of 32×32. The ridge weight is the best of a few on the last fifth of the training
// images; the final fit uses all of them.
func ridgeAccuracy(t *testing.T, s *Set, features func([]uint8, int) []float32) float64 {
	train, test := matrices(s, DefaultSize, features)
	cut := len(train) * 4 / 5
	first := newNormal(train[:cut], s.Train.Labels[:cut])
	best, bestAccuracy := 0.0, -1.0
	for _, weight := range []float64{10, 100, 1e3, 1e4, 1e5} {
		a := first.solve(t, weight).accuracy(train[cut:], s.Train.Labels[cut:])
		if a > bestAccuracy {
			best, bestAccuracy = weight, a
		}
	}
	first.add(newNormal(train[cut:], s.Train.Labels[cut:]))
	return first.solve(t, best).accuracy(test, s.Test.Labels)
}

// normal holds the normal equations XᵀX (d×d) and XᵀY (d×10), X with a last
// column of ones.
type normal struct{ xx, xy *mat.Dense }

func newNormal(rows [][]float32, labels []int32) *normal {
	n, d := len(rows), len(rows[0])
	x, y := mat.NewDense(n, d+1, nil), mat.NewDense(n, numClasses, nil)
	for i, row := range rows {
		for j, v := range row {
			x.Set(i, j, float64(v))
		}
		x.Set(i, d, 1)
		y.Set(i, int(labels[i]), 1)
	}
	var e normal
	e.xx, e.xy = new(mat.Dense), new(mat.Dense)
	e.xx.Mul(x.T(), x)
	e.xy.Mul(x.T(), y)
	return &e
}

func (e *normal) add(f *normal) {
	e.xx.Add(e.xx, f.xx)
	e.xy.Add(e.xy, f.xy)
}

// solve returns the weights for XᵀX + weight·I.
func (e *normal) solve(t *testing.T, weight float64) *linear {
	t.Helper()
	d, _ := e.xx.Dims()
	sym := mat.NewSymDense(d, nil)
	for i := range d {
		for j := i; j < d; j++ {
			sym.SetSym(i, j, e.xx.At(i, j))
		}
		sym.SetSym(i, i, e.xx.At(i, i)+weight)
	}
	var chol mat.Cholesky
	if !chol.Factorize(sym) {
		t.Fatalf("normal equations are not positive definite at weight %g", weight)
	}
	var w mat.Dense
	if err := chol.SolveTo(&w, e.xy); err != nil {
		t.Fatal(err)
	}
	var l linear
	for k := range l {
		for j := range d {
			l[k] = append(l[k], float32(w.At(j, k)))
		}
	}
	return &l
}

// randomConvolution returns features from 64 random filters of 5×5×3 with zero mean, rectified
// on both sides and max-pooled to 4×4.
func randomConvolution() func(pixels []uint8, size int) []float32 {
	const filters, side, cells = 64, 5, 4
	rng := rand.New(rand.NewPCG(3, 4))
	var w [filters][side * side * 3]float32
	for f := range w {
		var mean float32
		for j := range w[f] {
			w[f][j] = float32(rng.NormFloat64())
			mean += w[f][j] / float32(len(w[f]))
		}
		for j := range w[f] {
			w[f][j] -= mean
		}
	}
	return func(pixels []uint8, size int) []float32 {
		out := make([]float32, filters*cells*cells)
		for y := range size - side + 1 {
			for x := range size - side + 1 {
				var patch [side * side * 3]float32
				for r := range side {
					for j, v := range pixels[((y+r)*size+x)*3:][:side*3] {
						patch[r*side*3+j] = float32(v)
					}
				}
				cell := (y+side/2)*cells/size*cells + (x+side/2)*cells/size
				for f := range w {
					var v float32
					for j, p := range patch {
						v += p * w[f][j]
					}
					o := &out[f*cells*cells+cell]
					*o = max(*o, v, -v/5)
				}
			}
		}
		return out
	}
}
