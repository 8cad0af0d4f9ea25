package linear

import (
	"context"
	"math"

	"gonum.org/v1/gonum/mat"

	"repbench/features/matrix"
	"repbench/internal/tasks"
)

// certify sets what bounds the error of the problems, evaluated in float64 after a
// step: the duality gap or, for one whose step may have been the last, a better one.
//
// Where the rows that count do not change from w to the minimum, the error is
// ½·g·H⁻¹·g, and the preconditioner P gives it from the gradient: it is at most
// ½·g·P⁻¹·g/θ, with θ the least eigenvalue of P⁻¹·H that the conjugate gradients
// have found in any step at this cost: an estimate, so that the gap alone is a proof.
// That holds whatever became of the step: conjugate gradients that ended too early,
// products that were only nearly right and rows that became active in it all leave
// their gradient behind. Rows that the step made inactive are still in P; their part
// of the gradient, g_L = Σ 2C·h_i·y_i·x_i with h_i < 0, counts as in the duality gap,
// with ½‖g_L‖².
func (s *newton) certify(ctx context.Context, bs []*binary, tolerance float64) error {
	var systems []*system
	for _, b := range bs {
		b.bound = b.gap
		if b.state == last && b.gap > tolerance*b.objective {
			v := dense(2, len(b.w))
			systems = append(systems, &system{b: b, r: b.g, s: v[0], q: v[1]})
		}
	}
	if len(systems) == 0 {
		return nil
	}
	if err := s.applyPreconditioner(ctx, systems); err != nil {
		return err
	}
	tasks.Do(s.o.Threads, len(systems), func(_, k int) {
		b := systems[k].b
		rest := max(0, dot(b.g, systems[k].s)/2) / b.least
		left := s.leftBehind(b) / 2
		b.bound = min(b.gap, rest+2*math.Sqrt(rest*left)+left)
	})
	return nil
}

// remember notes which rows are active for the problems that may be about to take
// their last step.
func (s *newton) remember(bs []*binary) {
	tasks.Do(s.o.Threads, len(bs), func(_, k int) {
		b := bs[k]
		b.was = b.was[:0]
		for i := range s.y {
			if b.state == last && b.active(s.y, i) {
				b.was = append(b.was, int32(i))
			}
		}
	})
}

// leftBehind returns ‖g_L‖² of the rows that were active before the last step.
func (s *newton) leftBehind(b *binary) float64 {
	var sum []float64
	r := matrix.Reader{M: s.x}
	for _, i := range b.was {
		y := sign(s.y[i] == b.class)
		h := 1 - y*b.z[i]
		if h >= 0 {
			continue
		}
		if sum == nil {
			sum = make([]float64, len(b.w))
		}
		a := 2 * s.c * h * y
		for j, v := range r.Read(int(i), int(i)+1)[0] {
			sum[j] += a * float64(v)
		}
		sum[s.x.D] += a
	}
	return dot(sum, sum)
}

// leastEigenvalue returns that of the tridiagonal matrix which conjugate gradients
// with steps alpha and beta make of P⁻¹·H.
func leastEigenvalue(alpha, beta []float64) float64 {
	n := len(alpha)
	if n == 0 {
		return 1
	}
	t := mat.NewSymDense(n, nil)
	for i, a := range alpha {
		d := 1 / a
		if i > 0 {
			d += beta[i] / alpha[i-1]
			t.SetSym(i-1, i, math.Sqrt(math.Max(0, beta[i]))/alpha[i-1])
		}
		t.SetSym(i, i, d)
	}
	var e mat.EigenSym
	if !e.Factorize(t, false) {
		return 1
	}
	return e.Values(nil)[0]
}
