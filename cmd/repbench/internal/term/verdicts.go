package term

import (
	"fmt"
	"strings"
	"text/tabwriter"

	"repbench/benchmarks/gate"
	"repbench/reports/verdicts"
)

// Verdicts is a comparison of two commits; its last line begins with the verdict of the suite.
func Verdicts(c *gate.Comparison) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "VERDICT\tCELL\tWHY")
	for _, cell := range c.Cells {
		fmt.Fprintf(w, "%s\t%s\t%s\n", cell.Verdict, cell.Name, cell.Reason)
		for _, d := range cell.Differences {
			fmt.Fprintf(w, "\t\t  differs: %s\n", d)
		}
		for _, d := range cell.Warnings {
			fmt.Fprintf(w, "\t\t  note: %s\n", d)
		}
	}
	w.Flush() // to a strings.Builder, which never fails
	for _, n := range c.New {
		fmt.Fprintf(&b, "only in the head, not judged: %s\n", n)
	}
	for _, d := range c.Warnings {
		fmt.Fprintf(&b, "note: %s\n", d)
	}
	fmt.Fprintln(&b, verdicts.Headline(c))
	return b.String()
}
