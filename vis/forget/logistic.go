package forget

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/mat"
	"gonum.org/v1/gonum/optimize"
)

// Regression is a fitted logistic regression.
type Regression struct {
	// Weights has one weight for each map, Intercept is b.
	Weights   []float64
	Intercept float64
	// Objective is the value at the minimum, Gradient the largest absolute value of the gradient
	// there.
	Objective, Gradient float64
}

// Positive lists the maps with a positive weight.
func (l Regression) Positive() []int {
	var maps []int
	for k, w := range l.Weights {
		if w > 0 {
			maps = append(maps, k)
		}
	}
	return maps
}

// Limits of a fit.
const (
	// gradientLimit is the largest absolute value of the gradient of a fit, times C·n where that is
	// less than 1, so that b, which C alone weighs, is as exact at small costs.
	gradientLimit = 1e-10
	// roundingLimit widens it for sums so large that rounding alone is more: it is relative to the
	// sum of the absolute values of what a component of the gradient adds up.
	roundingLimit = 1e-14
	maxSteps      = 200
)

// Fit minimises
//
//	½·w'w + C·Σ_i log(1 + exp(-s_i·(w'x_i + b))),  s_i = 1 for y_i and -1 for others,
//
// with b free, by Newton's method in float64, to a gradient of at most 1e-10·min(1, C·n), or of
// 1e-14 of the sum of the terms of the gradient, if this is more. Rows have one length; both classes must be
// there.
func Fit(x [][]float64, y []bool, c float64) (Regression, error) {
	if err := checkRows(x, y, c); err != nil {
		return Regression{}, err
	}
	p := newProblem(x, y, c)
	found, err := optimize.Minimize(optimize.Problem{Func: p.value, Grad: p.gradient, Hess: p.hessian},
		make([]float64, p.d), &optimize.Settings{Converger: optimize.NeverTerminate{}, MajorIterations: maxSteps, GradientThreshold: p.limit},
		&optimize.Newton{GradStopThreshold: p.limit})
	if found == nil {
		return Regression{}, fmt.Errorf("logistic regression: %w", err)
	}
	// Near the minimum rounding hides the decrease of the objective, at which a line search stops;
	// full steps go on as long as they make the gradient smaller.
	w, largest := p.polish(found.X)
	if limit := max(p.limit, roundingLimit*p.terms(w)); !(largest <= limit) {
		return Regression{}, fmt.Errorf("logistic regression at C = %g did not converge: its gradient is %.2g after %d steps; use a smaller --C", c, largest, found.MajorIterations)
	}
	return Regression{Weights: w[:p.d-1], Intercept: w[p.d-1], Objective: p.value(w), Gradient: largest}, nil
}

// checkRows says what is wrong with the input of Fit.
func checkRows(x [][]float64, y []bool, c float64) error {
	if len(x) != len(y) || len(x) == 0 || len(x[0]) == 0 {
		return fmt.Errorf("logistic regression of %d rows with %d labels", len(x), len(y))
	}
	if err := CheckC(c); err != nil {
		return err
	}
	seen := map[bool]bool{}
	for i, row := range x {
		seen[y[i]] = true
		if len(row) != len(x[0]) {
			return fmt.Errorf("row %d has %d values, row 0 has %d", i, len(row), len(x[0]))
		}
		for k, v := range row {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return fmt.Errorf("row %d, map %d is %g: the generator's weights are broken", i, k, v)
			}
		}
	}
	if len(seen) < 2 {
		return fmt.Errorf("%w: all %d cells are of one class; draw boxes that leave a part of their images free", ErrOneClass, len(y))
	}
	return nil
}

// CheckC says what is wrong with a cost.
func CheckC(c float64) error {
	if !(c > 0) || math.IsInf(c, 0) {
		return fmt.Errorf("the cost C is %g; it has to be greater than 0, such as %g", c, DefaultC)
	}
	return nil
}

// problem is the objective over n rows of d values, the last of which is 1 for b.
type problem struct {
	x     *mat.Dense // n×d
	sign  []float64
	c     float64
	limit float64 // of the gradient
	n, d  int
	z     *mat.VecDense // x·w
}

