package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"repbench/benchmarks"
	"repbench/cmd/repbench/internal/term"
	"repbench/eval"
	"repbench/eval/linear"
)

// linearFlags are the flags of eval linear that are text.
type linearFlags struct {
	costs, selectOn string
	classifier      string
}

func (a *app) evalLinear() *cobra.Command {
	var f linearFlags
	var o benchmarks.Linear
	return a.evaluation(evaluation{
		command: &cobra.Command{
			Use:   "linear --features DIR | --encoder ENC --data SET | --train-x A --train-y B --test-x C --test-y D",
			Short: "Fit a linear SVM, or softmax regression, on features and report its test accuracy",
			Long: `Fit an L2-regularised squared-hinge linear SVM, one class against the rest, on the
training split and report its accuracy on the test split.

Features come from a folder that extract wrote (--features), from an encoder and
a data set (extracted first, into --features or the cache), or from NumPy files
made anywhere. With several C the best one is chosen on validation images, or by
cross-validation, inside the training data; never on the test split. The result
is added to records.jsonl in the folder of features, for report.

The fits run on the CPU unless --backend names another one (go, xla:…): then that
device makes their products with the features, and the CPU verifies the result in
float64. The JSON says which under "products".`,
		},
		flags: func(c *cobra.Command) {
			fl := c.Flags()
			fl.StringVar(&f.classifier, "classifier", linear.SVM.String(), classifierUsage)
			fl.StringVar(&f.costs, "C", costsText(linear.DefaultC), "cost, or several separated by commas to choose from")
			fl.StringVar(&f.selectOn, "select-on", eval.SelectValid.String(), "valid: the validation split, or images held out of the training split; cv: cross-validation")
			fl.Float64Var(&o.HoldOut, "hold-out", eval.DefaultHoldOut, "share of each class held out to choose on when there is no validation split")
			fl.IntVar(&o.Folds, "folds", eval.DefaultFolds, "folds of cross-validation")
			fl.Float64Var(&o.Tolerance, "tolerance", linear.DefaultTolerance, "relative error of the objective at which a fit has converged")
			fl.BoolVar(&o.PerLayer, "per-layer", true, "evaluate each layer alone, too")
			fl.BoolVar(&o.SelectLayer, "select-layer", false, "report the layer, or all of them, that does best on the images C is chosen on")
			fl.StringVar(&o.Predictions, "predictions", "", "NumPy file to write the predicted test labels to, N int32")
			sizeFlag(c, &o.Device.Memory, "device-memory", 1, "most memory a fit takes of the device that --backend names (default 4GiB)")
		},
		protocol: func(c *cobra.Command, _ bool) (benchmarks.Protocol, error) { return a.linear(c, f, o) },
		show:     showLinear,
	})
}

// linear returns the options that the flags stand for.
func (a *app) linear(c *cobra.Command, f linearFlags, o benchmarks.Linear) (benchmarks.Protocol, error) {
	var err error
	if o.Classifier, o.C, err = f.fit(); err != nil {
		return nil, err
	}
	if o.SelectOn, err = eval.ParseSelection(f.selectOn); err != nil {
		return nil, err
	}
	choices, instead, unused := several(len(o.C), "C"), "give one C", ""
	switch {
	case o.SelectOn == eval.SelectCV:
		choices, unused = "", "--select-on cv" // which makes no use of rows held out
	case o.SelectLayer:
		choices, instead = "layers", "leave --select-layer out"
	case choices == "":
		unused = "one C"
	}
	if err := validUnused(c, unused); err != nil {
		return nil, err
	}
	if err := checkHoldOut(o.HoldOut, choices, instead); err != nil {
		return nil, err
	}
	if o.Device.Memory > 0 && benchmarks.Device(a.backend).Backend == "" {
		return nil, fmt.Errorf("--device-memory means nothing with --backend %s, where the fits run on the CPU", a.backend)
	}
	o.Seed = a.seed
	return o, nil
}

// fit parses the flags of a fit.
func (f linearFlags) fit() (c linear.Classifier, costs []float64, err error) {
	if c, err = linear.ParseClassifier(f.classifier); err != nil {
		return c, nil, fmt.Errorf("--classifier: %w", err)
	}
	costs, err = parseList("C", f.costs, number)
	return c, costs, err
}

// linearOutput is the result with where it was put.
type linearOutput struct {
	*eval.LinearResult
	*stored
}

func showLinear(o *benchmarks.Outcome) (any, string) {
	r := o.Records[0]
	result := r.Result.(*eval.LinearResult) // the protocol gives no other
	return linearOutput{result, storedOf(o, r)}, term.Linear(o.Title, result, r.Notes)
}
