package main

import (
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"repbench/benchmarks/ledger"
)

func (a *app) benchRecord() *cobra.Command {
	var dir string
	c := &cobra.Command{
		Use:   "record OUT --ledger DIR",
		Short: "Add the results of a suite's folder to a ledger",
		Long: `Add the results of the cells that are done to the ledger DIR, one line per cell in
DIR/COMMIT/SUITE-MACHINE.jsonl. Lines never change: a line that is there already stays, and a
result that differs from the line there is refused. Results of a program that does not know its
commit are added with a warning; "make build" sets the commit.`,
		Example: `  repbench bench record out/gate --ledger ledger`,
		Args:    exactly(1, "OUT, the folder of a suite"),
		RunE: func(c *cobra.Command, args []string) error {
			if err := required(c, "ledger"); err != nil {
				return err
			}
			from, err := linesFlags{}.side(args[0])
			if err != nil {
				return err
			}
			lines := from.lines
			added, err := ledger.Append(dir, lines)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(lines, func(l ledger.Line) bool { return l.Fingerprint.Commit == ledger.UnknownCommit }) {
				fmt.Fprintf(a.stderr, "warning: %s\n", ledger.UnknownCommitHint)
			}
			v := map[string]any{"ledger": dir, "lines": len(lines), "added": added}
			return a.print(v, fmt.Sprintf("%s: %d lines added, %d were there\n", dir, added, len(lines)-added))
		},
	}
	c.Flags().StringVar(&dir, "ledger", "", "folder of the ledger; it is made if it is missing")
	return c
}