func newProblem(x [][]float64, y []bool, c float64) *problem {
	p := &problem{n: len(x), d: len(x[0]) + 1, c: c}
	p.limit = gradientLimit * min(1, c*float64(p.n))
	p.x, p.z, p.sign = mat.NewDense(p.n, p.d, nil), mat.NewVecDense(p.n, nil), make([]float64, p.n)
	for i, row := range x {
		copy(p.x.RawRowView(i), row)
		p.x.Set(i, p.d-1, 1)
		p.sign[i] = -1
		if y[i] {
			p.sign[i] = 1
		}
	}
	return p
}

// margins returns s_i·(w'x_i + b) for each row.
func (p *problem) margins(w []float64) []float64 {
	p.z.MulVec(p.x, mat.NewVecDense(p.d, w))
	m := make([]float64, p.n)
	for i := range m {
		m[i] = p.sign[i] * p.z.AtVec(i)
	}
	return m
}

// value is the objective.
func (p *problem) value(w []float64) float64 {
	sum := 0.0
	for _, v := range w[:p.d-1] {
		sum += v * v / 2
	}
	for _, m := range p.margins(w) {
		sum += p.c * (max(-m, 0) + math.Log1p(math.Exp(-math.Abs(m))))
	}
	return sum
}

// gradient sets g.
func (p *problem) gradient(g, w []float64) {
	q := mat.NewVecDense(p.n, nil)
	for i, m := range p.margins(w) {
		q.SetVec(i, -p.c*p.sign[i]/(1+math.Exp(m)))
	}
	v := mat.NewVecDense(p.d, g)
	v.MulVec(p.x.T(), q)
	for k := range p.d - 1 {
		g[k] += w[k]
	}
}

// hessian sets h.
func (p *problem) hessian(h *mat.SymDense, w []float64) {
	scaled := mat.DenseCopyOf(p.x)
	for i, m := range p.margins(w) {
		e := math.Exp(-math.Abs(m))
		f := math.Sqrt(p.c*e) / (1 + e) // the square root of C·σ(m)·σ(-m)
		row := scaled.RawRowView(i)
		for k := range row {
			row[k] *= f
		}
	}
	h.SymOuterK(1, scaled.T())
	for k := range p.d - 1 {
		h.SetSym(k, k, h.At(k, k)+1)
	}
}

// polish takes full Newton steps as long as they make the gradient smaller, and returns the last
// point with the largest absolute value of its gradient.
func (p *problem) polish(w []float64) ([]float64, float64) {
	g := make([]float64, p.d)
	p.gradient(g, w)
	for range maxSteps {
		h := mat.NewSymDense(p.d, nil)
		p.hessian(h, w)
		var chol mat.Cholesky
		var step mat.VecDense
		if largest(g) <= p.limit || !chol.Factorize(h) {
			break
		}
		if err := chol.SolveVecTo(&step, mat.NewVecDense(p.d, g)); err != nil && !errors.As(err, new(mat.Condition)) {
			break
		}
		next, ng := make([]float64, p.d), make([]float64, p.d)
		for k := range next {
			next[k] = w[k] - step.AtVec(k)
		}
		p.gradient(ng, next)
		if !(largest(ng) < largest(g)) {
			break
		}
		w, g = next, ng
	}
	return w, largest(g)
}

// terms is the largest sum of the absolute values that a component of the gradient adds up.
func (p *problem) terms(w []float64) float64 {
	sums := make([]float64, p.d)
	for i, m := range p.margins(w) {
		f := p.c / (1 + math.Exp(m))
		for k, v := range p.x.RawRowView(i) {
			sums[k] += f * math.Abs(v)
		}
	}
	return largest(sums)
}

// largest is the largest absolute value.
func largest(v []float64) float64 {
	most := 0.0
	for _, x := range v {
		if most = max(most, math.Abs(x)); math.IsNaN(x) {
			return x
		}
	}
	return most
}
