package main

import (
	"fmt"
	"path/filepath"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"repbench/backends"
	"repbench/cmd/repbench/internal/term"
	"repbench/datasets"
	"repbench/eval/duplicates"
	"repbench/internal/version"
	"repbench/reports"
	"repbench/train/autoencoder"
)

// dedupFlags are the flags of data dedup beside the fields of duplicates.Options.
type dedupFlags struct {
	data, against, out, method, threshold, fonts string
	planted                                      int
	keep                                         []string
}

// reportFolder is the folder of the report in the folder of a search.
const reportFolder = "report"

func (a *app) dataDedup() *cobra.Command {
	var f dedupFlags
	var o duplicates.Options
	c := &cobra.Command{
		Use:   "dedup --data SET --out DIR",
		Short: "Find exact and near duplicates, and what two sets share",
		Long: `Find duplicates in a data set: images with the same pixels, and images with equal
binary codes of the paper's denoising autoencoder, which is trained on the set's own
training images unless --run names one. DIR gets a keep-list of each split, the groups,
summary.json and a report with examples as pictures.

With --against SET2 the images of SET that SET2 has too are found and left out of the
keep-lists. With --planted N nothing is removed: N near duplicates of known kinds are
hidden among the training images, and recall and precision of every method are reported.

Keep-lists are for --keep of train, extract and eval.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if err := required(c, "data", "out"); err != nil {
				return err
			}
			if err := positive(c, "bits", "steps"); err != nil {
				return err
			}
			return a.runDedup(c, f, o)
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.data, "data", "", "data set")
	fl.StringVar(&f.against, "against", "", "second data set, whose images are to be left out of the first (also --data2)")
	fl.StringVar(&f.out, "out", "", "folder to write")
	fl.StringVar(&f.method, "method", string(duplicates.MethodAutoencoder), fmt.Sprintf("one of %v", duplicates.Methods))
	fl.StringVar(&o.Run, "run", "", "run folder of a trained autoencoder (default: trained in the folder --out)")
	fl.IntVar(&o.Bits, "bits", duplicates.DefaultBits, "length of the autoencoder's code")
	fl.StringVar(&f.threshold, "threshold", "0", "code units above it give a 1: a number, or mean for each unit's mean")
	fl.IntVar(&o.Radius, "radius", 0, "bits in which the codes of duplicates may differ")
	fl.BoolVar(&o.Mirror, "mirror", false, "find mirror images too")
	fl.Int64Var(&o.Train.Steps, "steps", autoencoder.DefaultSteps, "minibatches of the autoencoder's training")
	fl.IntVar(&f.planted, "planted", 0, "evaluate the methods with this many planted near duplicates instead")
	addKeep(c, &f.keep)
	addFonts(c, &f.fonts)
	a.addReading(c)
	fl.SetNormalizeFunc(func(_ *pflag.FlagSet, name string) pflag.NormalizedName {
		if name == "data2" {
			name = "against"
		}
		return pflag.NormalizedName(name)
	})
	return c
}

// addKeep adds the flag that restricts a data set.
func addKeep(c *cobra.Command, keep *[]string) {
	c.Flags().StringArrayVar(keep, "keep", nil, "keep-list of the images to use of a split, as data dedup writes it (may be repeated)")
}

// conflicts says which flags were given that would do nothing, or nil.
func (f *dedupFlags) conflicts(c *cobra.Command) error {
	if c.Flags().Changed("planted") && f.planted < 1 {
		return fmt.Errorf("--planted must be positive")
	}
	for _, tt := range []struct {
		why   string
		holds bool
		flags []string
	}{
		{"--planted tries every method and setting", f.planted > 0, []string{"against", "method", "bits", "threshold", "radius", "mirror"}},
		{"--method " + f.method + " has no autoencoder", f.method != string(duplicates.MethodAutoencoder), []string{"run", "bits", "threshold", "steps"}},
		{"--run is a trained autoencoder", c.Flags().Changed("run"), []string{"steps"}},
	} {
		for _, name := range tt.flags {
			if tt.holds && c.Flags().Changed(name) {
				return fmt.Errorf("%s; leave out --%s", tt.why, name)
			}
		}
	}
	return nil
}

func (a *app) runDedup(c *cobra.Command, f dedupFlags, o duplicates.Options) error {
	var err error
	if o.Threshold, err = duplicates.ParseThreshold(f.threshold); err != nil {
		return err
	}
	o.Method, o.Seed, o.Progress = duplicates.Method(f.method), new(a.seed), a.progress()
	o.Train.Record = map[string]any{"versions": version.All(), "git_commit": version.Commit()}
	if err := o.Validate(); err != nil {
		return err
	}
	if err := f.conflicts(c); err != nil {
		return usageError{err}
	}
	fonts, err := parseFonts(f.fonts)
	if err != nil {
		return err
	}
	b, err := a.openExact()
	if err != nil {
		return err
	}
	ds, err := a.openData(c.Context(), f.data, a.readingOf(f.keep))
	if err != nil {
		return err
	}
	if f.planted > 0 {
		return a.runPlanted(c, f, ds, b, o, fonts)
	}
	var against *datasets.Dataset
	if f.against != "" {
		if against, err = a.openData(c.Context(), f.against, a.dataOptions()); err != nil {
			return err
		}
	}
	out, err := duplicates.Run(c.Context(), f.out, ds, against, b, o)
	if err != nil {
		return err
	}
	if err := reports.WriteDuplicates(out, filepath.Join(f.out, reportFolder), fonts); err != nil {
		return err
	}
	a.showNotes(filepath.Join(f.out, reportFolder), reports.Notes(out, fonts))
	return a.print(out.Summary, term.Duplicates(filepath.Join(f.out, reportFolder, "index.html"), f.out, out.Summary))
}

func (a *app) runPlanted(c *cobra.Command, f dedupFlags, ds *datasets.Dataset, b *backends.Backend, o duplicates.Options, fonts *reports.Fonts) error {
	out, err := duplicates.Evaluate(c.Context(), f.out, ds, b, f.planted, o)
	if err != nil {
		return err
	}
	if err := reports.WritePlanted(out, filepath.Join(f.out, reportFolder), fonts); err != nil {
		return err
	}
	a.showNotes(filepath.Join(f.out, reportFolder), reports.Notes(out, fonts))
	return a.print(out.PlantedSummary, term.Planted(filepath.Join(f.out, reportFolder, "index.html"), out.PlantedSummary))
}
