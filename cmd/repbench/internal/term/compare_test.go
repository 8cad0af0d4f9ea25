package term

import (
	"strings"
	"testing"

	"repbench/eval"
	"repbench/eval/compare"
)

func accuracyResult(share float64) compare.AccuracyResult {
	return compare.AccuracyResult{Accuracy: share, N: 100, Wilson: eval.Interval{share - 0.1, share + 0.1},
		Bootstrap: compare.BootstrapIntervals{Percentile: eval.Interval{share - 0.09, share + 0.09}, BCa: eval.Interval{share - 0.08, share + 0.08}}}
}

func TestComparisonSingle(t *testing.T) {
	single := accuracyResult(0.5)
	compareText(t, Comparison(&compare.Comparison{N: 100, Single: &single, Warnings: []string{"one seed"}}), `100 test images; intervals of 95 %
  accuracy      50.00 %  Wilson [40.00, 60.00], bootstrap [41.00, 59.00], BCa [42.00, 58.00]
  note: one seed
`)
}

// Few images that tell A and B apart forbid the chi-square; many do not.
func TestComparisonPair(t *testing.T) {
	pair := func(a, b int) string {
		p := &compare.PairResult{A: accuracyResult(0.5), B: accuracyResult(0.4), Difference: 0.1, Newcombe: eval.Interval{-0.01, 0.21},
			Bootstrap: compare.BootstrapIntervals{Percentile: eval.Interval{0, 0.2}, BCa: eval.Interval{0.01, 0.19}},
			Table:     compare.Table{Both: 30, OnlyA: a, OnlyB: b, Neither: 40}, McNemar: compare.NewMcNemar(a, b)}
		return Comparison(&compare.Comparison{N: 100, Pair: p})
	}
	few := pair(1, 0)
	for _, want := range []string{
		"  A             50.00 %", "  B             40.00 %",
		"  A - B        +10.00 points  Newcombe [-1.00, 21.00], bootstrap [0.00, 20.00], BCa [1.00, 19.00]\n",
		"  both right 30, A alone 1, B alone 0, neither 40\n",
		// one toss of a coin: 2·(1/2) = 1, mid-p 2·(1/2) - 1/2; (1-0)²/1 = 1, whose p is 0.317
		"  McNemar: p = 1 (exact); mid-p = 0.5; chi-square without continuity correction 1.00, p = 0.317\n",
		"  only 1 images tell A and B apart: do not use the chi-square\n",
	} {
		if !strings.Contains(few, want) {
			t.Errorf("%q is missing in\n%s", want, few)
		}
	}
	without(t, pair(compare.ChiSquareMin, 0), "do not use")
}

func seedResult() compare.SeedResult {
	return compare.SeedResult{
		Seeds: 3, N: 400, Mean: 0.6, MeanStandardError: 0.02, MeanInterval: eval.Interval{0.55, 0.65},
		BetweenSeeds: compare.Component{Value: 4e-4, StandardError: 2e-4}, SeedEffect: compare.Component{Value: -1e-4, StandardError: 2e-4},
		TestSampling: compare.Component{Value: 9e-4, StandardError: 1e-5}, Total: compare.Component{Value: 16e-4, StandardError: 1e-4}, NewSeed: eval.Interval{0.5, 0.7},
	}
}

const seedText = `  3 seeds, mean accuracy 60.00 %, standard error 2.00, interval of the mean [55.00, 65.00]
  variance of the accuracy, ± its standard error
  between seeds, on these images      4.00e-04 ± 2.0e-04   sd 2.00 points
  between seeds, on endless images   -1.00e-04 ± 2.0e-04   sd 0.00 points
  of the test sample                  9.00e-04 ± 1.0e-05   sd 3.00 points
  new seed on a new test sample       1.60e-03 ± 1.0e-04   sd 4.00 points
  a new seed on a new test sample of 400: [50.00, 70.00]
`

// A negative estimate of a variance is printed as it is; its standard deviation is 0.
func TestComparisonSeeds(t *testing.T) {
	s := seedResult()
	choice := &compare.Choice{Encoders: 3, Chosen: 1, ValidChosen: 0.7, ValidMean: 0.6, ValidGain: 0.1, TestChosen: 0.61, TestMean: 0.6, TestGain: 0.01,
		Optimism: 0.09, TestWilson: eval.Interval{0.56, 0.66}, GainInterval: eval.Interval{-0.01, 0.03}, TestRank: 2, Within: true}
	const chosen = `  number 2 of 3 has the best validation accuracy, 70.00 %; mean 60.00 %, gain +10.00 points
  on the test split it has 61.00 % [56.00, 66.00]; mean 60.00 %, gain +1.00 points [-1.00, 3.00], rank 2
  its interval on the test split holds the mean of all: no gain beyond it; optimism of the validation split 9.00 points
`
	compareText(t, Comparison(&compare.Comparison{N: 400, Seeds: &s, Choice: choice}), "400 test images; intervals of 95 %\n"+seedText+chosen)
	choice.Within = false
	if text := Comparison(&compare.Comparison{N: 400, Seeds: &s, Choice: choice}); !strings.Contains(text, "its interval on the test split does not hold the mean of all;") {
		t.Errorf("a gain is not told:\n%s", text)
	}
}

func TestComparisonSeedPair(t *testing.T) {
	p := &compare.SeedPairResult{A: seedResult(), B: seedResult(), Difference: -0.02, StandardError: 0.05, Interval: eval.Interval{-0.12, 0.08}, PText: "= 0.7", FromSeeds: 9e-4, FromRows: 16e-4}
	compareText(t, Comparison(&compare.Comparison{N: 400, SeedPair: p}), "400 test images; intervals of 95 %\nA\n"+seedText+"B\n"+seedText+
		"A - B -2.00 points [-12.00, 8.00], p = 0.7; standard error 5.00: 3.00 from seeds, 4.00 from test images\n")
}
