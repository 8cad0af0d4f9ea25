package main

import (
	"errors"
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"repbench/benchmarks"
	"repbench/cmd/repbench/internal/term"
	"repbench/eval/memorisation"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/search"
)

// memorizationFlags are the flags of memorization beside the flags of its protocol.
type memorizationFlags struct {
	features              featureFlags
	metric, score, record string
	out                   string
	strict                bool
	maxMemory             int64
}

func (a *app) memorization() *cobra.Command {
	var f memorizationFlags
	var o benchmarks.Memorisation
	c := &cobra.Command{
		Use:     "memorization (--images X.npy|DIR | --run RUN --n N) (--data SET | --train T.npy)",
		Aliases: []string{"memorisation"},
		Short:   "Say whether a generator copies its training images",
		Long: `Compare generated images with the images that the generator was trained on, and say
whether some are copies, with what certainty, and which kinds of copies this would show.

Each generated image gets a score from its nearest training images, and a p-value from
the scores of held-out images, which were not trained on (--null). Copies of known kinds
are planted among the images (--control of each kind), and held-out images that are not
in the null measure false alarms. A second null that the generator makes itself holds
where its images are unlike the data.

NumPy files hold images (uint8 or float32, N×H×W×C) or features (float32 or
float16, N×D; then --metric is euclidean or cosine and nothing can be planted).
--encoder compares images in an encoder's features, --with-encoder adds them as a
second test of the same images.

A search that is stopped goes on where it was when the same command is given again.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.runMemorization(c, f, o) },
	}
	f.setFlags(c, &o)
	a.addReading(c)
	return c
}

// setFlags adds the flags of the command but for the flags of reading files.
func (f *memorizationFlags) setFlags(c *cobra.Command, o *benchmarks.Memorisation) {
	fl := c.Flags()
	fl.StringVar(&o.Generated.Path, "images", "", "generated images: a NumPy file or a folder")
	fl.StringVar(&o.Generated.Run, "run", "", "generator: a run folder, dcgan:RUN, theano:DIR or random:ARCH")
	fl.IntVar(&o.Generated.N, "n", 2000, "number of images that --run makes")
	fl.StringVar(&o.Train, "train", "", "NumPy file of the training images or features, instead of --data")
	fl.StringVar(&o.Null, "null", "", "images that were not trained on: a split of the data set, a NumPy file or a folder (default: the test split)")
	fl.IntVar(&o.Options.Null, "null-images", memorisation.DefaultNull, "most images of the null, drawn at random")
	fl.StringVar(&o.With, "with-encoder", "", "encoder of a second test in its features: p = min(1, 2p1, 2p2)")
	fl.StringVar(&f.metric, "metric", "", strings.Join(search.MetricNames(), ", ")+" (default: correlation for images, euclidean for features)")
	fl.StringVar(&f.score, "score", nearest.ScoreNames()[0], strings.Join(nearest.ScoreNames(), ", "))
	fl.IntVar(&o.Control, "control", memorisation.DefaultControl, "planted copies of each kind (0: none, and then nothing shows what this setting can see)")
	fl.Float64Var(&o.FDR, "fdr", memorisation.DefaultFDR, "false discovery rate at which images are selected")
	fl.StringVar(&o.Cells, "cells", "", "cells of C_T: CENTROIDS.npy, or TRAIN.npy,TEST.npy,GEN.npy with the cell of each image (default: k-means)")
	fl.BoolVar(&f.strict, "strict", false, "exit with status 1 if the false alarms measured contradict the nominal rate")
	fl.StringVar(&f.out, "out", "", "folder for the result, the scores and pictures of pairs")
	fl.StringVar(&o.Scores, "scores", "", "file to write one JSON object per generated image to")
	fl.StringVar(&f.record, "record", "", "records.jsonl to add the result to (default: in the folder --out)")
	sizeFlag(c, &f.maxMemory, "max-memory", 1, "memory of a search and of features, such as 8GiB (default: about 300 MB, and half of the memory)")
	f.addTo(c)
}

// addTo adds the flags that say which features are compared.
func (f *memorizationFlags) addTo(c *cobra.Command) {
	all := &cobra.Command{}
	f.features.addTo(all)
	c.Flags().AddFlagSet(all.Flags())
	c.Flags().VisitAll(func(flag *pflag.Flag) {
		if flag.Name == "encoder" {
			flag.Usage = "compare in the features of this encoder, instead of pixels"
		}
	})
}

// conflict says which flags contradict one another, or nil.
func (f memorizationFlags) conflict(c *cobra.Command, o benchmarks.Memorisation) error {
	given := c.Flags().Changed
	switch {
	case (o.Generated.Path == "") == (o.Generated.Run == ""):
		return errors.New("give the generated images: either --images X.npy or a folder, or --run RUN with --n")
	case o.Generated.Path != "" && given("n"):
		return errors.New("--n is for --run; --images are all taken")
	case o.Generated.Run != "" && (o.Generated.N < 2 || o.Generated.N > maxSamples):
		return fmt.Errorf("--n %d: 2 to %d images can be made", o.Generated.N, maxSamples)
	case (f.features.data == "") == (o.Train == ""):
		return errors.New("give the training images: either --data SET or --train T.npy")
	case o.Train != "" && given("keep"):
		return errors.New("--keep restricts a data set; it means nothing with --train")
	case given("null-images") && o.Options.Null < 1:
		return fmt.Errorf("--null-images %d: the null needs images", o.Options.Null)
	case given("fdr") && !(o.FDR > 0 && o.FDR < 1):
		return fmt.Errorf("--fdr %g: give a rate above 0 and below 1", o.FDR)
	}
	if f.features.encoder == "" && o.With == "" {
		for _, name := range []string{"pool", "grid", "layers", "batch-norm", "batch", "dtype"} {
			if given(name) {
				return fmt.Errorf("--%s means nothing without --encoder or --with-encoder", name)
			}
		}
	}
	return nil
}

func (a *app) runMemorization(c *cobra.Command, f memorizationFlags, o benchmarks.Memorisation) error {
	if err := f.conflict(c, o); err != nil {
		return usageError{err}
	}
	var err error
	if o.Metric, err = search.ParseMetric(f.metric); err != nil {
		return usageError{fmt.Errorf("--metric: %w", err)}
	}
	if o.Score, err = nearest.ParseScore(f.score); err != nil {
		return usageError{fmt.Errorf("--score: %w", err)}
	}
	if err := o.Options.Validate(); err != nil {
		return usageError{err}
	}
	source, err := a.encoding(c, f.features)
	if err != nil {
		return err
	}
	source.Folder = f.out
	o.Seed, o.Threads, o.MaxMemory = a.seed, a.threads, f.maxMemory
	m := a.machine()
	m.MaxMemory = f.maxMemory
	out, err := benchmarks.Run(c.Context(), benchmarks.Cell{Source: source, Protocol: o, Records: f.record}, m)
	if out == nil {
		return err
	}
	r := out.Records[0]
	result := &r.Result.(*memorisation.Stored).Result // the protocol gives no other
	err = errors.Join(err, a.print(result, term.Memorisation(out.Title, f.out, result, r.Notes)))
	if alarms := result.FalseAlarms; err == nil && f.strict && alarms != nil && alarms.Outside() {
		return fmt.Errorf("--strict: %.2g %% of %d held-out images are false alarms [%.2g, %.2g]; %.2g %% are nominal",
			100*alarms.Measured, alarms.N, 100*alarms.Lo, 100*alarms.Hi, 100*alarms.Nominal)
	}
	return err
}
