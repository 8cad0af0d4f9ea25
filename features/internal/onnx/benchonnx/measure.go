package main

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime/pprof"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	"github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/backends"
	"repbench/features/internal/onnx"
	"repbench/internal/sysinfo"
)

// result is what one process measured; the peer prints the same names.
type result struct {
	File            string  `json:"file"`
	Batch           int     `json:"batch"`
	MedianSeconds   float64 `json:"median_s"`
	ImagesPerSecond float64 `json:"images_per_second"`
	PeakRSSMiB      float64 `json:"peak_rss_mib"`
	CompileSeconds  float64 `json:"compile_s"`   // reading, building and compiling
	FirstRunSeconds float64 `json:"first_run_s"` // the run that is not counted
	// CPUSeconds are the least of a run on all threads, with what they wait for each other.
	CPUSeconds float64 `json:"cpu_s"`
}

// measure runs the network of the options on random images.
func measure(o options, batch int) (r result, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("%s: %v", o.file, p)
		}
	}()
	b, err := backends.Open(backends.CPU)
	if err != nil {
		return r, err
	}
	r = result{File: o.file, Batch: batch}
	end, err := profiled(o.compileProfile)
	if err != nil {
		return r, err
	}
	defer end()
	start := time.Now()
	m, err := onnx.Open(o.file)
	if err != nil {
		return r, err
	}
	dims, err := imageDims(m, o, batch)
	if err != nil {
		return r, err
	}
	g := graph.NewGraph(b.Compute, "network")
	defer g.Finalize()
	built, err := m.Build(graph.Parameter(g, "images", shapes.Make(dtypes.Float32, dims...)), onnx.Target{})
	if err != nil {
		return r, fmt.Errorf("%s: %w", o.file, err)
	}
	if err := g.Compile(built.Output); err != nil {
		return r, err
	}
	r.CompileSeconds = time.Since(start).Seconds()
	end()
	args := []any{tensors.FromFlatDataAndDimensions(random(dims), dims...)}
	for _, w := range built.Weights {
		args = append(args, w)
	}
	once := func() float64 {
		start, used := time.Now(), cpuTime()
		out := g.Run(args...)[0]
		err := tensors.ConstFlatData(out, func([]float32) {})
		if e := out.FinalizeAll(); err == nil {
			err = e
		}
		if err != nil {
			panic(err)
		}
		if used = cpuTime() - used; r.CPUSeconds == 0 || used.Seconds() < r.CPUSeconds {
			r.CPUSeconds = used.Seconds()
		}
		return time.Since(start).Seconds()
	}
	r.FirstRunSeconds = once()
	times, err := o.timed(o.repeats(batch), once)
	if err != nil {
		return r, err
	}
	r.MedianSeconds = times[len(times)/2]
	r.ImagesPerSecond = float64(batch) / r.MedianSeconds
	r.PeakRSSMiB = float64(sysinfo.PeakRSS()) / (1 << 20)
	return r, nil
}

// timed repeats a run, under the profiler if there is a file for it; times come sorted.
func (o options) timed(n int, once func() float64) ([]float64, error) {
	end, err := profiled(o.profile)
	if err != nil {
		return nil, err
	}
	defer end()
	times := make([]float64, n)
	for i := range times {
		times[i] = once()
	}
	slices.Sort(times)
	return times, nil
}

// profiled starts a CPU profile, if there is a file for it; the function that it returns ends it
// and may be called again.
func profiled(path string) (end func(), err error) {
	if path == "" {
		return func() {}, nil
	}
	f, err := os.Create(path)
	if err != nil {
		return nil, err
	}
	if err := pprof.StartCPUProfile(f); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return sync.OnceFunc(func() {
		pprof.StopCPUProfile()
		f.Close()
	}), nil
}

// imageDims are the dimensions [N, H, W, C] of a batch.
func imageDims(m *onnx.Model, o options, batch int) ([]int, error) {
	image, err := m.Image()
	if err != nil {
		return nil, err
	}
	dims := []int{batch, side(o), side(o), 3}
	if len(image.Dims) == 4 {
		for i, from := range []int{0, 2, 3, 1} {
			if d := image.Dims[from]; d != 0 && (i != 0 || d == batch) {
				dims[i] = d
			}
		}
	}
	return dims, nil
}

// side is the side of the images for a file that leaves it open.
func side(o options) int {
	switch {
	case o.size > 0:
		return o.size
	case strings.HasPrefix(filepath.Base(o.file), "inception"):
		return 299
	}
	return 224
}

// random are numbers within -1 and 1, the same at every call.
func random(dims []int) []float32 {
	rng := rand.New(rand.NewPCG(1, 2))
	x := make([]float32, dims[0]*dims[1]*dims[2]*dims[3])
	for i := range x {
		x[i] = rng.Float32()*2 - 1
	}
	return x
}
