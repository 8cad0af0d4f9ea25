package term

import (
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"repbench/benchmarks/suite"
)

// shownCells are the most cells of a list that are shown.
const shownCells = 20

// Plan is what a suite makes, and what is done of it.
func Plan(o *suite.Overview, c suite.Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s", o.Suite, count(o.Total, "cell"))
	if n := o.Trainings.Total; n > 0 {
		fmt.Fprintf(&b, " and %s", count(n, "training"))
	}
	if o.Dir != "" {
		fmt.Fprintf(&b, " in %s; %d done", o.Dir, o.Done)
		if c.Added > 0 {
			fmt.Fprintf(&b, ", %d new", c.Added)
		}
	}
	b.WriteString("\n")
	b.WriteString(rows(o))
	b.WriteString(remarks(o))
	fmt.Fprintf(&b, "  %s\n", timeLeft(o))
	return b.String()
}

// Status is what is done of a suite.
func Status(o *suite.Overview) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s: %s\n", o.Suite, o.Dir, states(o.Counts))
	if o.Trainings.Total > 0 {
		fmt.Fprintf(&b, "  trainings: %s\n", states(o.Trainings))
	}
	b.WriteString(rows(o))
	for _, c := range o.Running {
		fmt.Fprintf(&b, "  running: cell %d, %s: %s\n", c.Index, c.Cell, c.Why)
	}
	b.WriteString(remarks(o))
	if o.Counts.Left() > 0 {
		fmt.Fprintf(&b, "  %s\n", timeLeft(o))
	}
	return b.String()
}

// states lists how many are in each state.
func states(c suite.Counts) string {
	text := fmt.Sprintf("%d of %d done", c.Done, c.Total)
	for _, s := range []struct {
		n    int
		name string
	}{{c.Running, "running"}, {c.Failed, "failed"}, {c.Interrupted, "interrupted"}, {c.Open, "open"}} {
		if s.n > 0 {
			text += fmt.Sprintf(", %d %s", s.n, s.name)
		}
	}
	return text
}

// rows is the table of cells without their seeds.
func rows(o *suite.Overview) string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "  encoder\tdata\tprotocol\tdone\tresult\t")
	for _, r := range o.Rows {
		fmt.Fprintf(w, "  %s\t%s\t%s\t%d/%d\t%s\t\n", r.Encoder, r.Data, r.Protocol, r.Done, r.Total, value(r))
	}
	w.Flush()
	return strings.ReplaceAll(b.String(), " \n", "\n")
}

// value is the mean of a row with its standard deviation.
func value(r suite.Row) string {
	text := ""
	if r.Mean != nil {
		mean, sd, unit := *r.Mean, r.SD, ""
		if strings.HasSuffix(r.Metric, "accuracy") {
			mean, unit = 100*mean, " %"
			if sd != nil {
				points := 100 * *sd
				sd = &points
			}
		}
		text = fmt.Sprintf("%s %.4g", r.Metric, mean)
		if unit != "" {
			text = fmt.Sprintf("%s %.2f", r.Metric, mean)
		}
		if sd != nil {
			text += fmt.Sprintf(" ± %.2g", *sd)
		}
		text += unit
	}
	if r.Failed > 0 {
		text = strings.TrimPrefix(fmt.Sprintf("%s, %d failed", text, r.Failed), ", ")
	}
	if r.Diverged > 0 {
		text = strings.TrimPrefix(fmt.Sprintf("%s, %d diverged", text, r.Diverged), ", ")
	}
	return text
}

// remarks names the cells that a user has to know about.
func remarks(o *suite.Overview) string {
	var b strings.Builder
	for i, c := range o.Failed {
		if i == shownCells {
			fmt.Fprintf(&b, "  … and %d more failed\n", len(o.Failed)-i)
			break
		}
		fmt.Fprintf(&b, "  failed: cell %d, %s: %s\n", c.Index, c.Cell, c.Why)
	}
	if len(o.Failed) > 0 {
		b.WriteString("  a failed cell is tried again with: bench run --retry failed\n")
	}
	for i, c := range o.Stale {
		if i == shownCells {
			fmt.Fprintf(&b, "  … and %d more that run again\n", len(o.Stale)-i)
			break
		}
		fmt.Fprintf(&b, "  runs again: cell %d, %s: %s\n", c.Index, c.Cell, c.Why)
	}
	for i, c := range o.Orphans {
		if i == shownCells {
			fmt.Fprintf(&b, "  … and %d more orphans\n", len(o.Orphans)-i)
			break
		}
		fmt.Fprintf(&b, "  orphan: cell %d, %s: the suite has it no longer, as an option or a data set changed; its results stay in cells/%s\n", c.Index, c, c.ID)
	}
	return b.String()
}

// timeLeft says how long the rest takes.
func timeLeft(o *suite.Overview) string {
	l := o.Left
	switch {
	case o.Counts.Left() == 0:
		return "nothing is left to do"
	case l.Seconds == 0:
		return "nothing like the rest was done before, so how long it takes is not known"
	}
	text := "the rest takes about " + Duration(l.Seconds) + ", one cell after another"
	if l.Unknown > 0 {
		text += fmt.Sprintf(", and the time of %s of which nothing like was done before", count(l.Unknown, "cell or training"))
	}
	return text
}

// Duration is a time in words that are as exact as a prediction.
func Duration(seconds float64) string {
	d := time.Duration(seconds * float64(time.Second))
	switch {
	case d < 90*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d < 90*time.Minute:
		return fmt.Sprintf("%.0f min", d.Minutes())
	case d < 48*time.Hour:
		return fmt.Sprintf("%.1f h", d.Hours())
	}
	return fmt.Sprintf("%.1f days", d.Hours()/24)
}

// count is a number of things.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	if what == "cell or training" {
		return fmt.Sprintf("%d cells or trainings", n)
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// Begin is what a run starts with.
func Begin(o *suite.Overview, c suite.Change) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s: %s", o.Suite, o.Dir, states(o.Counts))
	if c.Added > 0 {
		fmt.Fprintf(&b, "; %d new", c.Added)
	}
	b.WriteString("\n" + remarks(o))
	return b.String()
}
