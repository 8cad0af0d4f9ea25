package benchmarks

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"time"

	"repbench/datasets"
	"repbench/eval/nnc"
	"repbench/internal/jsonfile"
	"repbench/internal/npy"
	"repbench/internal/outputs"
	"repbench/internal/progress"
	"repbench/internal/sysinfo"
	"repbench/reports/record"
)

// NNC classifies test images by their nearest labelled sample, see package nnc. Source.Data is the
// data set whose test images are classified; "": they come from TestX and TestY.
type NNC struct {
	// Run is a run folder of the conditional model, Checkpoint which of its checkpoints generates the
	// samples ("": the newest), Seed draws them. Run "": Samples and SampleLabels are NumPy files.
	Run, Checkpoint string
	// Name is what records call the run; "": as it is.
	Name                  string
	Seed                  uint64
	Samples, SampleLabels string
	// TestX and TestY are NumPy files of the test images and their labels, instead of Source.Data.
	TestX, TestY string
	// Numbers are the numbers of samples whose nearest counts.
	Numbers []int64
	// Bytes compares bytes instead of floats, Threads is the number of goroutines, 0: all processors.
	Bytes   bool
	Threads int
	// NoReal leaves out the classification by real images.
	NoReal bool
	// Nearest is a NumPy file that gets the numbers of the nearest samples; "": none.
	Nearest string
}

// run implements Protocol.
func (o NNC) run(ctx context.Context, c Cell, m Machine) (*Outcome, error) {
	if err := o.checkOutputs(c, m); err != nil {
		return nil, err
	}
	started := time.Now()
	t, err := o.openTest(ctx, c.Source, m)
	if err != nil {
		return nil, err
	}
	s, err := o.openSamples(t, m)
	if err != nil {
		return nil, err
	}
	defer s.close()
	if err := t.checkClasses(s); err != nil {
		return nil, err
	}
	options := nnc.Options{Bytes: o.Bytes || t.set.Bytes != nil && s.bytes, Classes: len(t.classes), Threads: o.Threads, MaxMemory: m.MaxMemory, Progress: progress.Or(m.Progress)}
	n, err := nnc.New(t.set, options)
	if err != nil {
		return nil, err
	}
	points, err := o.classify(ctx, n, s, t, options, m)
	if err != nil {
		return nil, err
	}
	result := &nnc.Result{
		Results: points, Real: []nnc.RealPoint{}, Samples: s.name, Checkpoint: s.checkpoint, Steps: s.steps, EpochsOfD: s.epochs,
		Test: t.set.N, Split: t.split, Classes: t.classes, Bytes: options.Bytes, Backend: s.backend, Warnings: o.warnings(n, t, s),
	}
	if t.train.N > 0 && !o.NoReal {
		if result.Real, err = nnc.Real(ctx, t.set, t.train, options); err != nil {
			return nil, err
		}
	}
	result.Seconds, result.PeakRSSBytes = time.Since(started).Seconds(), sysinfo.PeakRSS()
	r, err := o.record(result, t, s)
	if err != nil {
		return nil, err
	}
	out := &Outcome{Records: []*record.Record{r}, Title: fmt.Sprintf("nearest of %s to %s", s.name, t.name), Correct: points[0].Correct}
	err = writeNearest(o.Nearest, points)
	if c.Records != "" {
		err = errors.Join(err, out.store(c.Records))
	}
	return out, err
}

// checkOutputs says, before any work, why a file cannot be written.
func (o NNC) checkOutputs(c Cell, m Machine) error {
	r := c.Source.reads(m).With(o.Samples, o.SampleLabels, o.TestX, o.TestY)
	return CheckFiles(r, outputs.File{Flag: "--record", Path: c.Records}, outputs.File{Flag: "--nearest", Path: o.Nearest})
}

// classify runs the search. What a search that was stopped had reached lies in the cache.
func (o NNC) classify(ctx context.Context, n *nnc.Nearest, s *samples, t *tested, options nnc.Options, m Machine) ([]nnc.Point, error) {
	key := hashText("nnc 1", s.hash, t.hash, fmt.Sprint(options.Bytes, options.Classes))
	dir, err := m.cached("nnc", key)
	if err != nil {
		return nil, err
	}
	file := filepath.Join(dir, "state.json")
	p := nnc.Progressed{Key: key, Store: func(s nnc.Stored) error {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
		return jsonfile.Write(file, s)
	}}
	var kept nnc.Stored
	if jsonfile.Read(file, &kept) == nil && kept.Key == key { // a damaged file is none
		p.Start = &kept
	}
	points, err := nnc.Run(ctx, n, s.source, o.Numbers, p)
	if err != nil {
		return nil, err
	}
	return points, os.RemoveAll(dir)
}

// writeNearest writes the numbers of the nearest samples, a row for each number of samples where
// there are several; "" is no file.
func writeNearest(path string, points []nnc.Point) error {
	if path == "" {
		return nil
	}
	shape := []int{len(points), len(points[0].Rows)}
	if len(points) == 1 {
		shape = shape[1:]
	}
	var small []int32
	var large []int64
	for _, p := range points {
		for _, r := range p.Rows {
			small, large = append(small, int32(r)), append(large, r)
		}
	}
	for _, r := range large {
		if r > math.MaxInt32 {
			return npy.Write(path, shape, large)
		}
	}
	return npy.Write(path, shape, small)
}

// warnings says what a reader should know.
func (o NNC) warnings(n *nnc.Nearest, t *tested, s *samples) []string {
	var out []string
	for class, count := range n.State().PerClass {
		if count == 0 {
			out = append(out, fmt.Sprintf("no sample has the class %s, so all of its test images are errors", t.classes[class]))
		}
	}
	if s.dataHash != "" && t.dataHash != "" && s.dataHash != t.dataHash {
		out = append(out, fmt.Sprintf("the model was trained on another set than %s", t.name))
	}
	if t.split != datasets.Test {
		out = append(out, "these are no test images of a data set")
	}
	return out
}

// record is the record of a result.
func (o NNC) record(result *nnc.Result, t *tested, s *samples) (*record.Record, error) {
	r := &record.Record{
		Data:     record.Data{Name: t.name, Source: t.source, Hash: t.dataHash},
		Seed:     o.Seed,
		Backend:  s.backend,
		Versions: thisVersion(),
		Notes:    s.notes,
		Result:   result,

		TrainingSeed: s.trainingSeed,
		Fingerprint:  record.ThisProgram(s.backend),
		Costs:        []record.Cost{{Stage: "compare", Seconds: result.Seconds, PeakRSSBytes: result.PeakRSSBytes}},
		Inputs:       []record.Input{{Role: record.GeneratedInput, Name: s.name, Hash: s.hash}, {Role: record.HeldOutInput, Name: t.name, Hash: t.hash, Rows: t.set.N}},
	}
	if s.trainingSeed != nil {
		r.Inputs[0].Seed = &o.Seed
	}
	err := r.Identify(result.Kind(), fmt.Sprint(o.Numbers), fmt.Sprintf("bytes %v", result.Bytes), s.checkpoint)
	if err == nil && o.Run != "" {
		nameGenerator(r, s.weights, s.architecture)
	}
	return r, err
}
