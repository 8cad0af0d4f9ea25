package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/cmd/repbench/internal/term"
	"repbench/eval"
	"repbench/eval/linear"
	"repbench/features"
	"repbench/reports/record"
)

// fewShotFlags are the flags of eval fewshot.
type fewShotFlags struct {
	sourceFlags
	protocol, labels, costs string
	classifier              string
	opt                     benchmarks.FewShotOptions
}

func (a *app) evalFewShot() *cobra.Command {
	var f fewShotFlags
	c := &cobra.Command{
		Use:   "fewshot --labels N,… | --protocol NAME  --features DIR | --encoder ENC --data SET | --train-x A …",
		Short: "Fit a linear SVM on few labels a class, several times, and report its test accuracy",
		Long: `Draw N labels of each class from the training split, fit a linear SVM on them,
report the accuracy on the test split, and again with other labels: mean, standard
deviation, standard error and Student's interval of the mean over the draws.

With several C the one of best mean accuracy on the validation split, or on
training images that no label is drawn from, is taken; never on the test split.
With one C the same images are set aside, so that all encoders see the same labels;
--hold-out 0 draws from all training images.

Protocols: few-shot (give --labels), svhn-1000 (100 labels a class, as the DCGAN
authors released it, with --batch-norm released), cifar10-400 (400 labels a class). Features come from the same
places as for eval linear. With one number of labels --json prints that result,
with several an object whose "results" lists them.`,
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return a.runFewShot(c, f) },
	}
	f.addTo(c)
	a.addReading(c)
	fl := c.Flags()
	fl.StringVar(&f.protocol, "protocol", string(eval.FewShotN), "few-shot, svhn-1000 or cifar10-400")
	fl.StringVar(&f.labels, "labels", "", "labels a class, or several numbers separated by commas")
	fl.IntVar(&f.opt.Draws, "draws", 0, "draws to report (default 10; svhn-1000: 100)")
	fl.IntVar(&f.opt.SelectDraws, "select-draws", 0, "draws to choose C on (default 10)")
	fl.StringVar(&f.classifier, "classifier", "svm", "svm: L2-regularised squared hinge, one class against the rest; softmax: L2-regularised softmax regression")
	fl.StringVar(&f.costs, "C", "1e-4,2e-4,5e-4,1e-3,2e-3,5e-3,1e-2", "cost, or several separated by commas to choose from")
	fl.Float64Var(&f.opt.HoldOut, "hold-out", 0.1, "share of each class that no label is drawn from and C is chosen on, when there is no validation split; 0 draws from all images, with one C")
	fl.Float64Var(&f.opt.Tolerance, "tolerance", 1e-6, "relative error of the objective at which a fit has converged")
	fl.BoolVar(&f.opt.PerLayer, "per-layer", false, "evaluate each layer alone, too")
	return c
}

func (a *app) runFewShot(c *cobra.Command, f fewShotFlags) error {
	o, err := f.options()
	if err != nil {
		return usageError{err}
	}
	choices := "" // a folder may have a validation split to choose on
	if f.trainX != "" {
		choices = several(len(o.C), "C")
	}
	if err := checkHoldOut(o.HoldOut, choices, "give one C"); err != nil {
		return err
	}
	o.Seed, o.Progress, o.AllRows = a.seed, a.progress(), o.HoldOut == 0
	if err := f.conflict(c); err != nil {
		return usageError{err}
	}
	if f.trainX != "" {
		return a.fewShotArrays(c, f, o)
	}
	if o.Protocol.ReleasedStatistics() && !c.Flags().Changed("batch-norm") {
		f.features.norm = string(features.Released)
	}
	if _, o.Overlap, err = a.ensureFeatures(c, &f.sourceFlags); err != nil {
		return err
	}
	return a.fewShotFolder(c, f, o)
}

// options parses the flags that are text.
func (f fewShotFlags) options() (benchmarks.FewShotOptions, error) {
	o := f.opt
	var err error
	if o.Protocol, err = eval.ParseFewShotProtocol(f.protocol); err != nil {
		return o, fmt.Errorf("--protocol: %w", err)
	}
	if o.Classifier, err = linear.ParseClassifier(f.classifier); err != nil {
		return o, fmt.Errorf("--classifier: %w", err)
	}
	if o.C, err = parseList("C", f.costs, positiveNumber); err != nil {
		return o, err
	}
	if f.labels == "" {
		if o.Protocol.NeedsLabels() {
			return o, fmt.Errorf("--labels is required with --protocol %s", o.Protocol)
		}
		return o, nil
	}
	o.Labels, err = parseList("labels", f.labels, positiveWhole)
	return o, err
}

// fewShotOutput is a result with where it was put.
type fewShotOutput struct {
	*eval.FewShotResult
	ID       string        `json:"id,omitempty"`
	Record   string        `json:"record,omitempty"`
	Features string        `json:"features,omitempty"`
	Notes    []string      `json:"notes,omitempty"`
	Costs    []record.Cost `json:"costs,omitempty"`
}

func (a *app) fewShotFolder(c *cobra.Command, f fewShotFlags, o benchmarks.FewShotOptions) error {
	folder, err := a.reading(f.sourceFlags).OpenFolder(f.dir)
	if err != nil {
		return err
	}
	defer folder.Close()
	records, err := benchmarks.FewShot(c.Context(), folder, o)
	if err != nil {
		return err
	}
	path := f.recordPath()
	var out []fewShotOutput
	for _, r := range records {
		if err := record.Add(path, *r); err != nil {
			return err
		}
		out = append(out, fewShotOutput{r.FewShot, r.ID, path, f.dir, r.Notes, r.Costs})
	}
	title := fmt.Sprintf("%s on %s", records[0].Encoder.Spec, records[0].Data.Name)
	return a.printFewShot(title, out, fmt.Sprintf("  features in %s, record in %s\n", f.dir, path))
}

func (a *app) fewShotArrays(c *cobra.Command, f fewShotFlags, o benchmarks.FewShotOptions) error {
	folder, train, test, err := a.arrays(c, f.sourceFlags)
	if err != nil {
		return err
	}
	defer folder.Close()
	results, err := benchmarks.FewShotArrays(c.Context(), train, test, o)
	if err != nil {
		return err
	}
	var out []fewShotOutput
	for _, r := range results {
		out = append(out, fewShotOutput{FewShotResult: r})
	}
	return a.printFewShot(f.trainX, out, "")
}

// printFewShot prints one result as itself and several as a list.
func (a *app) printFewShot(title string, out []fewShotOutput, end string) error {
	var results []*eval.FewShotResult
	for _, r := range out {
		results = append(results, r.FewShotResult)
	}
	text := term.FewShot(title, results, out[0].Notes) + end
	if len(out) == 1 {
		return a.print(out[0], text)
	}
	return a.print(map[string]any{"results": out}, text)
}
