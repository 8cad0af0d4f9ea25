package main

import (
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
	protocol, labels string
}

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
authors released it, with --batch-norm released), cifar10-400 (400 labels per class). Features come from the same
places as for eval linear. With one number of labels --json prints that result,
with several an object whose "results" lists them.`,
		},
		flags: func(c *cobra.Command) {
			fl := c.Flags()
			fl.StringVar(&f.protocol, "protocol", string(eval.FewShotN), "few-shot, svhn-1000 or cifar10-400")
			fl.StringVar(&f.labels, "labels", "", "labels per class, or several numbers separated by commas")
			fl.IntVar(&o.Draws, "draws", 0, "draws to report (default 10; svhn-1000: 100)")
			fl.IntVar(&o.SelectDraws, "select-draws", 0, "draws to choose C on (default 10)")
			fl.StringVar(&f.classifier, "classifier", linear.SVM.String(), classifierUsage)
			fl.StringVar(&f.costs, "C", costsText(eval.ReleasedC()...), "cost, or several separated by commas to choose from")
			o.HoldOut = fl.Float64("hold-out", eval.DefaultHoldOut, "share of each class that no label is drawn from and C is chosen on, when there is no validation split; 0 draws from all images, with one C")
			fl.Float64Var(&o.Tolerance, "tolerance", linear.DefaultTolerance, "relative error of the objective at which a fit has converged")
			fl.BoolVar(&o.PerLayer, "per-layer", false, "evaluate each layer alone, too")
		},
		protocol: func(_ *cobra.Command, arrays bool) (benchmarks.Protocol, error) { return a.fewShot(f, o, arrays) },
		show:     showFewShot,
	})
}

// fewShot returns the options that the flags stand for.
func (a *app) fewShot(f fewShotFlags, o benchmarks.FewShot, arrays bool) (benchmarks.Protocol, error) {
	var err error
	if o.Protocol, err = eval.ParseFewShotProtocol(f.protocol); err != nil {
		return nil, fmt.Errorf("--protocol: %w", err)
	}
	if o.Classifier, o.C, err = f.fit(); err != nil {
		return nil, err
	}
	switch {
	case f.labels != "":
		o.LabelCounts, err = parseList("labels", f.labels, positiveWhole)
	case o.Protocol.NeedsLabels():
		err = fmt.Errorf("--labels is required with --protocol %s", o.Protocol)
	}
	if err != nil {
		return nil, err
	}
	choices := "" // a folder may have a validation split to choose on
	if arrays {
		choices = several(len(o.C), "C")
	}
	if err := checkHoldOut(*o.HoldOut, choices, "give one C"); err != nil {
		return nil, err
	}
	o.Seed = a.seed
	return o, nil
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
