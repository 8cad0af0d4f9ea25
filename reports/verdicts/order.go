package verdicts

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"repbench/benchmarks/gate"
	"repbench/internal/version"
	"repbench/reports/internal/format"
)

// rank is the order of verdicts, the worst first.
var rank = map[gate.Verdict]int{gate.Failed: 0, gate.Regressed: 1, gate.Open: 2, gate.Ungated: 3, gate.Pass: 4}

// worstFirst are the cells by verdict, and among equal ones by their drop in margins.
func worstFirst(cells []gate.Cell) []gate.Cell {
	out := slices.Clone(cells)
	slices.SortStableFunc(out, func(a, b gate.Cell) int {
		return cmp.Or(cmp.Compare(rank[a.Verdict], rank[b.Verdict]), cmp.Compare(b.Drop/b.Margin, a.Drop/a.Margin))
	})
	return out
}

// Headline is the outcome in a sentence: "regressed: 1 of 10 cells; 2 inconclusive, 7 pass".
func Headline(c *gate.Comparison) string {
	var parts []string
	for _, v := range []gate.Verdict{gate.Failed, gate.Regressed, gate.Open, gate.Pass, gate.Ungated} {
		if n := c.Count(v); n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n, v))
		}
	}
	return fmt.Sprintf("%s: %s: %s", c.Verdict, format.Plural(len(c.Cells), "cell"), strings.Join(parts, ", "))
}

// sides is "4e2573e4c1d2 → d841424aa0b1".
func sides(c *gate.Comparison) string {
	return commits(c.Base) + " → " + commits(c.Head)
}

// commits are the commits of a side, shortened.
func commits(s gate.Side) string {
	var out []string
	for _, c := range s.Commits {
		out = append(out, Short(c))
	}
	if len(out) > 3 {
		return fmt.Sprintf("%s and %d more", strings.Join(out[:2], ", "), len(out)-2)
	}
	return strings.Join(out, ", ")
}

// Short is the beginning of a commit that is enough for people, with its mark of changed sources.
func Short(commit string) string {
	return shortened(commit, 12, version.Modified)
}

// shortened are the first digits of a commit, with a mark where its sources were changed.
func shortened(commit string, digits int, mark string) string {
	hash, modified := strings.CutSuffix(commit, version.Modified)
	hash = hash[:min(len(hash), digits)]
	if modified {
		hash += mark
	}
	return hash
}
