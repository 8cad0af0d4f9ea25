package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	terminal "golang.org/x/term"

	"repbench/benchmarks/launch"
	"repbench/benchmarks/suite"
	"repbench/cmd/repbench/internal/term"
)

// watchEvery is the time between two looks of bench status --watch.
const watchEvery = 2 * time.Second

func (a *app) benchStatus() *cobra.Command {
	var f benchFlags
	var watch, markdown bool
	c := &cobra.Command{
		Use:   "status OUT [--watch | --markdown]",
		Short: "Show what is done of a suite, and its results: mean ± standard deviation over seeds",
		Long: `Show what is done of the suite in a folder, from its files alone: for each encoder, data
set and protocol how many seeds are done and the mean ± standard deviation of their
results, then the cells that run, the cells that failed and why, and how long the rest takes.
Engines that cells were submitted to are then asked what they have of the rest.

--markdown prints the table of results alone, in Markdown: for each encoder, data set and
protocol the number of seeds, the mean ± standard deviation, and a 95 % interval.

--watch shows it again every two seconds until nothing is left; with --json as one line
each time.`,
		Args: exactly(1, "the folder of a suite"),
		RunE: func(c *cobra.Command, args []string) error {
			if markdown {
				return a.benchTable(args[0], f, watch)
			}
			return a.runBenchStatus(c.Context(), args[0], f, watch)
		},
	}
	c.Flags().BoolVar(&watch, "watch", false, "show it again every two seconds until nothing is left to do")
	c.Flags().BoolVar(&markdown, "markdown", false, "print the table of results in Markdown")
	c.Flags().StringVar(&f.seeds, "seeds", "", `only cells with these seeds, such as "1..5", and cells without a seed`)
	f.addReuse(c)
	return c
}

// benchTable prints the table of results of a suite in Markdown.
func (a *app) benchTable(dir string, f benchFlags, watch bool) error {
	if watch || a.json {
		return usageError{errors.New("--markdown prints one table: leave out --watch and --json")}
	}
	seeds, err := f.parseSeeds()
	if err != nil {
		return err
	}
	reuse, err := f.reuses()
	if err != nil {
		return err
	}
	folder, err := suite.Open(dir)
	if err != nil {
		return err
	}
	o := folder.Overview(seeds, reuse)
	if n := o.Counts.Total - o.Counts.Done; n > 0 {
		a.say(fmt.Sprintf("%d of %d cells are not done and not in the table; bench status %s says why", n, o.Counts.Total, dir))
	}
	return a.print(o, term.Table(o))
}

func (a *app) runBenchStatus(ctx context.Context, dir string, f benchFlags, watch bool) error {
	seeds, err := f.parseSeeds()
	if err != nil {
		return err
	}
	reuse, err := f.reuses()
	if err != nil {
		return err
	}
	drawn := 0
	var queues []launch.Queue
	var asked time.Time
	for {
		folder, err := suite.Open(dir)
		if err != nil {
			return err
		}
		o := folder.Overview(seeds, reuse)
		if time.Since(asked) >= queuesEvery {
			if queues, err = a.queues(ctx, folder, seeds, reuse); err != nil {
				return err
			}
			asked = time.Now()
		}
		s := status{o, queues}
		if !watch {
			return a.print(s, s.text())
		}
		if drawn, err = a.watched(s, drawn); err != nil || o.Counts.Left() == 0 {
			return err
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("interrupted: %w", context.Cause(ctx))
		case <-time.After(watchEvery):
		}
	}
}

// status is what files say of a suite, and what engines say of the rest.
type status struct {
	*suite.Overview
	Queues []launch.Queue `json:"queues,omitempty"`
}

func (s status) text() string { return term.Status(s.Overview) + queueText(s.Queues) }

// watched shows the status once more, in the place of the last one on a terminal. It returns how many
// lines it took.
func (a *app) watched(s status, drawn int) (int, error) {
	if a.json {
		return 0, json.NewEncoder(a.stdout).Encode(s)
	}
	text := s.text()
	if f, ok := a.stdout.(*os.File); ok && terminal.IsTerminal(int(f.Fd())) {
		width, _, err := terminal.GetSize(int(f.Fd()))
		if err != nil || width < 20 {
			width = 80
		}
		var b strings.Builder
		if drawn > 0 {
			fmt.Fprintf(&b, "\x1b[%dA\x1b[J", drawn)
		}
		drawn = 0
		for line := range strings.Lines(text) {
			b.WriteString(cutTo(line, width-1) + "\n")
			drawn++
		}
		text = b.String()
	}
	_, err := a.stdout.Write([]byte(text))
	return drawn, err
}

func (a *app) benchCancel() *cobra.Command {
	return &cobra.Command{
		Use:   "cancel OUT",
		Short: "Stop the jobs and processes that work on a suite; bench run goes on",
		Long: `Cancel the jobs of a suite's folder on Slurm and Kubernetes, then tell the processes of
this machine that work on it to stop: bench run first, then the processes of its cells.
They save their state, and bench run goes on where they stopped.`,
		Args: exactly(1, "the folder of a suite"),
		RunE: func(c *cobra.Command, args []string) error {
			folder, err := suite.Open(args[0])
			if err != nil {
				return err
			}
			return a.cancel(c.Context(), folder)
		},
	}
}

// cancelled is what bench cancel did.
type cancelled struct {
	// Stopped are the processes of this machine that were asked to stop, Elsewhere the processes of others.
	Stopped   []string `json:"stopped"`
	Elsewhere []string `json:"elsewhere"`
	// Jobs are the jobs of engines that were cancelled.
	Jobs []string `json:"jobs,omitempty"`
}

// cancel cancels the jobs of engines and stops the processes of this machine.
func (a *app) cancel(ctx context.Context, f *suite.Folder) error {
	out := cancelled{Stopped: []string{}, Elsewhere: []string{}}
	var problems error
	var theirs map[string]bool
	out.Jobs, theirs, problems = a.cancelJobs(ctx, f)
	for _, w := range f.Workers() {
		name := fmt.Sprintf("process %d on %s", w.PID, w.Host)
		if w.Cell != nil {
			name += fmt.Sprintf(", cell %d (%s)", w.Cell.Index, w.Cell)
		}
		if job, _, _ := strings.Cut(w.Job, "_"); theirs[job] {
			continue // cancelling the job stops it
		}
		if !w.Here() || w.PID <= 1 {
			out.Elsewhere = append(out.Elsewhere, name)
			continue
		}
		if err := w.Stop(); err != nil && !errors.Is(err, os.ErrProcessDone) {
			problems = errors.Join(problems, fmt.Errorf("%s: %w", name, err))
			continue
		}
		out.Stopped = append(out.Stopped, name)
	}
	var b strings.Builder
	for _, name := range out.Jobs {
		fmt.Fprintf(&b, "cancelled: %s\n", name)
	}
	for _, name := range out.Stopped {
		fmt.Fprintf(&b, "told to stop: %s\n", name)
	}
	for _, name := range out.Elsewhere {
		fmt.Fprintf(&b, "on another machine, so stop it there: %s\n", name)
	}
	if b.Len() == 0 {
		b.WriteString("no job and no process works on it\n")
	}
	return errors.Join(problems, a.print(out, b.String()))
}
