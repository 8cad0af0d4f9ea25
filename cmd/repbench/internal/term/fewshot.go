package term

import (
	"fmt"
	"strings"

	"repbench/eval"
)

// FewShot are the results on few labels of what the title names, at least one; notes
// are caveats about the features.
func FewShot(title string, results []*eval.FewShotResult, notes []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s on few labels\n", title, classifierName(results[0].Classifier))
	for _, r := range results {
		fewShot(&b, r, notes)
	}
	return b.String()
}

func fewShot(b *strings.Builder, r *eval.FewShotResult, notes []string) {
	aside := ""
	if r.NSetAside > 0 {
		aside = fmt.Sprintf(" (%d set aside)", r.NSetAside)
	}
	fmt.Fprintf(b, "%s, %s labels per class of %d images%s, %d draws, %d test images\n",
		r.Protocol, r.PerClass(), r.NTrain, aside, r.Draws, r.NTest)
	line := func(name string, s eval.FewShotScore) {
		fmt.Fprintf(b, "  %-12s test %6.2f %% ± %.2f (1.96 sd)   mean in [%.2f, %.2f], standard error %.2f   C %g   %d features, %.1f s\n", name,
			100*s.Mean, 196*s.StdDev, 100*s.CI95[0], 100*s.CI95[1], 100*s.StdError, s.C, s.Dim, s.FitSeconds)
	}
	for _, l := range r.Layers {
		line(l.Name, l.FewShotScore)
	}
	line("all", r.FewShotScore)
	if r.Drawn != "" {
		fmt.Fprintf(b, "  rows of the draws: %s\n", r.Drawn)
	}
	fewShotErrors(b, r)
	fmt.Fprintf(b, "  C selected on: %s; accuracy reported on: %s, with Student's 95 %% interval of the mean over draws\n", r.SelectedOn, r.ReportedOn)
	for _, n := range notes {
		fmt.Fprintf(b, "  note: %s\n", n)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(b, "  warning: %s\n", w)
	}
}

// fewShotErrors are the mean errors of the reported draws with both spreads.
func fewShotErrors(b *strings.Builder, r *eval.FewShotResult) {
	if r.Report == nil {
		return
	}
	b.WriteString("  errors (1.96 sd over the draws, divided by n - 1 and by n):")
	add := func(name string, e eval.ErrorRate) {
		fmt.Fprintf(b, "  %s %.2f %% ± %.2f, ± %.2f", name, 100*e.Mean, 100*e.Spread95, 100*e.Spread95N)
	}
	add("train", r.Report.Train)
	if r.Report.Valid != nil {
		add("valid", *r.Report.Valid)
	}
	add("test", r.Report.Test)
	b.WriteString("\n")
}
