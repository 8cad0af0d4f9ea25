package kmeans

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"

	"gonum.org/v1/gonum/mat"

	"repbench/internal/progress"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// FieldContrast is the share of the mean variance of a field's patches that is
// added to the variance of each before it is divided by the root.
const FieldContrast = 0.1

// flat is the least offset: a variance below it is rounding.
const flat = 1e-12

// Windows are random places of the maps of a layer: N blocks of Side×Side
// positions with all Channels, in row, column, channel order, as bits of float16,
// since there are tens of thousands of them.
type Windows struct {
	// Side is the side of a window, Channels the number of its maps, N the number of windows.
	Side, Channels, N int
	// Data are the windows, N×Side×Side×Channels in float16.
	Data []uint16
}

// at returns window i.
func (w *Windows) at(i int) []uint16 {
	d := w.Side * w.Side * w.Channels
	return w.Data[i*d : (i+1)*d]
}

// first returns the values of the first position of window i.
func (w *Windows) first(i int) []uint16 { return w.at(i)[:w.Channels] }

// LayerOptions say how a layer over maps is learned. Fields and K are required.
type LayerOptions struct {
	// Fields is the number of receptive fields.
	Fields int
	// K is the number of centroids of each.
	K int
	// Inputs is the number of maps that a field reads; 0: 200. Where there are
	// fewer maps it reads all.
	Inputs int
	// Directions is the number of directions of largest variance of its patches
	// that a field keeps; 0: 200. Where patches have fewer values it keeps all.
	Directions int
	// Iterations of k-means; 0: 50.
	Iterations int
	// Seed draws fields and first centroids.
	Seed uint64
	// Threads is the number of goroutines; 0: GOMAXPROCS. It does not change the
	// result.
	Threads int
	// Progress receives each finished field; nil: no progress is shown.
	Progress progress.Reporter
}

// WithDefaults returns o with its zero values filled in.
func (o LayerOptions) WithDefaults() LayerOptions {
	for _, f := range []struct {
		v       *int
		without int
	}{{&o.Inputs, 200}, {&o.Directions, 200}, {&o.Iterations, 50}, {&o.Threads, runtime.GOMAXPROCS(0)}} {
		if *f.v == 0 {
			*f.v = f.without
		}
	}
	o.Progress = progress.Or(o.Progress)
	return o
}

func (o LayerOptions) validate(w *Windows) error {
	switch {
	case o.Fields < 1 || o.K < 1 || o.Inputs < 1 || o.Directions < 1 || o.Iterations < 1 || o.Threads < 1:
		return fmt.Errorf("kmeans: %d fields of %d centroids, %d inputs, %d directions, %d iterations, %d threads: all must be positive",
			o.Fields, o.K, o.Inputs, o.Directions, o.Iterations, o.Threads)
	case o.Fields > w.Channels:
		return fmt.Errorf("kmeans: %d receptive fields over %d maps: there are no more fields than maps", o.Fields, w.Channels)
	case o.K > w.N:
		return fmt.Errorf("kmeans: K = %d of %d patches: take more patches, or fewer centroids", o.K, w.N)
	}
	return nil
}

// Field is a receptive field and its dictionary. A patch of D = Side·Side·T
// values of its T maps, in row, column, map order, is taken to
// p = (patch - mean)/√(variance + Offset), and that to Q = Directions values.
type Field struct {
	// Channels are the T maps, in increasing order.
	Channels []int
	// Offset is added to the variance of a patch.
	Offset float64
	// Mean and Whitening map p to W·(p - Mean); Whitening is Q×D: the directions
	// of largest variance, the largest last, divided by √(variance + WhiteningOffset).
	Mean, Whitening []float64
	// Centroids are K×Q.
	Centroids []float64
}

// D is the number of values of a patch, Q of what is kept of it.
func (f *Field) D() int { return len(f.Mean) }

// Q is the number of directions.
func (f *Field) Q() int { return len(f.Whitening) / f.D() }

// K is the number of centroids.
func (f *Field) K() int { return len(f.Centroids) / f.Q() }

