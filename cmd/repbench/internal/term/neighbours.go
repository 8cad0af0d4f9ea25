package term

import (
	"fmt"
	"strings"

	"repbench/eval/neighbours/nearfiles"
)

// Neighbours is a search of neighbours whose arrays are in the folder.
func Neighbours(folder string, r *nearfiles.Result) string {
	var b strings.Builder
	what := "rows"
	if len(r.Queries.Shape) == 4 {
		what = "images"
	}
	fmt.Fprintf(&b, "%d nearest of %d %s for each of %d, by %s: %.1f s\n", r.K, r.Base.Shape[0], what, r.Queries.Shape[0], r.Metric, r.Seconds)
	if r.ResumedAt > 0 {
		fmt.Fprintf(&b, "  went on from query %d\n", r.ResumedAt)
	}
	fmt.Fprintf(&b, "  distances: %s\n", r.Distances)
	fmt.Fprintf(&b, "  in %s: %s\n", folder, strings.Join(r.Files, ", "))
	for _, w := range r.Warnings {
		fmt.Fprintf(&b, "  warning: %s\n", w)
	}
	return b.String()
}
