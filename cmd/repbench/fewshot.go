package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/cmd/repbench/internal/term"
	"repbench/eval"
	"repbench/eval/linear"
)

// fewShotFlags are the flags of eval fewshot that are text.
type fewShotFlags struct {
	linearFlags
	protocol, labels, draws string
}

// releasedDraws is the value of --draws for the draws of the released code.
const releasedDraws = "released"

func (a *app) evalFewShot() *cobra.Command {
	var f fewShotFlags
	var o benchmarks.FewShot
	return a.evaluation(evaluation{
		command: &cobra.Command{
			Use:   "fewshot --labels N,… | --protocol NAME  --features DIR | --encoder ENC --data SET | --train-x A …",
			Short: "Fit a linear SVM on few labels per class, several times, and report its test accuracy",
			Long: `Draw N labels of each class from the training split, fit a linear SVM on them,
report the accuracy on the test split, and again with other labels: mean, standard
deviation, standard error and Student's interval of the mean over the draws.

With several C the one of best mean accuracy on the validation split, or on
training images that no label is drawn from, is taken; never on the test split.
With one C the same images are set aside, so that all encoders see the same labels;
--hold-out 0 draws from all training images.

Protocols: few-shot (give --labels), svhn-1000 (100 labels per class, as the DCGAN
authors released it, with --batch-norm released; --draws released draws the authors' own
labels, too), cifar10-400 (400 labels per class). Features come from the same
places as for eval linear. With one number of labels --json prints that result,
with several an object whose "results" lists them.`,
		},
		flags: func(c *cobra.Command) {
			fl := c.Flags()
			fl.StringVar(&f.protocol, "protocol", string(eval.FewShotN), "few-shot, svhn-1000 or cifar10-400")
			fl.StringVar(&f.labels, "labels", "", "labels per class, or several numbers separated by commas")
			fl.StringVar(&f.draws, "draws", "", "draws to report (default 10; svhn-1000: 100), or released: as the released code draws them, with svhn-1000")
			fl.IntVar(&o.SelectDraws, "select-draws", 0, "draws to choose C on (default 10)")
			fl.StringVar(&f.classifier, "classifier", linear.SVM.String(), classifierUsage)
			fl.StringVar(&f.costs, "C", costsText(eval.ReleasedC()...), "cost, or several separated by commas to choose from")
			o.HoldOut = fl.Float64("hold-out", eval.DefaultHoldOut, "share of each class that no label is drawn from and C is chosen on, when there is no validation split; 0 draws from all images, with one C")
			fl.StringVar(&o.SelectRows, "select-rows", "", "NumPy file: the rows of the draws to choose C on, C × draws × rows")
			fl.StringVar(&o.ReportRows, "report-rows", "", "NumPy file: the rows of the draws to report, draws × rows")
			fl.Float64Var(&o.Tolerance, "tolerance", 0, fmt.Sprintf("relative error of the objective at which a fit has converged (default %g; %g with svhn-1000 and with given rows)", linear.DefaultTolerance, eval.ExactTolerance))
			fl.BoolVar(&o.PerLayer, "per-layer", false, "evaluate each layer alone, too")
		},
		protocol: func(c *cobra.Command, arrays bool) (benchmarks.Protocol, error) { return a.fewShot(c, f, o, arrays) },
		show:     showFewShot,
	})
}

// fewShot returns the options that the flags stand for.
func (a *app) fewShot(c *cobra.Command, f fewShotFlags, o benchmarks.FewShot, arrays bool) (benchmarks.Protocol, error) {
	var err error
	if o.Protocol, err = eval.ParseFewShotProtocol(f.protocol); err != nil {
		return nil, fmt.Errorf("--protocol: %w", err)
	}
	if o.Classifier, o.C, err = f.fit(); err != nil {
		return nil, err
	}
	if err := f.drawing(c, &o); err != nil {
		return nil, err
	}
	choices := "" // a folder may have a validation split
	if arrays && !c.Flags().Changed("valid-x") && o.ReportRows == "" {
		choices = several(len(o.C), "C")
	}
	if err := checkHoldOut(*o.HoldOut, choices, "give one C"); err != nil {
		return nil, err
	}
	o.Seed = a.seed
	return o, nil
}

// drawing sets what decides the rows of the draws.
func (f fewShotFlags) drawing(c *cobra.Command, o *benchmarks.FewShot) (err error) {
	switch {
	case o.ReportRows != "":
		for _, name := range []string{"labels", "draws", "select-draws", "hold-out"} {
			if c.Flags().Changed(name) {
				return fmt.Errorf("--%s means nothing with --report-rows, which lists the rows of every draw", name)
			}
		}
		return nil
	case o.SelectRows != "":
		return errors.New("--select-rows needs --report-rows, the draws to report on")
	case f.draws == releasedDraws:
		if !c.Flags().Changed("protocol") {
			o.Protocol = eval.SVHN1000
		}
		o.ReleasedDraws = true
	case f.draws != "":
		var problem string
		if o.Draws, problem = positiveWhole(f.draws); problem != "" {
			return fmt.Errorf("--draws %s is neither a positive number nor %s", f.draws, releasedDraws)
		}
	}
	switch {
	case f.labels != "":
		o.LabelCounts, err = parseList("labels", f.labels, positiveWhole)
	case o.Protocol.NeedsLabels():
		err = fmt.Errorf("--labels is required with --protocol %s", o.Protocol)
	}
	return err
}

// fewShotOutput is a result with where it was put.
type fewShotOutput struct {
	*eval.FewShotResult
	*stored
}

// showFewShot shows one result as itself and several as a list.
func showFewShot(o *benchmarks.Outcome) (any, string) {
	var results []*eval.FewShotResult
	var out []fewShotOutput
	for _, r := range o.Records {
		result := r.Result.(*eval.FewShotResult) // the protocol gives no other
		results = append(results, result)
		out = append(out, fewShotOutput{result, storedOf(o, r)})
	}
	text := term.FewShot(o.Title, results, o.Records[0].Notes)
	if len(out) == 1 {
		return out[0], text
	}
	return map[string]any{"results": out}, text
}
