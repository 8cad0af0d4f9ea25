package linear

import (
	"math"
	"testing"

	"gonum.org/v1/gonum/mat"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
)

// referenceObjective returns the least objective of one class, as referenceSolution
// finds it.
func referenceObjective(t *testing.T, p matrixtest.Problem, class int32, c float64) float64 {
	t.Helper()
	f, _ := referenceSolution(t, p, class, c)
	return f
}

// referenceSolution minimises the objective of one class in float64 by damped
// Newton steps with a dense Hessian and a backtracking line search, along a path
// of costs, until the gradient proves (f - f* ≤ ‖g‖²/2, as f is 1-strongly convex)
// or rounding prevents more. It is slow and shares no code with the solver. It
// returns the objective and the weights, the bias last.
func referenceSolution(t *testing.T, p matrixtest.Problem, class int32, c float64) (f float64, w []float64) {
	t.Helper()
	r := reference{p: p, class: class}
	for _, row := range rowsOf(p.X) {
		r.x = append(r.x, append(row, 1))
	}
	w = make([]float64, p.X.D+1)
	for cost := math.Min(c, 1e-6); cost < c; cost *= 2 {
		w, _ = r.minimise(cost, w, 100)
	}
	w, ok := r.minimise(c, w, 1000)
	if !ok {
		t.Fatalf("the reference did not converge for class %d at C = %g", class, c)
	}
	return r.objective(c, w), w
}

func rowsOf(m matrix.View) [][]float64 {
	rows := make([][]float64, m.N)
	for i := range rows {
		for j := range m.D {
			rows[i] = append(rows[i], float64(m.At(i, j)))
		}
	}
	return rows
}

type reference struct {
	p     matrixtest.Problem
	class int32
	x     [][]float64 // with the constant feature
}

func (r reference) label(i int) float64 {
	if r.p.Y[i] == r.class {
		return 1
	}
	return -1
}

func (r reference) margin(w []float64, i int) float64 {
	var s float64
	for j, v := range r.x[i] {
		s += v * w[j]
	}
	return 1 - r.label(i)*s
}

func (r reference) objective(c float64, w []float64) float64 {
	var f float64
	for _, v := range w {
		f += v * v / 2
	}
	for i := range r.x {
		h := math.Max(0, r.margin(w, i))
		f += c * h * h
	}
	return f
}

// minimise reports whether it got as far as float64 goes.
func (r reference) minimise(c float64, w []float64, steps int) ([]float64, bool) {
	d := len(w)
	for range steps {
		g := mat.NewVecDense(d, append([]float64(nil), w...))
		h := mat.NewSymDense(d, nil)
		for j := range d {
			h.SetSym(j, j, 1)
		}
		for i, x := range r.x {
			m := r.margin(w, i)
			if m <= 0 {
				continue
			}
			v := mat.NewVecDense(d, x)
			g.AddScaledVec(g, -2*c*m*r.label(i), v)
			h.SymRankOne(h, 2*c, v)
		}
		f := r.objective(c, w)
		if mat.Dot(g, g)/2 <= 1e-13*f {
			return w, true
		}
		var f1 mat.Cholesky
		var p mat.VecDense
		if !f1.Factorize(h) {
			return w, false
		}
		_ = f1.SolveVecTo(&p, g)
		step := 1.0
		next := make([]float64, d)
		for ; step > 1e-12; step /= 2 {
			for j := range w {
				next[j] = w[j] - step*p.AtVec(j)
			}
			if r.objective(c, next) < f {
				break
			}
		}
		if step <= 1e-12 {
			return w, true
		}
		w = next
	}
	return w, false
}

// TestReference checks the reference itself on a problem with a known answer:
// one feature of value x in class 0 at +a and class 1 at -a, once each. By
// symmetry the bias is 0 and w minimises w²/2 + 2C(1-wa)², so
// w = 4Ca/(1+4Ca²), f = 2C/(1+4Ca²).
func TestReference(t *testing.T) {
	const a, c = 1.5, 0.7
	p := matrixtest.Problem{X: matrix.View{Data: []float32{a, -a}, N: 2, D: 1}, Y: []int32{0, 1}, Classes: 2}
	want := 2 * c / (1 + 4*c*a*a)
	if got := referenceObjective(t, p, 0, c); matrixtest.Relative(got, want) > 1e-12 {
		t.Errorf("got %v, want %v", got, want)
	}
}
