package passes

import (
	"context"

	"repbench/eval/linear/internal/vec"
	"repbench/features/matrix"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// maxParts bounds the number of parts into which a pass divides the rows. Parts
// are the unit of work of a thread and of the ordered sum, so that the result
// does not depend on the number of threads: with 64 of them, sixteen threads
// still share the work evenly, and adding the parts up stays cheap.
// A part has at least minPartRows rows.
const (
	maxParts    = 64
	minPartRows = 128
)

// Native makes passes over one matrix, with its threads and their buffers.
// Vectors that it multiplies the matrix by have D+1 elements; the last one
// belongs to the constant feature 1.
type Native struct {
	X        matrix.View // the matrix
	partRows int
	workers  []worker
}

// worker holds the buffers of one thread.
type worker struct {
	matrix.Reader
	z   []float64
	s32 []float32
	s64 []float64
	g   []float64
	sum []float64

	bytes byteBuffers
}

// NewNative returns what makes passes over x with that many goroutines.
func NewNative(x matrix.View, threads int) *Native {
	blocks := (x.N + matrix.BlockRows - 1) / matrix.BlockRows
	s := &Native{X: x, partRows: max(minPartRows, (blocks+maxParts-1)/maxParts*matrix.BlockRows)}
	s.workers = make([]worker, max(1, threads))
	for i := range s.workers {
		s.workers[i].M = x
	}
	return s
}

// Threads returns the number of goroutines of a pass.
func (sw *Native) Threads() int { return len(sw.workers) }

// Parts returns the number of parts.
func (sw *Native) Parts() int {
	return (sw.X.N + sw.partRows - 1) / sw.partRows
}

// eachBlock calls do for each block of rows of a part.
func (sw *Native) eachBlock(part int, do func(lo, hi int)) {
	end := min((part+1)*sw.partRows, sw.X.N)
	for lo := part * sw.partRows; lo < end; lo += matrix.BlockRows {
		do(lo, min(lo+matrix.BlockRows, end))
	}
}

// withoutBias returns the vectors without their last elements, and the last elements.
func withoutBias(w [][]float64) (vectors [][]float64, bias []float64) {
	for _, v := range w {
		d := len(v) - 1
		vectors, bias = append(vectors, v[:d]), append(bias, v[d])
	}
	return vectors, bias
}

// Scores calls visit with the products z[i*stride+k] = x_i·w_k + b_k of each
// block of rows, lo the first of them. Calls for several blocks run at once.
func Scores[T simd.Float](ctx context.Context, sw *Native, w [][]float64, visit func(lo, rows int, z []float64, stride int)) error {
	vectors, bias := withoutBias(w)
	var p simd.Panel[T]
	p.Pack(vectors)
	tasks.Do(len(sw.workers), sw.Parts(), func(worker, part int) {
		if ctx.Err() != nil {
			return
		}
		wk := &sw.workers[worker]
		sw.eachBlock(part, func(lo, hi int) {
			z := wk.score(hi-lo, p.Stride())
			p.Dot(z, wk.Read(lo, hi))
			addBias(z, p.Stride(), bias)
			visit(lo, hi-lo, z, p.Stride())
		})
	})
	return ctx.Err()
}

func addBias(z []float64, stride int, bias []float64) {
	for i := 0; i < len(z); i += stride {
		for k, b := range bias {
			z[i+k] += b
		}
	}
}

// fused multiplies the matrix by the vectors w, if any, lets weigh turn the
// products z of each block of rows into weights s, and adds Σ_i s_ik·(x_i, 1) to
// out[k], in one pass over the data and with arithmetic in T.
func fused[T simd.Float](ctx context.Context, sw *Native, w, out [][]float64, weigh Weighing[T]) error {
	vectors, bias := withoutBias(w)
	var p simd.Panel[T]
	p.Pack(vectors)
	stride := simd.Padded(len(out))
	return sw.sum(ctx, stride, out, func(wk *worker, part int) {
		sw.eachBlock(part, func(lo, hi int) {
			rows := wk.Read(lo, hi)
			var z []float64
			if len(w) > 0 {
				z = wk.score(hi-lo, stride)
				p.Dot(z, rows)
				addBias(z, stride, bias)
			}
			s := factors[T](wk, len(rows)*stride)
			weigh(part, lo, hi-lo, z, s, stride)
			add(wk, s, stride, rows)
		})
	})
}

// Combine adds Σ_i s[k][i]·(x_i, 1) to out[k], with arithmetic in T.
func Combine[T simd.Float](ctx context.Context, sw *Native, s, out [][]float64) error {
	stride := simd.Padded(len(s))
	return sw.sum(ctx, stride, out, func(wk *worker, part int) {
		sw.eachBlock(part, func(lo, hi int) {
			f := factors[T](wk, (hi-lo)*stride)
			for k, v := range s {
				for i, a := range v[lo:hi] {
					f[i*stride+k] = T(a)
				}
			}
			add(wk, f, stride, wk.Read(lo, hi))
		})
	})
}

// ProductsOf returns u[k][i] = x_i·w_k + b_k of all rows, with arithmetic in T.
func ProductsOf[T simd.Float](ctx context.Context, sw *Native, w [][]float64) ([][]float64, error) {
	u := vec.Dense(len(w), sw.X.N)
	return u, Scores[T](ctx, sw, w, func(lo, rows int, z []float64, stride int) {
		for k := range u {
			for i := range rows {
				u[k][lo+i] = z[i*stride+k]
			}
		}
	})
}

// sum runs do for each part, which leaves its sums in the g and sum of its
// worker, and adds them to out in the order of the parts.
func (sw *Native) sum(ctx context.Context, stride int, out [][]float64, do func(wk *worker, part int)) error {
	d := sw.X.D
	turn := tasks.NewOrdered()
	tasks.Do(len(sw.workers), sw.Parts(), func(worker, part int) {
		wk := &sw.workers[worker]
		if ctx.Err() == nil {
			wk.g, wk.sum = vec.Zeroed(wk.g, stride*d), vec.Zeroed(wk.sum, stride)
			do(wk, part)
		}
		turn.Pass(part, func() {
			if ctx.Err() != nil {
				return
			}
			for k, v := range out {
				for j, a := range wk.g[k*d : (k+1)*d] {
					v[j] += a
				}
				v[d] += wk.sum[k]
			}
		})
	})
	return ctx.Err()
}

// add adds a block of rows times its factors to the sums of the worker.
func add[T simd.Float](wk *worker, s []T, stride int, rows [][]float32) {
	simd.Accumulate(wk.g, wk.M.D, s, rows)
	for i, v := range s {
		wk.sum[i%stride] += float64(v)
	}
}

// score returns a buffer for the products of a block.
func (wk *worker) score(rows, stride int) []float64 {
	if cap(wk.z) < rows*stride {
		wk.z = make([]float64, matrix.BlockRows*stride)
	}
	return wk.z[:rows*stride]
}

// factors returns a zeroed buffer of n elements of T.
func factors[T simd.Float](wk *worker, n int) []T {
	if b, ok := any(&wk.s32).(*[]T); ok {
		*b = vec.Zeroed(*b, n)
		return *b
	}
	b := any(&wk.s64).(*[]T)
	*b = vec.Zeroed(*b, n)
	return *b
}
