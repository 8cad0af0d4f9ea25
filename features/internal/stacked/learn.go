package stacked

import (
	"context"
	"fmt"
	"math/rand/v2"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/internal/kmeans"
	"repbench/features/internal/patches"
	"repbench/internal/progress"
	"repbench/internal/simd"
)

// keptName is the name of a file of what is learned. What decides it is in its name;
// so is the backend, whose rounding the layers after the first see.
func (e *Network) keptName(dataHash, suffix string) string {
	return encoder.KeptName(stackedName, fmt.Sprintf("%s, of %s, on %s", e.Opt.settings(), dataHash, e.backend.Spec), suffix)
}

// KeptLayer is the name of the file of a layer, counted from 0.
func (e *Network) KeptLayer(dataHash string, layer int) string {
	return e.keptName(dataHash, "-"+deepLayers[layer])
}

// learnFirst learns the dictionary of the first layer.
func (e *Network) learnFirst(ctx context.Context, im datasets.Images, p progress.Reporter, kept encoder.Kept, name string) error {
	o := e.Opt.First
	o.Progress = p
	d := o.Size * o.Size * im.C
	flat, err := kept.Learn(name, d+d*d+o.K*d, func() ([]float64, error) {
		dict, err := kmeans.Learn(ctx, im, o)
		if err != nil {
			return nil, err
		}
		return append(append(append(make([]float64, 0, d+d*d+o.K*d), dict.Mean...), dict.Whitening...), dict.Centroids...), nil
	})
	if err != nil {
		return err
	}
	e.Dict = &kmeans.Dictionary{Size: o.Size, Channels: im.C, Mean: flat[:d], Whitening: flat[d : d+d*d], Centroids: flat[d+d*d:]}
	return nil
}

// layerOptions are the options of the second or third layer, counted from 0.
func (e *Network) layerOptions(layer int, p progress.Reporter) kmeans.LayerOptions {
	return kmeans.LayerOptions{
		Fields: e.Opt.Fields(layer), K: e.Opt.PerFieldOf(layer), Inputs: min(e.Opt.Inputs, e.Opt.Maps[layer-1]), Iterations: e.Opt.Iterations,
		Seed: e.Opt.First.Seed + uint64(layer), Threads: e.Opt.First.Threads, Progress: p,
	}.WithDefaults()
}

// learnFields learns the receptive fields of the second or third layer, counted
// from 0, from windows of the maps before it.
func (e *Network) learnFields(ctx context.Context, im datasets.Images, layer int, p progress.Reporter, kept encoder.Kept, name string) error {
	o := e.layerOptions(layer, p)
	d := fieldSide * fieldSide * o.Inputs
	q := min(o.Directions, d)
	size := o.Inputs + 1 + d + q*d + o.K*q
	flat, err := kept.Learn(name, o.Fields*size, func() ([]float64, error) {
		w, err := e.windows(ctx, im, layer, p)
		if err != nil {
			return nil, err
		}
		fields, err := kmeans.LearnLayer(ctx, w, o)
		if err != nil {
			return nil, err
		}
		flat := make([]float64, 0, o.Fields*size)
		for _, f := range fields {
			for _, c := range f.Channels {
				flat = append(flat, float64(c))
			}
			flat = append(append(append(append(flat, f.Offset), f.Mean...), f.Whitening...), f.Centroids...)
		}
		return flat, nil
	})
	if err != nil {
		return err
	}
	e.Fields[layer-1] = make([]kmeans.Field, o.Fields)
	for i := range e.Fields[layer-1] {
		if e.Fields[layer-1][i], err = ReadField(flat[i*size:(i+1)*size], o.Inputs, d, q, e.Opt.Maps[layer-1]); err != nil {
			return fmt.Errorf("%s: field %d: %w: remove the file", name, i, err)
		}
	}
	return nil
}

// ReadField takes a field of t inputs, patches of d values and q directions apart.
func ReadField(flat []float64, t, d, q, maps int) (kmeans.Field, error) {
	f := kmeans.Field{Channels: make([]int, t), Offset: flat[t], Mean: flat[t+1 : t+1+d], Whitening: flat[t+1+d : t+1+d+q*d], Centroids: flat[t+1+d+q*d:]}
	for i, v := range flat[:t] {
		if !(v >= 0 && v < float64(maps)) {
			return f, fmt.Errorf("map %g of %d", v, maps)
		}
		f.Channels[i] = int(v)
	}
	return f, nil
}

// windows cuts random windows out of the maps that a layer reads: of images drawn
// without repetition, while there are enough, the same number from each.
func (e *Network) windows(ctx context.Context, im datasets.Images, layer int, p progress.Reporter) (*kmeans.Windows, error) {
	rng := rand.New(rand.NewPCG(e.Opt.First.Seed, 0x3a95+uint64(layer)))
	images := rng.Perm(im.N)[:min(im.N, max(1, e.Opt.Windows/windowsPerImage))]
	per := (e.Opt.Windows + len(images) - 1) / len(images)
	exec, err := NewExec(e.backend.Compute, e.inputs(layer))
	if err != nil {
		return nil, err
	}
	defer exec.Finalize()
	k := e.Opt.Maps[layer-1]
	w := &kmeans.Windows{Side: fieldSide, Channels: k, Data: make([]uint16, 0, e.Opt.Windows*fieldSide*fieldSide*k)}
	task := progress.Or(p).Start("maps for "+deepLayers[layer], int64(len(images)), "images")
	defer task.Done()
	batch := datasets.Images{H: im.H, W: im.W, C: im.C}
	for lo := 0; lo < len(images); lo += patches.PatchBatch {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("interrupted while computing maps; the layers before are kept: %w", context.Cause(ctx))
		}
		some := images[lo:min(lo+patches.PatchBatch, len(images))]
		batch.N, batch.Data = len(some), batch.Data[:0]
		for _, i := range some {
			batch.Data = append(batch.Data, im.At(i)...)
		}
		out, err := exec.Call1(encoder.ImageTensor(batch, patches.PatchBatch))
		if err != nil {
			return nil, err
		}
		shape := out.Shape().Dimensions
		err = tensors.ConstFlatData(out, func(maps []float32) {
			for i := range some {
				one := maps[i*shape[1]*shape[2]*k:][:shape[1]*shape[2]*k]
				for range min(per, e.Opt.Windows-w.N) {
					cut(w, one, shape[2], rng.IntN(shape[1]-fieldSide+1), rng.IntN(shape[2]-fieldSide+1))
				}
			}
		})
		if err != nil {
			return nil, err
		}
		if err := out.FinalizeAll(); err != nil {
			return nil, err
		}
		task.Add(int64(len(some)))
	}
	return w, nil
}

// cut appends the window at row, col of maps whose rows have width positions.
func cut(w *kmeans.Windows, maps []float32, width, row, col int) {
	n := w.Side * w.Channels
	for r := range w.Side {
		from := ((row+r)*width + col) * w.Channels
		to := len(w.Data)
		w.Data = w.Data[:to+n]
		simd.ToF16(w.Data[to:], maps[from:from+n])
	}
	w.N++
}