// LearnLayer learns the fields of a layer: maps drawn at random are their seeds,
// each takes the maps most similar to its seed, and a dictionary of its patches
// is learned. Beside the windows it needs 5·N·D bytes per goroutine, of which at
// most eight run.
func LearnLayer(ctx context.Context, w *Windows, o LayerOptions) ([]Field, error) {
	o = o.WithDefaults()
	if err := o.validate(w); err != nil {
		return nil, err
	}
	task := o.Progress.Start("receptive fields", int64(o.Fields), "fields")
	defer task.Done()
	rng := rand.New(rand.NewPCG(o.Seed, 0xf1e1d))
	seeds := rng.Perm(w.Channels)[:o.Fields]
	channels := receptiveFields(similarities(w, seeds, o.Threads), seeds, min(o.Inputs, w.Channels))
	fields, errs := make([]Field, o.Fields), make([]error, o.Fields)
	workers := min(o.Threads, o.Fields, 8)
	tasks.Do(workers, o.Fields, func(_, i int) {
		own := o
		own.Seed, own.Threads = o.Seed+uint64(i)<<32, max(1, o.Threads/workers)
		fields[i], errs[i] = learnField(ctx, w, channels[i], own)
		task.Add(1)
	})
	for _, err := range errs { // one says it for all
		if err != nil {
			return nil, err
		}
	}
	return fields, nil
}

// learnField learns the dictionary of a field.
func learnField(ctx context.Context, w *Windows, channels []int, o LayerOptions) (Field, error) {
	f := Field{Channels: channels}
	if ctx.Err() != nil {
		return f, fmt.Errorf("interrupted while learning receptive fields: %w", context.Cause(ctx))
	}
	var x []float32
	x, f.Offset = w.patches(channels)
	d := w.Side * w.Side * len(channels)
	var cov *mat.SymDense
	f.Mean, cov = covariance(x, d)
	q := min(o.Directions, d)
	var err error
	if f.Whitening, err = topWhitening(cov, q); err != nil {
		return f, err
	}
	z := make([]float32, w.N*pad(q))
	project(z, pad(q), x, d, f.Mean, f.Whitening, o.Threads)
	f.Centroids, err = cluster(ctx, z, q, Options{K: o.K, Iterations: o.Iterations, Seed: o.Seed, Threads: o.Threads}, func(string) {})
	return f, err
}

// patches returns the windows' values of some channels, [N, Side·Side·len(channels)],
// normalised in contrast, and what was added to their variance.
func (w *Windows) patches(channels []int) (x []float32, offset float64) {
	t := len(channels)
	d := w.Side * w.Side * t
	x = make([]float32, w.N*d)
	all := make([]float32, w.Channels)
	for i := range w.N {
		bits, patch := w.at(i), x[i*d:(i+1)*d]
		for p := range w.Side * w.Side {
			simd.FromF16(all, bits[p*w.Channels:(p+1)*w.Channels])
			for j, c := range channels {
				patch[p*t+j] = all[c]
			}
		}
		_, variance := spread(patch)
		offset += variance
	}
	// Patches that are all flat stay so, whatever is added.
	offset = max(FieldContrast*offset/float64(w.N), flat)
	for i := range w.N {
		normalise(x[i*d:(i+1)*d], offset)
	}
	return x, offset
}

// covariance returns the mean of the rows of x, of d values, and their
// covariance. Products of a block are added in float32, blocks in float64: it is
// moments for rows that are too long for that.
func covariance(x []float32, d int) (mean []float64, cov *mat.SymDense) {
	n := len(x) / d
	mean = make([]float64, d)
	for i, v := range x {
		mean[i%d] += float64(v)
	}
	for j := range mean {
		mean[j] /= float64(n)
	}
	stride := simd.Padded(d)
	g, s := make([]float64, stride*d), make([]float32, block*stride)
	rows := make([][]float32, 0, block)
	for lo := 0; lo < n; lo += block {
		rows = rows[:0]
		for i := range min(block, n-lo) {
			row := s[i*stride : i*stride+d]
			for j, v := range x[(lo+i)*d : (lo+i+1)*d] {
				row[j] = float32(float64(v) - mean[j])
			}
			rows = append(rows, row)
		}
		simd.Accumulate(g, d, s[:len(rows)*stride], rows)
	}
	cov = mat.NewSymDense(d, nil)
	for j := range d {
		for k := range j + 1 {
			cov.SetSym(j, k, (g[j*d+k]+g[k*d+j])/float64(2*max(1, n-1)))
		}
	}
	return mean, cov
}

// topWhitening returns the q directions of largest variance of a covariance, the
// largest last, each divided by √(variance + WhiteningOffset), [q·d].
func topWhitening(cov *mat.SymDense, q int) ([]float64, error) {
	var e mat.EigenSym
	if !e.Factorize(cov, true) {
		return nil, errors.New("kmeans: the eigenvalues of the covariance of a receptive field did not converge")
	}
	d := cov.SymmetricDim()
	values := e.Values(nil)
	var v mat.Dense
	e.VectorsTo(&v)
	w := make([]float64, q*d)
	for i := range q {
		k := d - q + i
		scale := 1 / math.Sqrt(max(values[k], 0)+WhiteningOffset)
		for j := range d {
			w[i*d+j] = v.At(j, k) * scale
		}
	}
	return w, nil
}
