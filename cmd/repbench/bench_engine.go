package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"repbench/benchmarks/launch"
	"repbench/benchmarks/suite"
	"repbench/cmd/repbench/internal/term"
)

// engineFlags are the flags of bench run for engines on other machines.
type engineFlags struct {
	engine string
	detach bool
	poll   time.Duration
}

func (f *engineFlags) add(c *cobra.Command) {
	c.Flags().StringVar(&f.engine, "engine", launch.LocalEngine, "where cells run: local, slurm or kubernetes, with the suite's table [engine.NAME]")
	c.Flags().BoolVar(&f.detach, "detach", false, "with slurm and kubernetes: return when all cells are submitted")
	c.Flags().DurationVar(&f.poll, "poll", time.Minute, "with slurm and kubernetes: time between two looks at the queue")
}

// cluster reports whether cells run on other machines, and checks the flags that go with that.
func (f *engineFlags) cluster(c *cobra.Command) (bool, error) {
	local := f.engine == launch.LocalEngine
	only := map[bool][]string{true: {"detach", "poll"}, false: {"jobs", "max-memory"}}[local]
	for _, name := range only {
		if c.Flags().Changed(name) && local {
			return false, usageError{fmt.Errorf("--%s is for --engine slurm and --engine kubernetes", name)}
		}
		if c.Flags().Changed(name) {
			return false, usageError{fmt.Errorf("--%s is for processes of this machine; with --engine %s give the suite's table [engine.%s] parallel and memory", name, f.engine, f.engine)}
		}
	}
	if f.poll <= 0 {
		return false, usageError{fmt.Errorf("--poll %s: give a positive time, such as 1m", f.poll)}
	}
	return !local, nil
}

// work is what engines run for a suite in a folder.
func (a *app) work(s *suite.Suite, dir, class string, reuse bool) (launch.Work, error) {
	out, err := filepath.Abs(dir)
	if err != nil {
		return launch.Work{}, err
	}
	program, err := os.Executable()
	if err != nil {
		return launch.Work{}, err
	}
	flags := a.cellFlags(class)
	for i := range flags {
		if i > 0 && flags[i-1] == "--cache" {
			if flags[i], err = filepath.Abs(flags[i]); err != nil {
				return launch.Work{}, err
			}
		}
	}
	if a.threads > 0 {
		flags = append(flags, "--threads", strconv.Itoa(a.threads))
	}
	if reuse {
		flags = append(flags, "--reuse", "modified")
	}
	return launch.Work{Suite: s.Name, Out: out, Program: program, Flags: flags}, nil
}

// runOnCluster hands the cells of a suite to an engine and follows them.
func (a *app) runOnCluster(c *cobra.Command, path string, f benchRunFlags, l launch.Local) error {
	ctx := c.Context()
	s, err := suite.Read(path)
	if err != nil {
		return err
	}
	w, err := a.work(s, f.out, f.class, l.Reuse)
	if err != nil {
		return err
	}
	engine, err := launch.Open(f.engine, s, w)
	if err != nil {
		return err
	}
	folder, change, err := suite.Prepare(ctx, s, f.out, a.machine())
	if err != nil {
		return launch.FullDisk(f.out, err)
	}
	if !a.quiet {
		fmt.Fprint(a.stderr, term.Begin(folder.Overview(l.Seeds, l.Reuse), change))
	}
	selection := launch.Selection{Seeds: l.Seeds, Shard: l.Shard, Retry: l.Retry, Reuse: l.Reuse}
	cells, err := launch.Selected(folder, selection)
	if err != nil {
		return err
	}
	if len(cells) > 0 {
		if err := folder.Writable(); err != nil {
			return err
		}
	} else if folder.Writable() != nil { // nothing is left to do
		after := folder.Overview(l.Seeds, l.Reuse)
		return a.print(after, term.Status(after))
	}
	release, err := folder.Announce()
	if err != nil {
		return err
	}
	defer release()
	outcome, err := launch.Follow(ctx, engine, launch.FollowOptions{
		Engine: f.engine, Out: w.Out, Cells: cells, Files: launch.Files(folder, l.Reuse), Every: f.poll, Detach: f.detach, Say: a.say,
	})
	after := folder.Overview(l.Seeds, l.Reuse)
	return errors.Join(a.followed(ctx, f, outcome, err), a.print(after, term.Status(after)))
}

