package term

import (
	"fmt"
	"strings"

	"repbench/eval/supervised"
)

// Supervised is the result of a search in the folder dir.
func Supervised(dir string, r *supervised.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s with labels on %s: test %.2f %%  [%.2f, %.2f]\n", r.Arch, r.Data,
		100*r.TestAccuracy, 100*r.TestCI95[0], 100*r.TestCI95[1])
	fmt.Fprintf(&b, "  trial %d of %d: validation %.2f %%, learning rate %.3g, weight decay %.3g, dropout %.2f\n", r.Best+1, r.Trials,
		100*r.ValidAccuracy, r.Chosen.LearningRate, r.Chosen.WeightDecay, r.Chosen.Dropout)
	fmt.Fprintf(&b, "  fitted on %d images for %d steps of %d; trials on %d, validated on %d\n", r.NFinal, r.Steps, r.Batch, r.NFit, r.NValid)
	fmt.Fprintf(&b, "  selected on: %s; accuracy reported on: %s, with its 95 %% Wilson interval\n", r.SelectedOn, r.ReportedOn)
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "  warning: %s\n", w)
	}
	fmt.Fprintf(&b, "  %.1f s, search in %s\n", r.Seconds, dir)
	return b.String()
}
