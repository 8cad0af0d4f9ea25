package figures_test

import (
	"fmt"
	"strings"

	"repbench/reports/internal/figures"
)

// Two layers, as SVG for a page of its own colours.
func ExampleSVG() {
	f := figures.Bars([]figures.Row{
		{Label: "conv1", Value: 0.55, Lo: 0.54, Hi: 0.56},
		{Label: "all layers", Value: 0.70, Lo: 0.69, Hi: 0.71, Strong: true},
	}, figures.BarsOptions{Axis: "test accuracy", Chance: 0.1})
	svg, err := figures.SVG(f, figures.Inline, "Accuracy of each layer")
	fmt.Println(err, strings.Contains(string(svg), ">70.0 %</text>"), strings.Contains(string(svg), "fill:var(--blue)"))
	// Output: <nil> true true
}
