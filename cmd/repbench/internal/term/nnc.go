package term

import (
	"fmt"
	"strings"

	"repbench/eval/nnc"
)

// NNC is the classification of test images by their nearest labelled sample; notes are caveats about
// the samples.
func NNC(title string, r *nnc.Result, notes []string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: classes of %d test images by their nearest sample\n", title, r.Test)
	if r.EpochsOfD > 0 {
		fmt.Fprintf(&b, "  generator after %d steps (%.1f epochs of the discriminator)\n", r.Steps, r.EpochsOfD)
	}
	for _, p := range r.Results {
		fmt.Fprintf(&b, "  nearest of %-10d error %6.2f %%  [%.2f, %.2f]   %d errors   mean distance %.4f\n",
			p.N, 100*p.Error, 100*p.CI95[0], 100*p.CI95[1], p.Errors, p.NND)
	}
	for _, p := range r.Real {
		fmt.Fprintf(&b, "  real images %-8d error %6.2f %%  [%.2f, %.2f]   %d errors   mean distance %.4f   (%s)\n",
			p.N, 100*p.Error, 100*p.CI95[0], 100*p.CI95[1], p.Errors, p.NND, realRows(p.Rows))
	}
	fmt.Fprintf(&b, "  the paper on MNIST (50,000 and 10 million samples):")
	for i, row := range nnc.Paper() {
		if i > 0 {
			b.WriteString(",")
		}
		fmt.Fprintf(&b, " %s %s", row.Name, paperErrors(row))
	}
	b.WriteString("\n  intervals: 95 % Wilson of the test images; that another training gives another generator is not in them\n")
	for _, n := range notes {
		fmt.Fprintf(&b, "  note: %s\n", n)
	}
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "  warning: %s\n", w)
	}
	return b.String()
}

// realRows says which training images a point of real images is of.
func realRows(rows string) string {
	switch rows {
	case nnc.RowsAll:
		return "all training images"
	case nnc.RowsFirst:
		return "the first of the file"
	}
	return "the first in the released order"
}

func paperErrors(row nnc.PaperRow) string {
	var parts []string
	for _, e := range []float64{row.Error50k, row.Error10M} {
		if e > 0 {
			parts = append(parts, fmt.Sprintf("%.4g %%", 100*e))
		} else {
			parts = append(parts, "-")
		}
	}
	return strings.Join(parts, " and ")
}
