package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/internal/npy"
	"repbench/train/mnistcond"
	"repbench/train/runfolder"
)

// Images of one sheet with a row for each class, which are one batch.
const (
	perClass      = 10
	maxClassBatch = 1000
)

// uniformLabels are labels drawn uniformly.
const uniformLabels = "uniform"

// labelled are the labels of samples that are to be made.
type labelled struct {
	labels  []int32
	uniform bool // z and labels come from mnistcond.Draws
	rows    int  // classes that have a row of the sheet; 0: a plain grid
}

// addConditional adds the flags of runs of mnist-cond.
func (f *sampleFlags) addConditional(c *cobra.Command) {
	fl := c.Flags()
	fl.StringVar(&f.labels, "labels", "", "of mnist-cond: classes such as 0,1,2 with --n images in all, a NumPy file with a class for each image, or "+uniformLabels+" (default: all classes, a row of the sheet for each)")
	fl.StringVar(&f.labelsOut, "labels-out", "", "of mnist-cond: NumPy file to write the classes of the images to, N int32")
	fl.StringVar(&f.checkpoint, "checkpoint", mnistcond.Newest, "of mnist-cond: newest, best (on validation), or the number of a step")
}

// unconditional refuses flags of mnist-cond for other models. A run folder whose config.json is
// damaged may be of any model.
func (f *sampleFlags) unconditional(c *cobra.Command, spec string) error {
	if runfolder.Is(spec) {
		if _, err := runfolder.Read[map[string]any](spec); err != nil {
			return err
		}
	}
	for _, name := range []string{"labels", "labels-out", "checkpoint"} {
		if c.Flags().Changed(name) {
			return usageError{fmt.Errorf("--%s is for run folders of %s; the generator of %s knows no classes", name, mnistcond.Name, spec)}
		}
	}
	return nil
}

// runSampleConditional makes images of classes with a run of mnist-cond.
func (a *app) runSampleConditional(c *cobra.Command, run string, f sampleFlags) error {
	if f.prior != "" && f.prior != "uniform" {
		return usageError{fmt.Errorf("--prior %s: the model was trained with z from the prior uniform; others would not be its samples", f.prior)}
	}
	if err := within(c, 2, maxSamples, "n"); err != nil {
		return err
	}
	if !c.Flags().Changed("n") {
		f.n = 0
	}
	b, err := a.openExact()
	if err != nil {
		return err
	}
	m, err := mnistcond.Load(run, f.checkpoint, b)
	if err != nil {
		return err
	}
	s, err := m.NewSampler(b)
	if err != nil {
		return err
	}
	defer s.Close()
	z, want, err := a.wanted(f)
	if err != nil {
		return err
	}
	made, err := makeSamples(c.Context(), s, z, want, mnistcond.Draws{Seed: a.seed})
	if err != nil {
		return err
	}
	title := fmt.Sprintf("Samples of %s (%s), seed %d", run, m.Origin, a.seed)
	if err := f.write(made, want.rows, title); err != nil {
		return err
	}
	return a.print(map[string]any{
		"model": run, "origin": m.Origin, "n": made.N, "prior": "uniform", "png": f.out, "npy": f.array, "labels": f.labelsOut,
	}, fmt.Sprintf("%d images of %d×%d from %s (%s)\n", made.N, mnistcond.Side, mnistcond.Side, run, m.Origin))
}

// wanted are the labels that the flags name, with z; z is nil of uniform draws.
func (a *app) wanted(f sampleFlags) (z []float32, w labelled, err error) {
	n := f.n
	if f.z != "" {
		shape, given, err := npy.Read[float32](f.z)
		if err != nil {
			return nil, w, err
		}
		if len(shape) != 2 || shape[1] != mnistcond.ZDim {
			return nil, w, fmt.Errorf("%s has shape %v, want N×%d", f.z, shape, mnistcond.ZDim)
		}
		z, n = given, shape[0]
	}
	if w, err = labelsOf(f.labels, n); err != nil {
		return nil, w, err
	}
	draws := mnistcond.Draws{Seed: a.seed}
	switch {
	case z == nil && !w.uniform:
		z = draws.Z(0, len(w.labels))
	case z != nil && w.uniform:
		w.labels, w.uniform = draws.Labels(0, n), false
	case z != nil && len(w.labels) != n:
		return nil, w, fmt.Errorf("%s has %d rows and there are %d labels; give as many", f.z, n, len(w.labels))
	}
	return z, w, nil
}

