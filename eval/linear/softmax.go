package linear

import (
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"gonum.org/v1/gonum/optimize"

	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// softmaxSteps bounds the steps of L-BFGS for one C where no bound is given; a
// step costs one pass, a Newton step of the SVM several.
const softmaxSteps = 2000

// FitSoftmax fits an L2-regularised softmax regression at each C of the options
// and returns one Fit per C in their order. It minimises
//
//	½·Σ_k (‖w_k‖² + b_k²) + C·Σ_i (log Σ_k exp(s_ik) - s_iy),  s_ik = w_k·x_i + b_k,
//
// by L-BFGS (Nocedal and Wright, Numerical Optimization, 2nd ed., algorithm 7.5)
// in float64, each C from the solution before. A fit has converged when half the
// squared norm of the gradient, which bounds the error of a 1-strongly convex
// function, is below Tolerance times the objective; DualityGap holds that bound.
// ObjectivePerClass is empty: the classes share one objective. Requirements on x
// and y are the same as for FitSVM.
func FitSoftmax(ctx context.Context, x matrix.View, y []int32, classes int, o Options) ([]Fit, error) {
	steps := o.MaxIterations
	o = o.WithDefaults()
	if steps == 0 {
		steps = softmaxSteps
	}
	if err := o.Validate(); err != nil {
		return nil, err
	}
	if err := checkTraining(x, y, classes); err != nil {
		return nil, err
	}
	task := o.Progress.Start("softmax regression", 0, "passes")
	defer task.Done()
	s := &softmax{ctx: ctx, y: y, classes: classes, sweep: passes.NewNative(x, o.Threads), task: task, tolerance: o.Tolerance}
	p, free, err := passes.Open(ctx, s.sweep, classes, o.Opened, o.Device, task.Note)
	if err != nil {
		return nil, err
	}
	defer free()
	w := make([]float64, classes*(x.D+1))
	fits := make([]Fit, len(o.C))
	for i, c := range o.C {
		s.products = p
		if fits[i], w, err = s.fit(c, w, steps); err != nil {
			return nil, err
		}
		fits[i].Products = p.By()
	}
	return fits, nil
}

// softmax is the objective over one matrix.
type softmax struct {
	ctx       context.Context
	y         []int32
	classes   int
	sweep     *passes.Native
	products  passes.Passes // of sweep, or of a device
	task      progress.Task
	tolerance float64
	c         float64

	at     []float64 // the weights of the last pass, K rows of D+1
	value  float64
	g      []float64
	passes int
	err    error
}

// fit minimises from w and returns the new weights.
func (s *softmax) fit(c float64, w []float64, steps int) (Fit, []float64, error) {
	start := time.Now()
	s.c, s.at, s.passes = c, nil, 0
	problem := optimize.Problem{
		Func: func(w []float64) float64 { s.pass(w); return s.value },
		Grad: func(g, w []float64) { s.pass(w); copy(g, s.g) },
		Status: func() (optimize.Status, error) {
			if s.err != nil {
				return optimize.Failure, s.err
			}
			return optimize.NotTerminated, nil
		},
	}
	settings := &optimize.Settings{MajorIterations: steps, Converger: s}
	result, err := optimize.Minimize(problem, w, settings, &optimize.LBFGS{})
	if s.err != nil {
		return Fit{}, nil, s.err
	}
	if result == nil {
		return Fit{}, nil, fmt.Errorf("softmax regression at C = %g: %w", c, err)
	}
	if s.products != passes.Passes(s.sweep) { // what is reported is of the CPU
		s.products, s.at = s.sweep, nil
	}
	s.pass(result.X)
	if s.err != nil {
		return Fit{}, nil, s.err
	}
	f := Fit{C: c, Model: NewModel(s.classes, s.sweep.X.D), Objective: s.value, DualityGap: s.gap(), Iterations: result.MajorIterations, Passes: s.passes}
	for k := range s.classes {
		row := result.X[k*(s.sweep.X.D+1) : (k+1)*(s.sweep.X.D+1)]
		copy(f.Model.weights(k), row)
		f.Model.B[k] = row[s.sweep.X.D]
	}
	if f.Converged = f.DualityGap <= s.tolerance; !f.Converged {
		f.Warnings = append(f.Warnings, fmt.Errorf("softmax regression did not converge at C = %g: error below %.1e of the objective after %d steps (%v)", c, f.DualityGap, f.Iterations, result.Status))
	}
	f.Seconds = time.Since(start).Seconds()
	return f, result.X, nil
}

// Init implements optimize.Converger.
func (s *softmax) Init(int) {}

// Converged implements optimize.Converger by the bound on the error.
func (s *softmax) Converged(l *optimize.Location) optimize.Status {
	if l.Gradient == nil {
		return optimize.NotTerminated
	}
	var norm float64
	for _, v := range l.Gradient {
		norm += v * v
	}
	if norm/2 <= s.tolerance*l.F {
		return optimize.GradientThreshold
	}
	return optimize.NotTerminated
}

// gap bounds the error of the last pass, relative to the objective.
func (s *softmax) gap() float64 {
	var norm float64
	for _, v := range s.g {
		norm += v * v
	}
	return norm / 2 / s.value
}

// pass sets value and gradient at w, unless the last pass was at w.
func (s *softmax) pass(w []float64) {
	if s.err != nil || s.at != nil && slices.Equal(s.at, w) {
		return
	}
	s.at = append(s.at[:0], w...)
	s.g = vec.Zeroed(s.g, len(w))
	rows, g := make([][]float64, s.classes), make([][]float64, s.classes)
	d := s.sweep.X.D + 1
	for k := range rows {
		rows[k], g[k] = s.at[k*d:(k+1)*d], s.g[k*d:(k+1)*d]
	}
	loss := make([]float64, s.products.Parts())
	s.err = s.products.Pass64(s.ctx, rows, g, func(part, lo, n int, z, f []float64, stride int) {
		for i := range n {
			loss[part] += s.row(z[i*stride:][:s.classes], f[i*stride:], s.y[lo+i])
		}
	})
	s.value = 0
	for _, l := range loss {
		s.value += s.c * l
	}
	for j, v := range s.at {
		s.value += v * v / 2
		s.g[j] += v
	}
	if s.err == nil && (math.IsNaN(s.value) || math.IsInf(s.value, 0)) {
		if s.err = s.sweep.X.NotFinite(); s.err == nil {
			s.err = fmt.Errorf("the scores overflow; scale the features: %w", matrix.ErrNotFinite)
		}
	}
	s.passes++
	s.task.Add(1)
	s.task.Note(fmt.Sprintf("C %g, error below %.1e of the objective", s.c, s.gap()))
}

// row returns the loss of a row of class y with the scores z, and sets f to C
// times its derivatives.
func (s *softmax) row(z, f []float64, y int32) float64 {
	top := z[0]
	for _, v := range z {
		top = max(top, v)
	}
	sum := 0.0
	for k, v := range z {
		f[k] = math.Exp(v - top)
		sum += f[k]
	}
	for k := range z {
		f[k] *= s.c / sum
	}
	f[y] -= s.c
	return top + math.Log(sum) - z[y]
}
