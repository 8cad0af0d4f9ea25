package precondition

import (
	"context"
	"math"
	"math/rand/v2"

	"repbench/eval/linear/internal/cholesky"
	"repbench/eval/linear/internal/passes"
	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix"
	"repbench/internal/tasks"
)

// Limits of the preconditioner.
const (
	// sketchLeast and sketchMost bound the rows it is built from, where there are
	// as many; 4,096 make a factor of 64 MiB.
	sketchLeast, sketchMost = 512, 4096
	// sketchFloor bounds the condition number of its factor, which is float32:
	// eigenvalues below this part of the trace are raised to it. They then no
	// longer match the eigenvalues of the Hessian, which costs iterations, not accuracy.
	sketchFloor = 1e-7
)

// Sampled preconditions the Newton systems of all classes. The Hessian of class k,
//
//	H_k = I + 2C·Σ_{i active for k} x_i·x_iᵀ   (x_i with its constant feature),
//
// is approximated by one matrix for all classes,
//
//	P = ρI + 2C·(n/m)·Σ_{i in the sample} a_i·x_i·x_iᵀ,
//
// where the sample holds m of the n rows, a_i is the share of the classes for
// which row i is active, and ρ ≥ 1. It is applied through a Cholesky factor of
// order min(m, D+1), by the Woodbury identity when m is smaller. For
// preconditioners in this setting see Hsia, Chiang, Lin, "Preconditioned
// conjugate gradient methods in truncated Newton frameworks for large-scale
// linear classification", ACML 2018. Sharing one matrix between the classes is
// ours: it costs hardly more iterations than one each, and a tenth of the work
// with ten classes.
type Sampled struct {
	index []int32 // rows of the sample
	rows  *passes.Native
	n     int
	wide  *cholesky.Square // X·Xᵀ of the sample when m ≤ D, else nil
	// meanNorm is the mean squared norm of the rows, the constant included.
	meanNorm float64

	// Of the last call of update:
	scale, ridge float64 // 2C·n/m and ρ
	root         []float64
	keep         []int // sample rows with a_i > 0
	factor       *cholesky.Factor
}

// NewSampled draws the sample: one row at random from each of m equal ranges, so
// that a matrix sorted by class gives each class its share.
func NewSampled(x matrix.View, classes, threads int, seed uint64) *Sampled {
	m := sampleSize(x.N, x.D, classes)
	rng := rand.New(rand.NewPCG(seed, 0x5eed))
	s := &Sampled{n: x.N, index: make([]int32, m)}
	for j := range s.index {
		lo, hi := j*x.N/m, (j+1)*x.N/m
		s.index[j] = int32(lo + rng.IntN(hi-lo))
	}
	sample := x.Subset(s.index)
	s.rows = passes.NewNative(sample, threads)
	s.measure(sample)
	if m <= x.D {
		s.wide = cholesky.NewSquare(m)
		s.wide.Gram(sample, 1, threads)
	}
	return s
}

// sampleSize balances the cost of a factor, m³/3, with the cost of a pass, 4ndk.
func sampleSize(n, d, classes int) int {
	m := int(math.Cbrt(12 * float64(n) * float64(d) * float64(classes)))
	return max(1, min(n, max(m, sketchLeast), sketchMost))
}

// measure sets the mean squared norm of the rows, the constant feature included.
func (s *Sampled) measure(sample matrix.View) {
	r := matrix.Reader{M: sample}
	var sum float64
	for i := range sample.N {
		for _, v := range r.Read(i, i+1)[0] {
			sum += float64(v) * float64(v)
		}
	}
	s.meanNorm = 1 + sum/float64(max(1, sample.N))
}

// Update builds the factor.
func (s *Sampled) Update(ctx context.Context, c float64, active []Active) error {
	threads := s.rows.Threads()
	m := len(s.index)
	s.scale = 2 * c * float64(s.n) / float64(m)
	s.root, s.keep = make([]float64, m), s.keep[:0]
	var share float64
	for j, row := range s.index {
		if a := shareOf(active, int(row)); a > 0 {
			s.root[j] = math.Sqrt(a)
			s.keep = append(s.keep, j)
			share += a
		}
	}
	s.ridge = max(1, sketchFloor*s.scale*share*s.meanNorm)
	if len(s.keep) == 0 {
		s.factor = nil // P = I
		return nil
	}
	sum := func() *cholesky.Square { return s.ofRows(threads) }
	if s.wide == nil {
		gram, err := s.ofColumns(ctx, threads)
		if err != nil {
			return err
		}
		sum = gram.Clone
	}
	var err error
	s.factor, s.ridge, err = cholesky.Ridged(s.ridge, s.scale, threads, sum)
	return err
}

// ofColumns returns Σ a_i·x_i·x_iᵀ of the sample.
func (s *Sampled) ofColumns(ctx context.Context, threads int) (*cholesky.Square, error) {
	rows, weights := make([]int32, len(s.keep)), make([]float64, len(s.keep))
	for i, j := range s.keep {
		rows[i], weights[i] = int32(j), s.root[j]*s.root[j]
	}
	return gramOf(ctx, s.rows.X.Subset(rows), weights, threads)
}

// ofRows returns the products of the weighted rows of the sample with each other.
func (s *Sampled) ofRows(threads int) *cholesky.Square {
	a := cholesky.NewSquare(len(s.keep))
	tasks.Do(threads, len(s.keep), func(_, i int) {
		from := s.wide.Row(s.keep[i], 0, s.wide.N)
		to, w := a.Row(i, 0, i+1), s.root[s.keep[i]]
		for j := range to {
			to[j] = float32(float64(from[s.keep[j]]) * w * s.root[s.keep[j]])
		}
	})
	return a
}

// Shared implements Preconditioner.
func (s *Sampled) Shared() bool { return true }

// Apply implements Preconditioner.
func (s *Sampled) Apply(ctx context.Context, dst, src [][]float64) error {
	for k, v := range src {
		copy(dst[k], v)
	}
	switch {
	case s.factor == nil:
		return nil
	case s.wide == nil:
		byColumns(s.factor, s.scale, dst, src)
		return nil
	}
	return s.woodbury(ctx, dst, src)
}

// woodbury sets dst to P⁻¹ = (I - Sᵀ·(ρ/scale·I + S·Sᵀ)⁻¹·S)/ρ times src, with S
// the weighted rows of the sample; dst equals src on entry.
func (s *Sampled) woodbury(ctx context.Context, dst, src [][]float64) error {
	err := addByRows(ctx, s.rows, s.scale*float64(len(s.index))*s.meanNorm, dst, src, func(all [][]float64) {
		u := vec.Dense(len(src), len(s.keep))
		for k := range u {
			for i, j := range s.keep {
				u[k][i] = all[k][j] * s.root[j]
			}
		}
		s.factor.Solve(u)
		for k := range u {
			clear(all[k])
			for i, j := range s.keep {
				all[k][j] = -u[k][i] * s.root[j]
			}
		}
	})
	vec.ScaleAll(dst, 1/s.ridge)
	return err
}
