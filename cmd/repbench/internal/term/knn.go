package term

import (
	"fmt"
	"strings"

	"repbench/eval/knn"
)

// KNN is the result of an evaluation by nearest neighbours of what the title names;
// notes are caveats about the features.
func KNN(title string, r *knn.Result, notes []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: k nearest neighbours on %d features, %d training and %d test images\n", title, r.Dim, r.NTrain, r.NTest)
	name := r.Preset
	if name == "" {
		name = "own"
	}
	fmt.Fprintf(&b, "  %-12s test %6.2f %%  [%.2f, %.2f]   k %d   %.1f s\n", name,
		100*r.TestAccuracy, 100*r.TestCI95[0], 100*r.TestCI95[1], r.K, r.Seconds)
	if text := r.Shares.String(); text != "" {
		fmt.Fprintf(&b, "  %s\n", text)
	}
	for _, g := range r.Grid {
		fmt.Fprintf(&b, "  k %-10d valid %5.2f %%  [%.2f, %.2f]\n", g.K, 100*g.Accuracy, 100*g.CI95[0], 100*g.CI95[1])
	}
	fmt.Fprintf(&b, "  convention: %s\n", r.Convention)
	fmt.Fprintf(&b, "  k selected on: %s; accuracy reported on: %s, with its 95 %% Wilson interval\n", r.SelectedOn, r.ReportedOn)
	for _, n := range notes {
		fmt.Fprintf(&b, "  note: %s\n", n)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "  warning: %s\n", w)
	}
	return b.String()
}
