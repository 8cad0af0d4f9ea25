package main

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"repbench/cmd/repbench/internal/term"
	"repbench/eval/compare"
)

// compareFlags are the flags of eval compare.
type compareFlags struct {
	truth, valid string
	seeds        bool
	resamples    int
}

func (a *app) evalCompare() *cobra.Command {
	var f compareFlags
	c := &cobra.Command{
		Use:   "compare --truth Y A [B] | compare --truth Y --seeds FILE…",
		Short: "Compare predictions of two encoders, or of several seeds, on the same test images",
		Long: `Compare what two encoders predicted for the same test images: McNemar's test, the
intervals of the difference after Newcombe and by the bootstrap.

A and B are NumPy files of N predicted classes (whole numbers; eval linear
--predictions writes them), folders that hold test_predictions.npy, or several
seeds of one encoder: files separated by commas, or one file of S×N. With at
least two seeds of each encoder the variance between seeds counts as well. With
--seeds all arguments are seeds of one encoder, and the variance between seeds is
reported apart from the variance of the test sample.`,
		Example: `  repbench eval compare --truth features/test_labels.npy a.npy b.npy
  repbench eval compare --truth y.npy --seeds runs/seed*.npy
  repbench eval compare --truth y.npy a1.npy,a2.npy,a3.npy b1.npy,b2.npy,b3.npy`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || !f.seeds && len(args) > 2 {
				return usageError{fmt.Errorf("want one or two encoders, or --seeds and one file per seed, got %d arguments", len(args))}
			}
			return nil
		},
		RunE: func(c *cobra.Command, args []string) error { return a.runCompare(c, f, args) },
	}
	fl := c.Flags()
	fl.StringVar(&f.truth, "truth", "", "NumPy file of the true classes, or a folder of features, which holds test_labels.npy")
	fl.BoolVar(&f.seeds, "seeds", false, "all arguments are seeds of one encoder")
	fl.StringVar(&f.valid, "valid", "", "with --seeds: their validation accuracies, separated by commas; says what choosing the best brought on the test split")
	fl.IntVar(&f.resamples, "resamples", compare.DefaultResamples, "bootstrap samples")
	return c
}

func (a *app) runCompare(c *cobra.Command, f compareFlags, args []string) error {
	if err := required(c, "truth"); err != nil {
		return err
	}
	if f.valid != "" && !f.seeds {
		return usageError{fmt.Errorf("--valid means nothing without --seeds")}
	}
	if f.resamples < 100 {
		return usageError{fmt.Errorf("--resamples %d: need at least 100", f.resamples)}
	}
	var valid []float64
	if f.valid != "" {
		var err error
		if valid, err = parseList("valid", f.valid, share); err != nil {
			return usageError{err}
		}
	}
	truth, err := compare.LoadLabels(f.truth)
	if err != nil {
		return err
	}
	encoders, err := loadEncoders(f.truth, f.seeds, args)
	if err != nil {
		return err
	}
	out, err := compare.Compare(encoders, truth, valid, compare.Bootstrap{Resamples: f.resamples, Seed: a.seed})
	if err != nil {
		return err
	}
	return a.print(out, term.Comparison(out))
}

// loadEncoders returns the predictions of each encoder, one list per seed. A file that
// stands for two encoders is an error, and so is the file of the true classes.
func loadEncoders(truth string, seeds bool, args []string) ([][][]int32, error) {
	files := [][]string{args}
	if !seeds {
		files = nil
		for _, arg := range args {
			files = append(files, strings.Split(arg, ","))
		}
	}
	if err := compare.DistinctFiles(truth, slices.Concat(files...)...); err != nil {
		return nil, err
	}
	var encoders [][][]int32
	for _, of := range files {
		p, err := compare.LoadPredictions(of...)
		if err != nil {
			return nil, err
		}
		encoders = append(encoders, p)
	}
	return encoders, nil
}
