package pca

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"gonum.org/v1/gonum/mat"

	"repbench/backends"
	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/store"
	"repbench/internal/progress"
)

// PixelCentre is taken from every pixel before products are summed.
const PixelCentre = 128

// covarianceRows is the number of images whose products are summed in float32.
// A product of two pixels, each -128 … 127, is at most 2¹⁴, so a sum of 1,024 is a
// whole number of at most 2²⁴ and exact, in whatever order it is formed: the
// covariance does not depend on backend, threads or instruction set.
const covarianceRows = 1024

// principal are the directions of largest variance, largest first. mean is that
// of the pixels less pixelCentre; variance has n-1 in its denominator and the
// unit of x/127.5 - 1; directions are D×pixels, of length 1, their largest
// component (the first of equals) positive.
type principal struct {
	Mean, Variance, Directions []float64
}

// rank counts the directions that have variance.
func (l *principal) rank() int {
	n := 0
	for _, v := range l.Variance {
		if v > noVariance*l.Variance[0] {
			n++
		}
	}
	return n
}

// learnKept learns the directions of the images of a set, or finds them in the folder.
func learnKept(ctx context.Context, im datasets.Images, dims int, b *backends.Backend, hash string, p progress.Reporter, kept encoder.Kept) (*principal, error) {
	d := im.Stride()
	name := encoder.KeptName(pcaName, fmt.Sprintf("%s, version %d, of %s, %d", pcaName, store.Version, hash, dims), "")
	flat, err := kept.Learn(name, d+dims+dims*d, func() ([]float64, error) {
		l, err := LearnPrincipal(ctx, im, dims, b, p)
		if err != nil {
			return nil, err
		}
		return slices.Concat(l.Mean, l.Variance, l.Directions), nil
	})
	if err != nil {
		return nil, err
	}
	return &principal{flat[:d], flat[d : d+dims], flat[d+dims:]}, nil
}

// LearnPrincipal takes the dims first principal directions of the images.
func LearnPrincipal(ctx context.Context, im datasets.Images, dims int, b *backends.Backend, p progress.Reporter) (*principal, error) {
	mean, cov, err := Covariance(ctx, im, b, p)
	if err != nil {
		return nil, err
	}
	task := progress.Or(p).Start("principal directions", int64(dims), "directions")
	defer task.Done()
	type result struct {
		values, vectors []float64
		err             error
	}
	// The solver cannot be stopped; when the work is interrupted it is left
	// to end by itself.
	done := make(chan result, 1)
	go func() {
		values, vectors, err := topEigen(cov, dims)
		done <- result{values, vectors, err}
	}()
	select {
	case <-ctx.Done():
		return nil, fmt.Errorf("interrupted while computing principal directions: %w", context.Cause(ctx))
	case r := <-done:
		if r.err != nil {
			return nil, r.err
		}
		task.Add(int64(dims))
		fixSigns(r.vectors, dims)
		for i := range r.values {
			r.values[i] = max(r.values[i], 0) / (127.5 * 127.5)
		}
		return &principal{mean, r.values, r.vectors}, nil
	}
}

// fixSigns makes the largest component of each of the rows positive.
func fixSigns(vectors []float64, rows int) {
	d := len(vectors) / rows
	for k := range rows {
		v := vectors[k*d : (k+1)*d]
		top := 0
		for i, x := range v {
			if max(x, -x) > max(v[top], -v[top]) {
				top = i
			}
		}
		if v[top] < 0 {
			for i := range v {
				v[i] = -v[i]
			}
		}
	}
}

// Covariance returns the mean of the pixels less pixelCentre and their covariance,
// with n-1 in its denominator, from sums that are exact.
func Covariance(ctx context.Context, im datasets.Images, b *backends.Backend, p progress.Reporter) ([]float64, *mat.SymDense, error) {
	d := im.Stride()
	exec, err := NewExec(b.Compute, func(images *Node) (sum, products *Node) {
		x := AddScalar(ConvertDType(images, dtypes.Float32), -PixelCentre)
		return ReduceSum(x, 0), DotGeneral(x, []int{0}, nil, x, []int{0}, nil)
	})
	if err != nil {
		return nil, nil, err
	}
	defer exec.Finalize()
	task := progress.Or(p).Start("covariance of pixels", int64(im.N), "images")
	defer task.Done()
	mean, cov := make([]float64, d), mat.NewSymDense(d, nil)
	upper := cov.RawSymmetric().Data
	for lo := 0; lo < im.N; lo += covarianceRows {
		if ctx.Err() != nil {
			return nil, nil, fmt.Errorf("interrupted at image %d of the covariance: %w", lo, context.Cause(ctx))
		}
		part := im.Slice(lo, min(lo+covarianceRows, im.N))
		sum, products, err := exec.Call2(centredRows(part))
		if err != nil {
			return nil, nil, err
		}
		err = errors.Join(addTo(mean, sum, d, 1), addTo(upper, products, d, d), sum.FinalizeAll(), products.FinalizeAll())
		if err != nil {
			return nil, nil, err
		}
		task.Add(int64(part.N))
	}
	n := float64(im.N)
	for i := range mean {
		mean[i] /= n
	}
	for i := range d {
		for j := i; j < d; j++ {
			upper[i*d+j] = (upper[i*d+j] - n*mean[i]*mean[j]) / max(1, n-1)
		}
	}
	return mean, cov, nil
}

// centredRows is [covarianceRows, pixels]; rows without an image hold the centre
// and add nothing.
func centredRows(im datasets.Images) *tensors.Tensor {
	d := im.Stride()
	data := make([]uint8, covarianceRows*d)
	for i := copy(data, im.Data); i < len(data); i++ {
		data[i] = PixelCentre
	}
	return tensors.FromFlatDataAndDimensions(data, covarianceRows, d)
}

// addTo adds the part of t [rows, d] on and above the diagonal.
func addTo(sums []float64, t *tensors.Tensor, d, rows int) error {
	return tensors.ConstFlatData(t, func(flat []float32) {
		for i := range rows {
			to := sums[i*d+i : (i+1)*d]
			for j, v := range flat[i*d+i : (i+1)*d] {
				to[j] += float64(v)
			}
		}
	})
}
