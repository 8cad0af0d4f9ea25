package main

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"repbench/eval"
	"repbench/eval/compare"
)

// compareFlags are the flags of eval compare.
type compareFlags struct {
	truth, valid string
	seeds        bool
	resamples    int
}

// compareOutput is what eval compare found; which parts there are depends on the
// number of encoders and seeds.
type compareOutput struct {
	Protocol string                  `json:"protocol"` // "compare"
	N        int                     `json:"n"`
	Single   *compare.AccuracyResult `json:"single,omitempty"`
	Pair     *compare.PairResult     `json:"pair,omitempty"`
	Seeds    *compare.SeedResult     `json:"seeds,omitempty"`
	SeedPair *compare.SeedPairResult `json:"seed_pair,omitempty"`
	Choice   *compare.Choice         `json:"choice,omitempty"`
	// Warnings say what the intervals leave out.
	Warnings []string `json:"warnings"`
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
--seeds all arguments are seeds of one encoder, and their variance is taken apart
from that of the test sample.`,
		Example: `  repbench eval compare --truth features/test_labels.npy a.npy b.npy
  repbench eval compare --truth y.npy --seeds runs/seed*.npy
  repbench eval compare --truth y.npy a1.npy,a2.npy,a3.npy b1.npy,b2.npy,b3.npy`,
		Args: func(_ *cobra.Command, args []string) error {
			if len(args) == 0 || !f.seeds && len(args) > 2 {
				return usageError{fmt.Errorf("want one or two encoders, or --seeds and a file a seed, got %d arguments", len(args))}
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
	valid, err := parseShares(f.valid)
	if err != nil {
		return usageError{err}
	}
	truth, err := compare.LoadLabels(f.truth)
	if err != nil {
		return err
	}
	encoders, err := loadEncoders(f.truth, f.seeds, args)
	if err != nil {
		return err
	}
	out := compareOutput{Protocol: "compare", N: len(truth), Warnings: compare.EqualLists(encoders, truth)}
	if err := out.fill(encoders, truth, compare.Bootstrap{Resamples: f.resamples, Seed: a.seed}); err != nil {
		return err
	}
	if valid != nil {
		choice, err := compare.Choose(valid, encoders[0], truth)
		if err != nil {
			return err
		}
		out.Choice = &choice
	}
	return a.print(out, out.text())
}

// loadEncoders returns the predictions of each encoder, one list a seed; no file is
// read for two of them, nor that of the true classes for any.
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

// parseShares reads accuracies separated by commas; nil of an empty text.
func parseShares(text string) ([]float64, error) {
	if text == "" {
		return nil, nil
	}
	var shares []float64
	for _, s := range strings.Split(text, ",") {
		v, err := strconv.ParseFloat(strings.TrimSpace(s), 64)
		if err != nil || !(v >= 0 && v <= 1) {
			return nil, fmt.Errorf("--valid: %q is no share of 1", s)
		}
		shares = append(shares, v)
	}
	return shares, nil
}

// fill makes the comparison that the numbers of encoders and seeds allow.
func (o *compareOutput) fill(encoders [][][]int32, truth []int32, b compare.Bootstrap) error {
	const fixed = "one seed of an encoder: intervals are over test samples; the variance between seeds is unknown"
	first := encoders[0]
	switch {
	case len(encoders) == 1 && len(first) == 1:
		o.Warnings = append(o.Warnings, fixed)
		r, err := compare.Accuracy(first[0], truth, b)
		o.Single = &r
		return err
	case len(encoders) == 1:
		r, err := compare.Decompose(first, truth)
		o.Seeds = &r
		return err
	case len(first) == 1 && len(encoders[1]) == 1:
		o.Warnings = append(o.Warnings, fixed)
		r, err := compare.Pair(first[0], encoders[1][0], truth, b)
		o.Pair = &r
		return err
	}
	r, err := compare.SeedPair(first, encoders[1], truth)
	o.SeedPair = &r
	return err
}

// text is the result for people.
func (o *compareOutput) text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%d test images; intervals of 95 %%\n", o.N)
	switch {
	case o.Single != nil:
		accuracyText(&b, "accuracy", *o.Single)
	case o.Pair != nil:
		pairText(&b, o.Pair)
	case o.Seeds != nil:
		seedsText(&b, o.Seeds)
	case o.SeedPair != nil:
		seedPairText(&b, o.SeedPair)
	}
	if o.Choice != nil {
		choiceText(&b, o.Choice)
	}
	for _, w := range o.Warnings {
		fmt.Fprintf(&b, "  note: %s\n", w)
	}
	return b.String()
}

// percent is an interval of shares in per cent.
func percent(i eval.Interval) string { return fmt.Sprintf("[%.2f, %.2f]", 100*i[0], 100*i[1]) }

func accuracyText(b *strings.Builder, name string, r compare.AccuracyResult) {
	fmt.Fprintf(b, "  %-12s %6.2f %%  Wilson %s, bootstrap %s, BCa %s\n", name, 100*r.Accuracy,
		percent(r.Wilson), percent(r.Bootstrap.Percentile), percent(r.Bootstrap.BCa))
}

func pairText(b *strings.Builder, r *compare.PairResult) {
	accuracyText(b, "A", r.A)
	accuracyText(b, "B", r.B)
	fmt.Fprintf(b, "  %-12s %+6.2f points  Newcombe %s, bootstrap %s, BCa %s\n", "A - B", 100*r.Difference,
		percent(r.Newcombe), percent(r.Bootstrap.Percentile), percent(r.Bootstrap.BCa))
	fmt.Fprintf(b, "  both right %d, A alone %d, B alone %d, neither %d\n", r.Table.Both, r.Table.OnlyA, r.Table.OnlyB, r.Table.Neither)
	m := r.McNemar
	fmt.Fprintf(b, "  McNemar: p %s (%s); mid-p %s; chi-square without continuity correction %.2f, p %s\n",
		m.PText, m.Method, compare.FormatP(m.MidP), m.ChiSquare, compare.FormatP(m.Asymptotic))
	if n := m.OnlyA + m.OnlyB; n < compare.ChiSquareMin {
		fmt.Fprintf(b, "  only %d images tell A and B apart: do not use the chi-square\n", n)
	}
}

func seedsText(b *strings.Builder, r *compare.SeedResult) {
	fmt.Fprintf(b, "  %d seeds, mean accuracy %.2f %%, standard error %.2f, interval of the mean %s\n",
		r.Seeds, 100*r.Mean, 100*r.MeanStandardError, percent(r.MeanInterval))
	line := func(name string, c compare.Component) {
		fmt.Fprintf(b, "  %-34s %9.2e ± %.1e   sd %s points\n", name, c.Value, c.StandardError, points(c.Value))
	}
	fmt.Fprintf(b, "  variance of the accuracy, ± its standard error\n")
	line("between seeds, on these images", r.BetweenSeeds)
	line("between seeds, on endless images", r.SeedEffect)
	line("of the test sample", r.TestSampling)
	line("new seed on a new test sample", r.Total)
	fmt.Fprintf(b, "  a new seed on a new test sample of %d: %s\n", r.N, percent(r.NewSeed))
}

func seedPairText(b *strings.Builder, r *compare.SeedPairResult) {
	fmt.Fprintln(b, "A")
	seedsText(b, &r.A)
	fmt.Fprintln(b, "B")
	seedsText(b, &r.B)
	fmt.Fprintf(b, "A - B %+.2f points %s, p %s; standard error %.2f: %s from seeds, %s from test images\n",
		100*r.Difference, percent(r.Interval), r.PText, 100*r.StandardError, points(r.FromSeeds), points(r.FromRows))
}

func choiceText(b *strings.Builder, c *compare.Choice) {
	fmt.Fprintf(b, "  number %d of %d has the best validation accuracy, %.2f %%; mean %.2f %%, gain %+.2f points\n",
		c.Chosen+1, c.Encoders, 100*c.ValidChosen, 100*c.ValidMean, 100*c.ValidGain)
	fmt.Fprintf(b, "  on the test split it has %.2f %% %s; mean %.2f %%, gain %+.2f points %s, rank %d\n",
		100*c.TestChosen, percent(c.TestWilson), 100*c.TestMean, 100*c.TestGain, percent(c.GainInterval), c.TestRank)
	verdict := "holds the mean of all: no gain beyond it"
	if !c.Within {
		verdict = "does not hold the mean of all"
	}
	fmt.Fprintf(b, "  its interval on the test split %s; optimism of the validation split %.2f points\n", verdict, 100*c.Optimism)
}

// points is the standard deviation of a variance of shares, in points; 0 of a
// negative estimate.
func points(variance float64) string {
	return fmt.Sprintf("%.2f", 100*math.Sqrt(max(0, variance)))
}
