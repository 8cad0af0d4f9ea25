package main

import (
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks/gate"
	"repbench/benchmarks/ledger"
	"repbench/internal/atomicfile"
	"repbench/reports/verdicts"
)

// trendFlags are the flags of bench trend.
type trendFlags struct {
	linesFlags
	out, pin, order, git string
}

func (a *app) benchTrend() *cobra.Command {
	var f trendFlags
	c := &cobra.Command{
		Use:   "trend LEDGER --out PAGE.html",
		Short: "Draw the results of a ledger over commits, with steps marked",
		Long: `Draw each cell of a suite over the commits of the ledger: one dot per seed, means, and the levels
that a fit of steps finds. A step lasts at least two commits. Commits are in the order of git's
history where git knows all of them (in the folder --git), else in the order in which they were
measured; the page says which.

--pin COMMIT draws a release as a line and compares the newest commit with it by the rule of bench
compare: many small drops pass one by one, and add up.`,
		Example: `  repbench bench trend ledger --suite benchmarks/suites/quick.toml --pin v1.2 --out trend.html`,
		Args:    exactly(1, "LEDGER, the folder of a ledger"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := required(c, "out"); err != nil {
				return err
			}
			f.ledger = args[0]
			t, err := f.trend()
			if err != nil {
				return err
			}
			text, err := t.Page()
			if err != nil {
				return err
			}
			if err := atomicfile.WriteFile(f.out, text, 0o644); err != nil {
				return err
			}
			steps := 0
			for _, s := range t.Series {
				steps += len(s.Steps)
			}
			return a.print(t, fmt.Sprintf("%s: %d commits in the order of %s, %d cells, %d steps\n", f.out, len(t.Commits), t.Order, len(t.Series), steps))
		},
	}
	fl := c.Flags()
	fl.StringVar(&f.out, "out", "", "web page to write, one file")
	fl.StringVar(&f.suite, "suite", "", "file of the suite, whose table [gate] is the rule; or the name of one of several suites")
	fl.StringVar(&f.machine, "machine", "", "class of machines, where there are results of several")
	fl.StringVar(&f.pin, "pin", "", "commit of a release to compare with")
	fl.StringVar(&f.order, "order", "", "git or time (default: git where it knows all commits)")
	fl.StringVar(&f.git, "git", ".", "folder of the repository whose history orders the commits")
	return c
}

// trend reads a ledger.
func (f trendFlags) trend() (*verdicts.Trend, error) {
	rule, name, err := f.rule()
	if err != nil {
		return nil, err
	}
	commits, err := ledger.Commits(f.ledger)
	if err != nil {
		return nil, err
	}
	all := map[string][]ledger.Line{}
	for _, c := range commits {
		if all[c], err = ledger.ReadFolder(filepath.Join(f.ledger, c)); err != nil {
			return nil, err
		}
	}
	if name, err = f.choose(all, name); err != nil {
		return nil, err
	}
	commits = slices.DeleteFunc(commits, func(c string) bool { return len(all[c]) == 0 })
	t := &verdicts.Trend{Suite: name}
	if t.Commits, t.Order, err = f.sort(commits, all); err != nil {
		return nil, err
	}
	lines := make([][]ledger.Line, len(t.Commits))
	for i, c := range t.Commits {
		lines[i] = all[c]
	}
	if t.Series, err = gate.History(lines, rule); err != nil {
		return nil, err
	}
	return t, f.addPin(t, all, rule)
}

// choose keeps the lines of one suite and one class of machines, and returns the name of the suite.
func (f trendFlags) choose(all map[string][]ledger.Line, name string) (string, error) {
	suites, classes := map[string]bool{}, map[string]bool{}
	for _, lines := range all {
		for _, l := range lines {
			if suites[l.Suite] = true; name == "" || l.Suite == name {
				classes[l.Machine.Class] = true
			}
		}
	}
	names := slices.Sorted(maps.Keys(suites))
	switch {
	case len(names) == 0:
		return "", fmt.Errorf("%s has no lines; bench record adds the results of a run", f.ledger)
	case name == "" && len(names) > 1:
		return "", usageError{fmt.Errorf("%s has several suites: %s; say which with --suite FILE or --suite NAME", f.ledger, strings.Join(names, ", "))}
	case name == "":
		name = names[0]
	case !suites[name]:
		return "", fmt.Errorf("%s has no results of the suite %q; it has %s", f.ledger, name, strings.Join(names, ", "))
	}
	class := f.machine
	if list := slices.Sorted(maps.Keys(classes)); class == "" && len(list) > 1 {
		return "", usageError{fmt.Errorf("%s has results of several classes of machines: %s; say which with --machine", f.ledger, strings.Join(list, ", "))}
	} else if class == "" {
		class = list[0]
	} else if !classes[class] {
		return "", fmt.Errorf("%s has no results of machines of the class %q; it has %s", f.ledger, class, strings.Join(list, ", "))
	}
	for c, lines := range all {
		all[c] = slices.DeleteFunc(lines, func(l ledger.Line) bool { return l.Suite != name || l.Machine.Class != class })
	}
	return name, nil
}

// addPin compares the newest commit with the pinned one.
func (f trendFlags) addPin(t *verdicts.Trend, all map[string][]ledger.Line, rule gate.Rule) error {
	if f.pin == "" {
		return nil
	}
	pin, err := findCommit(f.ledger, f.pin)
	if err != nil {
		return err
	}
	if len(all[pin]) == 0 {
		return fmt.Errorf("the pinned commit %s has no results of the suite %q", pin, t.Suite)
	}
	t.Pin = pin
	newest := t.Commits[len(t.Commits)-1]
	if newest == pin {
		t.Notes = append(t.Notes, "The newest commit is the pinned release.")
		return nil
	}
	t.Since, err = gate.Compare(all[pin], all[newest], rule)
	return err
}