// say shows a line about what goes on.
func (a *app) say(line string) {
	if !a.quiet {
		fmt.Fprintln(a.stderr, line)
	}
}

// followed is the error of a run on a cluster.
func (a *app) followed(ctx context.Context, f benchRunFlags, o launch.Outcome, err error) error {
	switch {
	case ctx.Err() != nil:
		return fmt.Errorf("interrupted; what was submitted goes on: the same command watches it again, \"bench cancel %s\" ends it: %w", f.out, context.Cause(ctx))
	case errors.Is(err, launch.ErrCancelled):
		return fmt.Errorf("%w by \"bench cancel\": the same command submits the cells again", err)
	case err != nil:
		return err
	case len(o.Lost) > 0:
		return fmt.Errorf("%w: the engine lost the cells %s each time: see %s and cells/ID/log.txt; the same command submits them again",
			launch.ErrCells, launch.FormatList(o.Lost), filepath.Join(f.out, "jobs"))
	case len(o.Failed) > 0:
		return fmt.Errorf("%w: %d failed; bench status %s says why, --retry failed tries them again", launch.ErrCells, len(o.Failed), f.out)
	}
	if n := len(o.Coming); n > 0 && f.detach {
		a.say(fmt.Sprintf("%d cells are with %s; \"repbench bench status %s\" says how far they are", n, f.engine, f.out))
	}
	return nil
}

func (a *app) benchExport() *cobra.Command {
	var f benchFlags
	var engine, class, file string
	c := &cobra.Command{
		Use:   "export OUT --engine slurm|kubernetes [--suite SUITE]",
		Short: "Print the script or manifest that bench run would submit; submit nothing",
		Long: `Print the batch script (slurm) or the manifest (kubernetes) with which the cells of a
suite's folder that are not done would be submitted. Nothing is submitted; what you submit of
it by hand is found by bench run and bench status, which do not submit its cells again. Where
no cell is left it prints nothing, says so on standard error, and exits with 0.
With --suite the folder is made from the suite file first, where bench run has not made it yet.

    repbench bench export OUT --engine slurm >cells.sh; sbatch cells.sh
    repbench bench export OUT --engine kubernetes | kubectl create -f -`,
		Args: exactly(1, "the folder of a suite"),
		RunE: func(c *cobra.Command, args []string) error {
			return a.runBenchExport(c, args[0], file, f, engine, class)
		},
	}
	c.Flags().StringVar(&engine, "engine", "", "slurm or kubernetes")
	c.Flags().StringVar(&file, "suite", "", "suite file of which the folder is made, or to which it grows")
	c.Flags().StringVar(&f.seeds, "seeds", "", `only cells with these seeds, such as "1..5", and cells without a seed`)
	c.Flags().StringVar(&class, "machine", "", "name of this class of machines in ledgers (default: of the platform and its vector instructions)")
	f.addReuse(c)
	return c
}

func (a *app) runBenchExport(c *cobra.Command, dir, file string, f benchFlags, name, class string) error {
	if err := required(c, "engine"); err != nil {
		return err
	}
	seeds, err := f.parseSeeds()
	if err != nil {
		return err
	}
	reuse, err := f.reuses()
	if err != nil {
		return err
	}
	folder, err := a.suiteFolder(c.Context(), dir, file)
	if err != nil {
		return err
	}
	w, err := a.work(folder.Suite, dir, class, reuse)
	if err != nil {
		return err
	}
	engine, err := launch.Open(name, folder.Suite, w)
	if err != nil {
		return err
	}
	cells := launch.OpenCells(folder, launch.Selection{Seeds: seeds, Reuse: reuse})
	if len(cells) == 0 {
		a.say(term.NothingToSubmit(folder.Overview(seeds, reuse)))
		return a.print(exported{Engine: name, Cells: []int{}}, "")
	}
	text, err := engine.Export(c.Context(), cells)
	if err != nil {
		return err
	}
	return a.print(exported{name, cells, text}, text)
}

