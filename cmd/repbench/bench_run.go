package main

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"repbench/benchmarks/launch"
	"repbench/benchmarks/suite"
	"repbench/cmd/repbench/internal/term"
	"repbench/features/store"
)

// benchRunFlags are the flags of bench run.
type benchRunFlags struct {
	benchFlags
	engineFlags
	jobs         int
	shard, retry string
	class        string
	maxMemory    int64
}

func (a *app) benchRun() *cobra.Command {
	var f benchRunFlags
	c := &cobra.Command{
		Use:   "run SUITE --out OUT [--engine NAME] [--jobs N] [--shard I/N] [--seeds 1..5]",
		Short: "Run all cells of a suite that are not done; the same command always goes on",
		Long: `Run the cells of a suite in the folder --out, each in a process of its own. What is done
is left as it is: give the same command again after an interruption, after adding seeds,
encoders or protocols to the suite, or beside another one that runs on the same folder,
on this machine or on another one.

--jobs processes run at a time and share the threads and the memory. --shard 2/4 takes
the second of four parts of the cells. A cell that failed stays failed, with its reason
and the end of its log in OUT/cells/ID, until --retry failed.

With --engine slurm or kubernetes the cells become jobs of a cluster, submitted with your
own sbatch or kubectl and the settings of the suite's table [engine.NAME]. Cells that the
cluster loses are submitted again. After Ctrl-C, or with --detach, the jobs go on.

The exit status is 0 when all cells are done, or with --detach submitted, 1 when some
failed, and 75 after an interruption.`,
		Args: exactly(1, "a suite file"),
		RunE: func(c *cobra.Command, args []string) error { return a.runBenchRun(c, args[0], f) },
	}
	fl := c.Flags()
	fl.StringVar(&f.out, "out", "", "folder of the suite")
	fl.IntVar(&f.jobs, "jobs", 1, "cells at a time")
	fl.StringVar(&f.shard, "shard", "", "run only a part of the cells, such as 1/4, the first of four")
	fl.StringVar(&f.seeds, "seeds", "", `run only cells with these seeds, such as "1..5", and cells without a seed`)
	fl.StringVar(&f.retry, "retry", "", "failed: run cells that failed once more")
	fl.StringVar(&f.class, "machine", "", "name of this class of machines in ledgers (default: of the platform and its vector instructions)")
	sizeFlag(c, &f.maxMemory, "max-memory", 1, "memory for features of all processes together, such as 8GiB (default: half of the memory)")
	f.engineFlags.add(c)
	f.addReuse(c)
	return c
}

func (a *app) runBenchRun(c *cobra.Command, path string, f benchRunFlags) error {
	l, err := a.local(c, f)
	if err != nil {
		return err
	}
	if cluster, err := f.cluster(c); err != nil || cluster {
		if err != nil {
			return err
		}
		return a.runOnCluster(c, path, f, l)
	}
	s, err := suite.Read(path)
	if err != nil {
		return err
	}
	var change suite.Change
	if l.Folder, change, err = suite.Prepare(c.Context(), s, f.out, a.machine()); err != nil {
		return launch.FullDisk(f.out, err)
	}
	before := l.Folder.Overview(l.Seeds, l.Reuse)
	if !a.quiet {
		fmt.Fprint(a.stderr, term.Begin(before, change))
	}
	if before.Done == before.Total { // which is said without reading a thousand records again
		return a.print(before, term.Status(before))
	}
	if err := l.Folder.Writable(); err != nil {
		return err
	}
	view := a.runView(l.Jobs)
	l.Show = view.show
	err = launch.FullDisk(f.out, l.Run(c.Context()))
	view.end()
	after := l.Folder.Overview(l.Seeds, l.Reuse)
	return errors.Join(err, a.print(after, term.Status(after)))
}

// local is what the flags say but for the folder.
func (a *app) local(c *cobra.Command, f benchRunFlags) (l launch.Local, err error) {
	if err := required(c, "out"); err != nil {
		return l, err
	}
	if f.jobs < 1 || f.jobs > maxThreads {
		return l, usageError{fmt.Errorf("--jobs %d: give 1 to %d", f.jobs, maxThreads)}
	}
	if l.Seeds, err = f.parseSeeds(); err != nil {
		return l, err
	}
	if l.Seeds.None {
		return l, usageError{errors.New(`--seeds none: give seeds, such as "1..5"; cells without a seed are always taken`)}
	}
	if l.Shard, err = parseShard(f.shard); err != nil {
		return l, usageError{err}
	}
	if f.retry != "" && f.retry != "failed" {
		return l, usageError{fmt.Errorf("--retry %q: the only value is failed", f.retry)}
	}
	if l.Reuse, err = f.reuses(); err != nil {
		return l, err
	}
	if l.Program, err = os.Executable(); err != nil {
		return l, err
	}
	l.Jobs, l.Retry, l.Threads, l.Memory = f.jobs, f.retry != "", runtime.GOMAXPROCS(0), f.maxMemory
	if l.Memory == 0 {
		l.Memory = store.DefaultMaxMemory()
	}
	l.Flags = a.cellFlags(f.class)
	return l, nil
}

// cellFlags are the common flags as a cell is given them.
func (a *app) cellFlags(class string) []string {
	flags := []string{"--backend", a.backend}
	if a.cache != "" {
		flags = append(flags, "--cache", a.cache)
	}
	if a.offline {
		flags = append(flags, "--offline")
	}
	if a.cacheLimit >= 0 {
		flags = append(flags, "--cache-limit", strconv.FormatInt(a.cacheLimit, 10))
	}
	if class != "" {
		flags = append(flags, "--machine", class)
	}
	return flags
}

// parseShard reads "2/4".
func parseShard(text string) (launch.Shard, error) {
	if text == "" {
		return launch.Shard{}, nil
	}
	i, n, ok := strings.Cut(text, "/")
	s := launch.Shard{}
	var ierr, nerr error
	s.I, ierr = strconv.Atoi(i)
	s.N, nerr = strconv.Atoi(n)
	if !ok || ierr != nil || nerr != nil || s.I < 1 || s.N < s.I {
		return s, fmt.Errorf("--shard %q: give a part and their number, from 1/4 to 4/4", text)
	}
	return s, nil
}
