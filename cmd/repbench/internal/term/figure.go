package term

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"repbench/vis"
)

// Figure is a figure of what spec names: its scores, each beside the score of its control.
func Figure(spec string, r *vis.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s of %s", r.Figure, spec)
	if r.Seconds > 0 {
		fmt.Fprintf(&b, ": %.1f s", r.Seconds)
	}
	b.WriteByte('\n')
	if r.Says != "" {
		fmt.Fprintf(&b, "  %s\n", r.Says)
	}
	scores(&b, r.Scores)
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "  warning: %s\n", w)
	}
	if len(r.Files) > 0 {
		fmt.Fprintf(&b, "  wrote %s\n", strings.Join(r.Files, ", "))
	}
	return b.String()
}

// scores is a table of scores.
func scores(b *strings.Builder, all vis.Scores) {
	if len(all) == 0 {
		return
	}
	w := tabwriter.NewWriter(b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  score\tvalue\t95 %\tcontrol\tn\twhat it is; control")
	for _, s := range all {
		control, what, interval := "-", s.Of, "-"
		if s.CI95 != nil {
			interval = fmt.Sprintf("%.4g to %.4g", s.CI95[0], s.CI95[1])
		}
		if s.Control != nil {
			control = fmt.Sprintf("%.4g", *s.Control)
		}
		if s.Against != "" {
			what += "; control: " + s.Against
		}
		fmt.Fprintf(w, "  %s\t%.4g\t%s\t%s\t%d\t%s\n", s.Name, s.Value, interval, control, s.N, what)
	}
	w.Flush() // a strings.Builder takes everything
}
