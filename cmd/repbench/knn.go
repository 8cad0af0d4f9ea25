package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/cmd/repbench/internal/term"
	"repbench/eval"
	"repbench/eval/knn"
	"repbench/eval/neighbours"
)

// knnFlags are the flags of eval knn that change the preset.
type knnFlags struct {
	preset, k, metric, votes string
	normalise                bool
	temperature, epsilon     float64
}

func (a *app) evalKNN() *cobra.Command {
	var f knnFlags
	var o benchmarks.KNN
	return a.evaluation(evaluation{
		command: &cobra.Command{
			Use:   "knn --features DIR | --encoder ENC --data SET | --train-x A --train-y B --test-x C --test-y D",
			Short: "Classify features by their nearest neighbours and report the test accuracy",
			Long: `Give each test image the class that its k nearest training images vote for. The
neighbours are exact: comparing all pairs in float64 gives the same ones.

--preset takes the convention of another program; the flags after it change it. The
convention is printed beside the number. With several k the best one is chosen on
the validation split, or on images held out of the training split; never on the
test split. Features come from the same places as for eval linear.`,
		},
		flags: func(c *cobra.Command) {
			fl := c.Flags()
			fl.StringVar(&f.preset, "preset", "solo", "convention: "+strings.Join(knn.Presets(), ", "))
			fl.StringVar(&f.k, "k", "", "neighbours, or several numbers separated by commas to choose from (default: of the preset)")
			fl.StringVar(&f.metric, "metric", "", "cosine, dot or euclidean (default: of the preset)")
			fl.StringVar(&f.votes, "votes", "", "uniform, exp (exp(similarity/T)) or inverse (1/(distance+epsilon)) (default: of the preset)")
			fl.Float64Var(&f.temperature, "temperature", knn.DefaultTemperature, "T of exp votes (default: of the preset)")
			fl.Float64Var(&f.epsilon, "epsilon", knn.DefaultEpsilon, "epsilon of inverse votes (default: of the preset)")
			fl.BoolVar(&f.normalise, "l2-normalise", false, "divide rows by their norm before dot or euclidean (cosine always does)")
			fl.Float64Var(&o.HoldOut, "hold-out", eval.DefaultHoldOut, "share of each class held out to choose on when there is no validation split")
			fl.StringVar(&o.Predictions, "predictions", "", "NumPy file to write the predicted test labels to, N int32")
		},
		protocol: func(c *cobra.Command, _ bool) (benchmarks.Protocol, error) { return a.knn(c, f, o) },
		show:     showKNN,
	})
}

// knn returns the options that the flags stand for.
func (a *app) knn(c *cobra.Command, f knnFlags, o benchmarks.KNN) (benchmarks.Protocol, error) {
	var err error
	if o.Rule, err = f.rule(c); err != nil {
		return nil, err
	}
	if err := checkHoldOut(o.HoldOut, several(len(o.Rule.K), "k"), "give one k"); err != nil {
		return nil, err
	}
	if len(o.Rule.K) == 1 {
		if err := validUnused(c, "one k"); err != nil {
			return nil, err
		}
	}
	o.Seed, o.Search.Threads = a.seed, a.threads
	return o, nil
}

// rule returns the preset as the flags change it.
func (f knnFlags) rule(c *cobra.Command) (knn.Rule, error) {
	r, err := knn.Preset(f.preset)
	if err != nil {
		return r, fmt.Errorf("--preset: %w", err)
	}
	changed := c.Flags().Changed
	if changed("k") {
		if r.K, err = parseList("k", f.k, positiveWhole); err != nil {
			return r, err
		}
	}
	if changed("metric") {
		if r.Metric.Kind, err = neighbours.ParseKind(f.metric); err != nil {
			return r, fmt.Errorf("--metric: %w", err)
		}
	}
	if changed("votes") {
		if r.Votes, err = knn.ParseVotes(f.votes); err != nil {
			return r, fmt.Errorf("--votes: %w", err)
		}
	}
	r.Metric.Normalise = f.normalise
	if changed("temperature") {
		if r.Temperature = f.temperature; r.Votes != knn.Exponential || !(r.Temperature > 0) {
			return r, fmt.Errorf("--temperature %g: needs --votes exp and a positive number", f.temperature)
		}
	}
	if changed("epsilon") {
		if r.Epsilon = f.epsilon; r.Votes != knn.Inverse || !(r.Epsilon > 0) {
			return r, fmt.Errorf("--epsilon %g: needs --votes inverse and a positive number", f.epsilon)
		}
	}
	return r, r.Validate()
}

// knnOutput is the result with where it was put.
type knnOutput struct {
	*knn.Result
	*stored
}

func showKNN(o *benchmarks.Outcome) (any, string) {
	r := o.Records[0]
	result := r.Result.(*knn.Result) // the protocol gives no other
	return knnOutput{result, storedOf(o, r)}, term.KNN(o.Title, result, r.Notes)
}
