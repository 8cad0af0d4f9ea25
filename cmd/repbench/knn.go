package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/cmd/repbench/internal/term"
	"repbench/eval/knn"
	"repbench/eval/neighbours"
	"repbench/reports/record"
)

// knnFlags are the flags of eval knn.
type knnFlags struct {
	sourceFlags
	preset, k, metric, votes string
	predictions              string
	normalise                bool
	temperature, epsilon     float64
	opt                      benchmarks.KNNOptions
}

func (a *app) evalKNN() *cobra.Command {
	var f knnFlags
	c := &cobra.Command{
		Use:   "knn --features DIR | --encoder ENC --data SET | --train-x A --train-y B --test-x C --test-y D",
		Short: "Classify features by their nearest neighbours and report the test accuracy",
		Long: `Give each test image the class that its k nearest training images vote for. The
neighbours are exact: equal to those of comparing all pairs in float64.

--preset takes the convention of another program; the flags after it change it. The
convention is printed beside the number. With several k the best one is chosen on
the validation split, or on images held out of the training split; never on the
test split. Features come from the same places as for eval linear.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.runKNN(c, f) },
	}
	f.addTo(c)
	a.addReading(c)
	fl := c.Flags()
	fl.StringVar(&f.preset, "preset", "solo", "convention: "+strings.Join(knn.Presets(), ", "))
	fl.StringVar(&f.k, "k", "", "neighbours, or several numbers separated by commas to choose from (default: of the preset)")
	fl.StringVar(&f.metric, "metric", "", "cosine, dot or euclidean (default: of the preset)")
	fl.StringVar(&f.votes, "votes", "", "uniform, exp (exp(similarity/T)) or inverse (1/(distance+epsilon)) (default: of the preset)")
	fl.Float64Var(&f.temperature, "temperature", knn.DefaultTemperature, "T of exp votes (default: of the preset)")
	fl.Float64Var(&f.epsilon, "epsilon", knn.DefaultEpsilon, "epsilon of inverse votes (default: of the preset)")
	fl.BoolVar(&f.normalise, "l2-normalise", false, "divide rows by their norm before dot or euclidean (cosine always does)")
	fl.Float64Var(&f.opt.HoldOut, "hold-out", 0.1, "share of each class held out to choose on when there is no validation split")
	fl.StringVar(&f.predictions, "predictions", "", "NumPy file to write the predicted test labels to, N int32")
	return c
}

func (a *app) runKNN(c *cobra.Command, f knnFlags) error {
	o := f.opt
	var err error
	if o.Rule, err = f.rule(c); err != nil {
		return usageError{err}
	}
	if err := checkHoldOut(o.HoldOut, several(len(o.Rule.K), "k"), "give one k"); err != nil {
		return err
	}
	o.Seed, o.Threads, o.Progress = a.seed, a.threads, a.progress()
	if err := f.conflict(c); err != nil {
		return usageError{err}
	}
	if f.trainX != "" {
		return a.knnArrays(c, f, o)
	}
	if _, o.Overlap, err = a.ensureFeatures(c, &f.sourceFlags); err != nil {
		return err
	}
	return a.knnFolder(c, f, o)
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
	ID       string        `json:"id"`
	Record   string        `json:"record"`
	Features string        `json:"features"`
	Notes    []string      `json:"notes"`
	Costs    []record.Cost `json:"costs"`
}

func (a *app) knnFolder(c *cobra.Command, f knnFlags, o benchmarks.KNNOptions) error {
	folder, err := a.reading(f.sourceFlags).OpenFolder(f.dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	r, err := benchmarks.KNN(c.Context(), folder, o)
	if err != nil {
		return err
	}
	path := f.recordPath()
	if err := record.Add(path, *r); err != nil {
		return err
	}
	if err := writePredictions(f.predictions, r.KNN.Predicted); err != nil {
		return err
	}
	title := fmt.Sprintf("%s on %s", r.Encoder.Spec, r.Data.Name)
	text := term.KNN(title, r.KNN, r.Notes) + fmt.Sprintf("  features in %s, record in %s\n", f.dir, path)
	return a.print(knnOutput{r.KNN, r.ID, path, f.dir, r.Notes, r.Costs}, text)
}

func (a *app) knnArrays(c *cobra.Command, f knnFlags, o benchmarks.KNNOptions) error {
	folder, train, test, err := a.arrays(c, f.sourceFlags)
	if err != nil {
		return err
	}
	defer folder.Close()
	r, err := benchmarks.KNNArrays(c.Context(), train, test, o)
	if err != nil {
		return err
	}
	if err := writePredictions(f.predictions, r.Predicted); err != nil {
		return err
	}
	return a.print(r, term.KNN(f.trainX, r, nil))
}
