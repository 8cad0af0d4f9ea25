package main

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/cmd/repbench/internal/term"
	"repbench/eval/nnc"
	"repbench/train/mnistcond"
)

// nncFlags are the flags of eval nnc beside the flags of its protocol.
type nncFlags struct {
	data, numbers, record string
	keep                  []string
	maxMemory             int64
}

func (a *app) evalNNC() *cobra.Command {
	var f nncFlags
	var o benchmarks.NNC
	c := &cobra.Command{
		Use:   "nnc (--run RUN | --samples S.npy --sample-labels L.npy) --n LIST (--data SET | --test-x T.npy --test-y Y.npy)",
		Short: "Classify test images by their nearest labelled sample of a generator",
		Long: `Give each test image the class of its Euclidean nearest among the first N labelled
samples, for each N of --n, and report the errors. The samples are made by a run of
mnist-cond, with labels drawn uniformly, or read from NumPy files (float32 in [0, 1] or
uint8). Beside them stand the errors of the nearest real training image (--data).

Floats are compared exactly; --bytes rounds them to 255 levels, which is faster for
millions of samples. Only the nearest sample of each test image is kept. A search that
is stopped goes on where it was when the same command is given again.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.runNNC(c, f, o) },
	}
	fl := c.Flags()
	fl.StringVar(&o.Run, "run", "", "run folder of mnist-cond whose generator makes the samples")
	fl.StringVar(&o.Checkpoint, "checkpoint", mnistcond.Newest, "of --run: newest, best (on validation, train --measure nnc), or the number of a step")
	fl.StringVar(&o.Samples, "samples", "", "NumPy file of the samples, N×H×W or N×H×W×C")
	fl.StringVar(&o.SampleLabels, "sample-labels", "", "NumPy file of their classes")
	fl.StringVar(&f.numbers, "n", "", "numbers of samples, separated by commas: 1000,10000,50000")
	fl.StringVar(&f.data, "data", "", "data set whose test images are classified")
	fl.StringVar(&o.TestX, "test-x", "", "NumPy file of the test images, instead of --data")
	fl.StringVar(&o.TestY, "test-y", "", "NumPy file of their classes")
	fl.StringVar(&o.Nearest, "nearest", "", "NumPy file to write the number of the nearest sample of each test image to (several N: a row for each)")
	fl.BoolVar(&o.Bytes, "bytes", false, "compare round(255·x) instead of floats")
	fl.BoolVar(&o.NoReal, "no-real", false, "leave out the errors of the nearest real image")
	fl.StringVar(&f.record, "record", "", "records.jsonl to add the result to")
	sizeFlag(c, &f.maxMemory, "max-memory", 1, "memory of the search beside the images, such as 1GiB (default: about 300 MB)")
	addKeep(c, &f.keep)
	a.addReading(c)
	return c
}

func (a *app) runNNC(c *cobra.Command, f nncFlags, o benchmarks.NNC) error {
	if err := f.conflict(c, o); err != nil {
		return usageError{err}
	}
	var err error
	if o.Numbers, err = parseCounts(f.numbers); err != nil {
		return usageError{fmt.Errorf("--n %s: %w", f.numbers, err)}
	}
	o.Seed, o.Threads = a.seed, a.threads
	m := a.machine()
	m.MaxMemory = f.maxMemory
	out, err := benchmarks.Run(c.Context(), benchmarks.Cell{Source: benchmarks.Source{Data: f.data, Reading: a.readingOf(f.keep)}, Protocol: o, Records: f.record}, m)
	if out == nil {
		return err
	}
	r := out.Records[0]
	result := r.Result.(*nnc.Result) // the protocol gives no other
	text := term.NNC(out.Title, result, r.Notes)
	if out.Stored != "" {
		text += fmt.Sprintf("  record in %s\n", out.Stored)
	}
	return errors.Join(err, a.print(result, text))
}

// conflict says which flags contradict one another, or nil.
func (f nncFlags) conflict(c *cobra.Command, o benchmarks.NNC) error {
	switch {
	case (o.Run == "") == (o.Samples == ""):
		return errors.New("give the samples: either --run RUN, or --samples S.npy with --sample-labels L.npy")
	case (o.Samples == "") != (o.SampleLabels == ""):
		return errors.New("--samples and --sample-labels go together")
	case o.Run == "" && c.Flags().Changed("checkpoint"):
		return errors.New("--checkpoint is of --run")
	case f.numbers == "":
		return errors.New("give the numbers of samples: --n 1000,10000,50000")
	case (f.data == "") == (o.TestX == ""):
		return errors.New("give the test images: either --data SET, or --test-x T.npy with --test-y Y.npy")
	case (o.TestX == "") != (o.TestY == ""):
		return errors.New("--test-x and --test-y go together")
	case o.TestX != "" && c.Flags().Changed("keep"):
		return errors.New("--keep restricts a data set; it means nothing with --test-x")
	}
	return nil
}

// parseCounts reads whole numbers of at least 1, separated by commas; 1e7 is one, too.
func parseCounts(text string) ([]int64, error) {
	var out []int64
	for part := range strings.SplitSeq(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(part), 64)
		if err != nil || v < 1 || v > 1e12 || v != math.Trunc(v) {
			return nil, fmt.Errorf("%q is no whole number from 1 to 10^12", part)
		}
		if slices.Contains(out, int64(v)) {
			return nil, fmt.Errorf("%d is named twice", int64(v))
		}
		out = append(out, int64(v))
	}
	return out, nil
}
