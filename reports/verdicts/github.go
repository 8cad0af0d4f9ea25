package verdicts

import (
	"fmt"
	"strings"

	"repbench/benchmarks/gate"
)

// Limits of GitHub: annotations of a kind that it shows for a step, and the size of a step's summary.
const (
	maxAnnotations = 10
	maxSummary     = 1 << 20
)

// Annotations are the workflow commands of GitHub Actions that put the cells which do not pass beside a run, the
// worst first: errors for what could not be compared or regressed, warnings for what is inconclusive
// (errors where the rule says so). GitHub shows ten of a kind; the tenth says how many are left out.
func Annotations(c *gate.Comparison) string {
	var errors, warnings []string
	for _, cell := range worstFirst(c.Cells) {
		switch {
		case cell.Verdict == gate.Failed, cell.Verdict == gate.Regressed, cell.Verdict == gate.Open && c.Rule.Inconclusive == gate.Fail:
			errors = append(errors, annotation("error", string(cell.Verdict)+": "+cell.Name.String(), said(cell)))
		case cell.Verdict == gate.Open:
			warnings = append(warnings, annotation("warning", string(cell.Verdict)+": "+cell.Name.String(), said(cell)))
		}
	}
	for _, w := range c.Warnings {
		warnings = append(warnings, annotation("warning", c.Suite, w))
	}
	return strings.Join(append(atMost(errors, "error"), atMost(warnings, "warning")...), "")
}

// said is the reason of a cell with what differs.
func said(c gate.Cell) string {
	s := c.Reason
	if len(c.Differences) > 0 {
		s += "\nDifferent: " + strings.Join(c.Differences, "; ")
	}
	return s
}

// atMost keeps what GitHub shows.
func atMost(all []string, level string) []string {
	if len(all) <= maxAnnotations {
		return all
	}
	left := len(all) - maxAnnotations + 1
	return append(all[:maxAnnotations-1:maxAnnotations-1], annotation(level, "more", fmt.Sprintf("and %d more; see the summary", left)))
}

// Characters that workflow commands need escaped, in the text and in properties.
var (
	commandText     = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A")
	commandProperty = strings.NewReplacer("%", "%25", "\r", "%0D", "\n", "%0A", ":", "%3A", ",", "%2C")
)

func annotation(level, title, text string) string {
	return fmt.Sprintf("::%s title=%s::%s\n", level, commandProperty.Replace(title), commandText.Replace(text))
}

// Summary is the Markdown for a step summary of GitHub, below its limit with room for what other commands
// of the step write: where the whole would be too long, the cells that pass are left out, and then rows
// from the end.
func Summary(c *gate.Comparison) ([]byte, error) {
	shown := *c
	shown.Cells = worstFirst(c.Cells)
	for {
		text, err := markdown(c, shown.Cells)
		if err != nil || len(text) <= maxSummary*3/4 || len(shown.Cells) <= 1 {
			return text, err
		}
		if n := shown.Count(gate.Pass); n > 0 && n < len(shown.Cells) {
			shown.Cells = shown.Cells[:len(shown.Cells)-n]
			continue
		}
		shown.Cells = shown.Cells[:len(shown.Cells)/2]
	}
}
