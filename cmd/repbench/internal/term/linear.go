package term

import (
	"fmt"
	"strings"

	"repbench/eval"
	"repbench/eval/linear"
)

// classifierName is the name of a classifier for people.
func classifierName(name string) string {
	if name == linear.Softmax.String() {
		return "softmax regression"
	}
	return "linear SVM"
}

// Linear is the result of a linear evaluation of what the title names; notes are
// caveats about the features.
func Linear(title string, r *eval.LinearResult, notes []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s on %d features, %d training and %d test images\n", title, classifierName(r.Classifier), r.Dim, r.NTrain, r.NTest)
	line := func(name string, s eval.LinearScore) {
		fmt.Fprintf(&b, "  %-12s test %6.2f %%  [%.2f, %.2f]   train %6.2f %%   C %g   %d features, %.1f s\n", name,
			100*s.TestAccuracy, 100*s.TestCI95[0], 100*s.TestCI95[1], 100*s.TrainAccuracy, s.C, s.Dim, s.FitSeconds)
	}
	for _, l := range r.Layers {
		line(l.Name, l.LinearScore)
	}
	name := "all"
	if r.Layer != "" {
		name = "chosen"
		fmt.Fprintf(&b, "  chosen on validation images: %s\n", r.Layer)
	}
	line(name, r.LinearScore)
	if text := r.Shares.String(); text != "" {
		fmt.Fprintf(&b, "  %s\n", text)
	}
	if r.Products.OnDevice() {
		fmt.Fprintf(&b, "  products made on: %s; verified on the CPU\n", r.Products)
	}
	fmt.Fprintf(&b, "  C selected on: %s; accuracy reported on: %s, with its 95 %% Wilson interval\n", r.SelectedOn, r.ReportedOn)
	for _, n := range notes {
		fmt.Fprintf(&b, "  note: %s\n", n)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "  warning: %s\n", w)
	}
	return b.String()
}
