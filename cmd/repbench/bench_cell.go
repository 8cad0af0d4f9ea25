package main

import (
	"fmt"
	"runtime"
	"strconv"

	"github.com/spf13/cobra"

	"repbench/benchmarks/suite"
)

func (a *app) benchCell() *cobra.Command {
	var f benchFlags
	var class, of string
	var maxMemory int64
	c := &cobra.Command{
		Use:   "cell OUT INDEX",
		Short: "Compute one cell of a suite's folder: what engines call",
		Long: `Compute the cell of that index in the plan of a suite's folder: train its encoder, unless
that is done, evaluate it, and write its record last. A cell that is done is left as it
is.

The exit status is 0 when the cell is done, 1 when it failed, 2 when the command line is
wrong, and 75 when it was interrupted or another process works on it: start it again, and
it goes on. A task of a Slurm array puts itself back into the queue then. On a cluster this
command is started by bench run; with any other scheduler start it yourself for each index.`,
		Args: exactly(2, "the folder of a suite and the index of a cell"),
		RunE: func(c *cobra.Command, args []string) error {
			index, err := strconv.Atoi(args[1])
			if err != nil || index < 0 {
				return usageError{fmt.Errorf("the index of a cell is a number from 0, not %q", args[1])}
			}
			reuse, err := f.reuses()
			if err != nil {
				return err
			}
			if index, err = cellOf(index, of); err != nil {
				return err
			}
			folder, err := suite.Open(args[0])
			if err != nil {
				return err
			}
			o := suite.RunOptions{Machine: a.machine(), Threads: runtime.GOMAXPROCS(0), Log: a.stderr, Class: class, Reuse: reuse}
			if o.Machine.MaxMemory = maxMemory; a.quiet {
				o.Log = nil
			}
			if err := folder.Run(c.Context(), index, o); err != nil {
				a.requeue(c.Context(), err)
				return err
			}
			return a.printCell(folder, index)
		},
	}
	f.addReuse(c)
	c.Flags().StringVar(&of, "of", "", "list of cells, such as 0-5,9, in which INDEX counts from 0; for engines whose indices have no gaps")
	c.Flags().StringVar(&class, "machine", "", "name of this class of machines in ledgers (default: of the platform and its vector instructions)")
	sizeFlag(c, &maxMemory, "max-memory", 1, "read features up to this size into memory, such as 8GiB (default: half of the memory)")
	return c
}

// printCell prints the record of a cell that is done.
func (a *app) printCell(f *suite.Folder, index int) error {
	c, err := f.Cell(index)
	if err != nil {
		return err
	}
	s := f.Look(c, true)
	if s.Line == nil {
		return fmt.Errorf("cell %d (%s) is done and its record does not count: %s", index, c, s.Why)
	}
	text := fmt.Sprintf("cell %d, %s: done", index, c)
	if s.Line.Diverged != "" {
		text += ", and there is no encoder: " + s.Line.Diverged
	} else if m := s.Line.Measurements; len(m) > 0 {
		text += fmt.Sprintf(", %s %.6g", m[0].Name, m[0].Value)
	}
	return a.print(s.Line, text+"\n")
}