// labelsOf reads the flag --labels for n images; 0: as many as suit.
func labelsOf(text string, n int) (labelled, error) {
	if text == uniformLabels {
		if n == 0 {
			n = perClass * mnistcond.Classes
		}
		if n < 2 || n > maxSamples {
			return labelled{}, usageError{fmt.Errorf("--n %d: 2 to %d images can be made", n, maxSamples)}
		}
		return labelled{labels: make([]int32, n), uniform: true}, nil
	}
	if text == "" {
		text = "0,1,2,3,4,5,6,7,8,9"
	}
	classes, ok := classList(text)
	if !ok {
		if _, err := os.Stat(text); errors.Is(err, fs.ErrNotExist) {
			return labelled{}, usageError{fmt.Errorf("--labels %s: neither classes from 0 to %d with commas between them, such as 0,1,2, nor %s, nor a file that is there", text, mnistcond.Classes-1, uniformLabels)}
		}
		return labelsFile(text, n)
	}
	for _, class := range classes {
		if class < 0 || class >= mnistcond.Classes {
			return labelled{}, usageError{fmt.Errorf("--labels %s: the classes are 0 to %d", text, mnistcond.Classes-1)}
		}
	}
	if n == 0 {
		n = perClass * len(classes)
	}
	if n < 2 || n > maxClassBatch || n%len(classes) != 0 {
		return labelled{}, usageError{fmt.Errorf("%d images of %d classes: as many of each are made, 2 to %d in all, as one batch; --labels %s makes any number", n, len(classes), maxClassBatch, uniformLabels)}
	}
	w := labelled{rows: len(classes)}
	for _, class := range classes {
		for range n / len(classes) {
			w.labels = append(w.labels, class)
		}
	}
	return w, nil
}

// classList reads whole numbers separated by commas; ok is false of another text.
func classList(text string) (classes []int32, ok bool) {
	for part := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseInt(strings.TrimSpace(part), 10, 32)
		if err != nil {
			return nil, false
		}
		classes = append(classes, int32(v))
	}
	return classes, true
}

// labelsFile reads a file of labels.
func labelsFile(path string, n int) (labelled, error) {
	shape, values, err := npy.ReadIntegers(path)
	if err != nil {
		return labelled{}, fmt.Errorf("--labels: %w", err)
	}
	if len(shape) != 1 || len(values) < 2 || len(values) > maxSamples || n != 0 && n != len(values) {
		return labelled{}, fmt.Errorf("%s has shape %v, want one class for each image, 2 to %d of them, and as many as --n or --z say", path, shape, maxSamples)
	}
	w := labelled{labels: make([]int32, len(values))}
	for i, v := range values {
		if v < 0 || v >= mnistcond.Classes {
			return labelled{}, fmt.Errorf("%s: label %d is %d; the classes are 0 to %d", path, i, v, mnistcond.Classes-1)
		}
		w.labels[i] = int32(v)
	}
	return w, nil
}

// makeSamples makes the images: rows of classes as one batch, others in batches. Batches that lack a
// class have companions of all classes; uniform ones are made whole, as "eval nnc" does.
func makeSamples(ctx context.Context, s *mnistcond.Sampler, z []float32, w labelled, draws mnistcond.Draws) (all mnistcond.Samples, err error) {
	n := len(w.labels)
	if w.rows > 0 {
		return s.Companied(z, w.labels, draws, 0)
	}
	add := func(b mnistcond.Samples) error {
		all.Data, all.Labels, all.N = append(all.Data, b.Data...), append(all.Labels, b.Labels...), all.N+b.N
		return nil
	}
	if w.uniform {
		whole := (n + mnistcond.SampleBatch - 1) / mnistcond.SampleBatch * mnistcond.SampleBatch
		err := s.Each(ctx, draws, 0, whole, add)
		n = min(n, all.N)
		all.Data, all.Labels, all.N = all.Data[:n*mnistcond.Side*mnistcond.Side], all.Labels[:n], n
		return all, err
	}
	for lo := 0; lo < n; {
		if ctx.Err() != nil {
			return all, fmt.Errorf("interrupted at image %d of %d: %w", lo, n, context.Cause(ctx))
		}
		hi := min(lo+mnistcond.SampleBatch, n)
		if n-hi == 1 { // one image alone has no statistics
			hi--
		}
		make := s.Images
		if !mnistcond.HasAll(w.labels[lo:hi]) {
			make = func(z []float32, labels []int32) (mnistcond.Samples, error) {
				return s.Companied(z, labels, draws, int64(lo))
			}
		}
		b, err := make(z[lo*mnistcond.ZDim:hi*mnistcond.ZDim], w.labels[lo:hi])
		if err != nil {
			return all, err
		}
		if err := add(b); err != nil {
			return all, err
		}
		lo = hi
	}
	return all, nil
}

// write writes the files that the flags name.
func (f sampleFlags) write(s mnistcond.Samples, rows int, title string) error {
	if f.array != "" {
		if err := npy.Write(f.array, []int{s.N, mnistcond.Side, mnistcond.Side, 1}, s.Data); err != nil {
			return err
		}
	}
	if f.labelsOut != "" {
		if err := npy.Write(f.labelsOut, []int{s.N}, s.Labels); err != nil {
			return err
		}
	}
	if f.out != "" {
		return benchmarks.WriteDigits(f.out, s, rows, title)
	}
	return nil
}
