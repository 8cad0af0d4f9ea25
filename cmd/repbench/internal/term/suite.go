package term

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"repbench/benchmarks/launch"
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
			fmt.Fprintf(&b, ", %s", added(o, c))
		}
	}
	b.WriteString("\n")
	b.WriteString(rows(o))
	b.WriteString(remarks(o))
	for _, m := range c.Missing {
		fmt.Fprintf(&b, "  missing: data set %q (%s), %s, which bench run downloads\n", m.Data, m.Spec, megabytes(m.Bytes))
	}
	fmt.Fprintf(&b, "  %s\n", timeLeft(o))
	return b.String()
}

// added says how many cells are new. They are counted over all seeds, unlike the cells of an overview of some.
func added(o *suite.Overview, c suite.Change) string {
	if o.Partial {
		return fmt.Sprintf("over all seeds the plan has %s", count(c.Added, "new cell"))
	}
	return fmt.Sprintf("%d new", c.Added)
}

// Status is what is done of a suite.
func Status(o *suite.Overview) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s in %s: %s\n", o.Suite, o.Dir, states(o.Counts))
	if o.Trainings.Total > 0 {
		fmt.Fprintf(&b, "  trainings: %s\n", states(o.Trainings))
	}
	b.WriteString(saved(o))
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

// saved says how far trainings are that go on at a checkpoint.
func saved(o *suite.Overview) string {
	var b strings.Builder
	for i, s := range o.Saved {
		if i == shownCells {
			fmt.Fprintf(&b, "  … and %d more saved\n", len(o.Saved)-i)
			break
		}
		fmt.Fprintf(&b, "  saved: training of %s", s.Encoder)
		if s.Seed != nil {
			fmt.Fprintf(&b, ", seed %d", *s.Seed)
		}
		fmt.Fprintf(&b, ": step %d", s.Step)
		if s.Steps > 0 {
			fmt.Fprintf(&b, " of %d", s.Steps)
		}
		b.WriteString("\n")
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
	return trailing.ReplaceAllString(b.String(), "\n")
}

// trailing are the spaces behind the last column of a row.
var trailing = regexp.MustCompile(` +\n`)

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
	b.WriteString(orphans(o))
	return b.String()
}

// orphans names the cells that the suite has no longer, a line for each encoder.
func orphans(o *suite.Overview) string {
	cells := map[string][]int{}
	kept := map[string]int{}
	var encoders []string
	for _, c := range o.Orphans {
		if cells[c.Encoder] == nil {
			encoders = append(encoders, c.Encoder)
		}
		cells[c.Encoder] = append(cells[c.Encoder], c.Index)
		if slices.Contains(o.Kept, c.Index) {
			kept[c.Encoder]++
		}
	}
	var b strings.Builder
	for i, e := range encoders {
		if i == shownCells {
			fmt.Fprintf(&b, "  … and orphans of %s more\n", count(len(encoders)-i, "encoder"))
			break
		}
		results := "none has a result"
		if n := kept[e]; n > 0 {
			results = fmt.Sprintf("%d with results, which stay in cells/ID", n)
		}
		fmt.Fprintf(&b, "  orphans of %s: %s (%s), %s\n", e, count(len(cells[e]), "cell"), launch.FormatList(cells[e]), results)
	}
	if len(encoders) > 0 {
		b.WriteString("  orphans are planned cells that the suite has no longer: an option or a data set changed, or an entry was removed\n")
	}
	return b.String()
}

// NothingToSubmit says that no cell is left for an engine, and how failed cells are tried again.
func NothingToSubmit(o *suite.Overview) string {
	text := fmt.Sprintf("nothing is left to submit: %s in %s: %s", o.Suite, o.Dir, states(o.Counts))
	if o.Counts.Failed > 0 {
		text += fmt.Sprintf("; failed cells are tried again with: repbench bench run SUITE --out %s --retry failed", o.Dir)
	}
	return text
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
		fmt.Fprintf(&b, "; %s", added(o, c))
	}
	b.WriteString("\n" + remarks(o))
	return b.String()
}
