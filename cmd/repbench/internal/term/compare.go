package term

import (
	"fmt"
	"math"
	"strings"

	"repbench/eval"
	"repbench/eval/compare"
)

// Comparison is a comparison of encoders or of seeds.
func Comparison(o *compare.Comparison) string {
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
	if !m.ChiSquareFits() {
		fmt.Fprintf(b, "  only %d images tell A and B apart: do not use the chi-square\n", m.OnlyA+m.OnlyB)
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
	outcome := "holds the mean of all: no gain beyond it"
	if !c.Within {
		outcome = "does not hold the mean of all"
	}
	fmt.Fprintf(b, "  its interval on the test split %s; optimism of the validation split %.2f points\n", outcome, 100*c.Optimism)
}

// points is the standard deviation of a variance of shares, in points; 0 of a
// negative estimate.
func points(variance float64) string {
	return fmt.Sprintf("%.2f", 100*math.Sqrt(max(0, variance)))
}