// exported is what bench export prints with --json: the indices of the cells, and the script or manifest.
type exported struct {
	Engine string `json:"engine"`
	Cells  []int  `json:"cells"`
	Text   string `json:"text"`
}

// queuesEvery is the least time between two questions of bench status --watch to engines.
const queuesEvery = time.Minute

// queues is what engines say of the open cells of a folder.
func (a *app) queues(ctx context.Context, f *suite.Folder, seeds suite.Seeds, reuse bool) ([]launch.Queue, error) {
	w, err := a.work(f.Suite, f.Dir, "", reuse)
	if err != nil {
		return nil, err
	}
	return launch.Queues(ctx, f, w, launch.Selection{Seeds: seeds, Reuse: reuse})
}

// cancelJobs cancels the jobs of engines. names are these jobs for people; theirs has the id of every job that
// was submitted, by which a worker is known as an engine's.
func (a *app) cancelJobs(ctx context.Context, f *suite.Folder) (names []string, theirs map[string]bool, err error) {
	w, err := a.work(f.Suite, f.Dir, "", false)
	if err != nil {
		return nil, nil, err
	}
	all, err := launch.Submissions(w.Out)
	if err != nil {
		return nil, nil, err
	}
	theirs = map[string]bool{}
	for _, s := range all {
		theirs[s.Job] = s.Job != ""
	}
	jobs, err := launch.CancelAll(ctx, f, w)
	for _, engine := range []string{launch.SlurmEngine, launch.KubernetesEngine} {
		for _, job := range jobs[engine] {
			names = append(names, fmt.Sprintf("%s job %s", engine, job))
		}
	}
	return names, theirs, err
}

// requeue puts an interrupted cell back into the queue of its engine, where the engine does not by itself.
func (a *app) requeue(ctx context.Context, err error) {
	if suite.Exit(err) != statusInterrupted {
		return
	}
	done, rerr := launch.Requeue(context.WithoutCancel(ctx), os.Getenv)
	if rerr != nil {
		done = rerr.Error()
	}
	if done != "" {
		fmt.Fprintf(a.stderr, "repbench: %s\n", done)
	}
}

// cellOf is the index in the plan of what an engine calls INDEX: itself, or one of a list.
func cellOf(index int, of string) (int, error) {
	if of == "" {
		return index, nil
	}
	list, err := launch.ParseList(of)
	if err != nil {
		return 0, usageError{fmt.Errorf("--of: %w", err)}
	}
	if index >= len(list) {
		return 0, usageError{fmt.Errorf("--of %s has %d cells, from 0, and no %d", of, len(list), index)}
	}
	return list[index], nil
}

// queueText is what a status says of the queues of engines.
func queueText(queues []launch.Queue) string {
	var b strings.Builder
	for _, q := range queues {
		if q.Problem != "" {
			fmt.Fprintf(&b, "  %s could not be asked: %s\n", q.Engine, q.Problem)
		}
		for _, line := range q.Lines() {
			fmt.Fprintf(&b, "  %s: %s\n", q.Engine, line)
		}
	}
	return b.String()
}

// suiteFolder opens the folder of a suite; with a suite file it is made where it is not there.
func (a *app) suiteFolder(ctx context.Context, dir, file string) (*suite.Folder, error) {
	if file == "" {
		return suite.Open(dir)
	}
	s, err := suite.Read(file)
	if err != nil {
		return nil, err
	}
	folder, _, err := suite.Prepare(ctx, s, dir, a.machine())
	return folder, err
}
