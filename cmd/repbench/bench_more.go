package main

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks/gate"
)

func (a *app) benchMore() *cobra.Command {
	var f linesFlags
	c := &cobra.Command{
		Use:   "more BASE HEAD",
		Short: "Print the seeds that inconclusive cells need, as arguments of bench run",
		Long: `Compare as bench compare does and print the seeds that the head needs until the next look of its
inconclusive cells, as arguments of bench run. Where no seed would help it prints nothing, and says so
on standard error. Seeds that the base has come first, as pairs tell more. Exit status: 0, or 1 where a cell or the whole could not be
compared, 2 wrong usage.`,
		Example: `  seeds=$(repbench bench more base.jsonl out/gate)
  [ -z "$seeds" ] || repbench bench run gate.toml --out out/gate $seeds`,
		Args: exactly(2, "BASE and HEAD"),
		RunE: func(c *cobra.Command, args []string) error {
			result, err := f.compareSides(args)
			if err != nil {
				return err
			}
			if result.Verdict == gate.Failed {
				for _, cell := range result.Cells {
					if cell.Verdict == gate.Failed {
						return fmt.Errorf("%s: %s", cell.Name, cell.Reason)
					}
				}
			}
			needs := result.Needs()
			text := ""
			if seeds := union(needs); len(seeds) > 0 {
				text = "--seeds " + seedRanges(seeds) + "\n"
			} else {
				a.say(noMore(result))
			}
			return a.print(map[string]any{"cells": needs, "arguments": strings.Fields(text)}, text)
		},
	}
	addLinesFlags(c, &f)
	return c
}

// noMore says why no seed would help.
func noMore(c *gate.Comparison) string {
	if n := c.Count(gate.Open); n > 0 {
		return fmt.Sprintf("no seeds to add: inconclusive are %d of %d cells, and no look is left to them or nothing in them is random; bench compare says more", n, len(c.Cells))
	}
	return fmt.Sprintf("no seeds to add: no cell is inconclusive; the verdict is %s", c.Verdict)
}

// union are the seeds of all cells, in ascending order.
func union(needs []gate.Need) []uint64 {
	var out []uint64
	for _, n := range needs {
		out = append(out, n.Seeds...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// seedRanges is "6..8" or "1,6..8".
func seedRanges(seeds []uint64) string {
	var out []string
	for i := 0; i < len(seeds); {
		j := i
		for j+1 < len(seeds) && seeds[j+1] == seeds[j]+1 {
			j++
		}
		text := strconv.FormatUint(seeds[i], 10)
		if j > i {
			text += ".." + strconv.FormatUint(seeds[j], 10)
		}
		out = append(out, text)
		i = j + 1
	}
	return strings.Join(out, ",")
}
