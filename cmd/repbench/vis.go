package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/benchmarks/inside"
	"repbench/cmd/repbench/internal/term"
	"repbench/datasets"
	"repbench/features"
	"repbench/internal/outputs"
	"repbench/vis"
)

func (a *app) vis() *cobra.Command {
	return group("vis", "Look inside a network: pictures with scores and controls",
		a.visGrid(), a.visWalk(), a.visArithmetic(), a.visTurn(), a.visForget(), a.visFilters(), a.visInvert())
}

// visFlags are the flags that figures of a generator share.
type visFlags struct {
	bn, z  string
	output inside.Output
}

// addTo adds the flags; array says what --npy holds.
func (f *visFlags) addTo(c *cobra.Command, array string) {
	fl := c.Flags()
	fl.StringVar(&f.bn, "bn", string(vis.Fixed), "statistics of batch normalisation: fixed (over 16 batches of 128 z, so that an image depends on its own z alone) or batch (of exactly these z, as the released code does)")
	fl.StringVar(&f.z, "z", "", "NumPy file of z, N×Z float32, instead of drawing them from --seed")
	f.addOutputs(c, array)
}

// addOutputs adds the flags that say what is written; array says what --npy holds, "" for figures
// without it.
func (f *visFlags) addOutputs(c *cobra.Command, array string) {
	fl := c.Flags()
	fl.StringVar(&f.output.PNG, "out", "", "picture to write, FILE.png; scores and settings go to FILE.json")
	if array != "" {
		fl.StringVar(&f.output.Array, "npy", "", "NumPy file to write: "+array+", float32 in [-1, 1]")
	}
	fl.StringVar(&f.output.Record, "record", "", "records.jsonl to add the result to, for reports")
}

// checked says what is wrong with the flags before any work. r is what the figure reads but for --z,
// others are outputs that not all figures have, more the ends of further files beside the picture.
func (f *visFlags) checked(r outputs.Reads, others []outputs.File, more ...string) (vis.BatchNorm, error) {
	mode, err := vis.ParseBatchNorm(f.bn)
	if err != nil {
		return "", usageError{fmt.Errorf("--bn: %w", err)}
	}
	if f.output == (inside.Output{}) {
		return "", usageError{fmt.Errorf("give --out FILE.png, --npy FILE.npy or --record FILE, so that the figure is kept")}
	}
	return mode, f.output.Check(r.With(f.z), others, more...)
}

// openGenerator opens the generator of a specification, with statistics that are kept in the cache.
func (a *app) openGenerator(ctx context.Context, spec string, mode vis.BatchNorm) (*vis.Generator, error) {
	b, err := a.openExact()
	if err != nil {
		return nil, err
	}
	cache, err := a.dataOptions().CachePath("generator")
	if err != nil {
		return nil, err
	}
	return vis.Open(ctx, spec, b, vis.Options{BatchNorm: mode, Cache: cache, Uses: a.uses, Seed: a.seed, Note: a.note})
}

// note tells something on standard error.
func (a *app) note(text string) { fmt.Fprintf(a.stderr, "note: %s\n", text) }

// printFigure prints a figure of what spec names.
func (a *app) printFigure(spec string, r *vis.Result) error {
	return a.print(r, term.Figure(spec, r))
}

// reads is what a command reads that is given the encoder or run folder spec, data sets and files; ""
// is none. A NumPy file may stand for a data set.
func (a *app) reads(spec string, data []string, files ...string) outputs.Reads {
	r := features.Reads(spec).With(files...)
	for _, set := range data {
		if strings.HasSuffix(set, ".npy") {
			r = r.With(set)
		} else if set != "" {
			r = r.And(datasets.Reads(set, a.dataOptions()))
		}
	}
	dir, err := a.dataOptions().CachePath()
	if err != nil {
		return r // there is no cache
	}
	return r.And(benchmarks.CacheFolder(dir))
}
