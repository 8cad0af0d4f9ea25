package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"repbench/benchmarks/suite"
	"repbench/cmd/repbench/internal/term"
)

// benchFlags are flags that several commands of bench have.
type benchFlags struct {
	out, seeds string
	reuse      string
}

// addReuse adds the flag --reuse.
func (f *benchFlags) addReuse(c *cobra.Command) {
	c.Flags().StringVar(&f.reuse, "reuse", "", "modified: also count results of other programs of this commit whose sources were changed")
}

// reuses checks the flag --reuse.
func (f *benchFlags) reuses() (bool, error) {
	switch f.reuse {
	case "", "modified":
		return f.reuse != "", nil
	}
	return false, usageError{fmt.Errorf("--reuse %q: the only value is modified", f.reuse)}
}

// parseSeeds reads the flag --seeds; without it all seeds are taken.
func (f *benchFlags) parseSeeds() (suite.Seeds, error) {
	if f.seeds == "" {
		return suite.Seeds{}, nil
	}
	s, err := suite.ParseSeeds(f.seeds)
	if err != nil {
		return s, usageError{fmt.Errorf("--seeds: %w", err)}
	}
	return s, nil
}

func (a *app) benchPlan() *cobra.Command {
	var f benchFlags
	c := &cobra.Command{
		Use:   "plan SUITE [--out OUT]",
		Short: "Show the cells of a suite, what is done of them, and how long the rest takes",
		Long: `Show the cells that a suite file makes: encoders × data sets × protocols × seeds, without
the cells that [[skip]] leaves out. With --out also what is done of them in the suite's
folder, which cells are new, and how long the rest takes by what earlier cells took.

Data sets are opened to know their content; nothing is written, and nothing is downloaded. Data
sets that bench run would download are named with their size; their cells count as new.`,
		Args: exactly(1, "a suite file"),
		RunE: func(c *cobra.Command, args []string) error { return a.runBenchPlan(c, args[0], f) },
	}
	c.Flags().StringVar(&f.out, "out", "", "folder of the suite")
	c.Flags().StringVar(&f.seeds, "seeds", "", `only cells with these seeds, such as "1..5", and cells without a seed`)
	f.addReuse(c)
	return c
}

func (a *app) runBenchPlan(c *cobra.Command, path string, f benchFlags) error {
	seeds, err := f.parseSeeds()
	if err != nil {
		return err
	}
	reuse, err := f.reuses()
	if err != nil {
		return err
	}
	s, err := suite.Read(path)
	if err != nil {
		return err
	}
	folder, change, err := suite.Look(c.Context(), s, f.out, a.machine())
	if err != nil {
		return err
	}
	o := folder.Overview(seeds, reuse)
	document := struct {
		*suite.Overview
		Added   int             `json:"added"`
		Missing []suite.Missing `json:"missing"`
		Cells   []suite.Cell    `json:"cells"`
	}{o, change.Added, append([]suite.Missing{}, change.Missing...), folder.Cells()}
	return a.print(document, term.Plan(o, change))
}
