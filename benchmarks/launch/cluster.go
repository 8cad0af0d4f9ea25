package launch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"repbench/benchmarks/suite"
	"repbench/internal/errkind"
)

// Names of engines.
const (
	LocalEngine      = "local"
	SlurmEngine      = "slurm"
	KubernetesEngine = "kubernetes"
)

// Cluster is an engine on other machines, which can also show what it would submit.
type Cluster interface {
	Engine
	// Export is the script or the manifest that Submit would hand to the engine.
	Export(ctx context.Context, cells []int) (string, error)
}

// Open opens the engine of a name with the settings of a suite.
func Open(name string, s *suite.Suite, w Work) (Cluster, error) {
	switch name {
	case SlurmEngine:
		c := Slurm{Work: w}
		if o := s.Engine.Slurm; o != nil {
			c.Options = *o
		}
		return c, checkSlurm(c.Options)
	case KubernetesEngine:
		if s.Engine.Kubernetes == nil {
			return nil, errkind.Errorf(ErrOptions, "the suite %s has no table [engine.kubernetes]: it needs at least image and claim (docs/engines.md)", s.Name)
		}
		return Kubernetes{Work: w, Options: *s.Engine.Kubernetes}, kubernetesOptions(*s.Engine.Kubernetes).check(w)
	}
	return nil, errkind.Errorf(ErrOptions, "engine %q: want %s, %s or %s", name, LocalEngine, SlurmEngine, KubernetesEngine)
}

// Selection says which cells of a folder are meant.
type Selection struct {
	// Seeds takes the cells with these seeds, Shard a part of them.
	Seeds suite.Seeds
	Shard Shard
	// Retry also takes cells that failed, Reuse is as in suite.RunOptions.
	Retry, Reuse bool
}

// has reports whether a cell of a folder's plan is meant.
func (s Selection) has(f *suite.Folder, c suite.Cell) bool {
	return !f.Orphan(c) && (len(s.Seeds.List) == 0 || s.Seeds.Has(c.Seed)) && s.Shard.has(c.Index)
}

// Selected are the indices of the cells that are meant, done or not. With Retry, failed cells are made ready
// to be tried again.
func Selected(f *suite.Folder, s Selection) ([]int, error) {
	var cells []int
	for _, c := range f.Cells() {
		if !s.has(f, c) {
			continue
		}
		cells = append(cells, c.Index)
		if s.Retry && f.Look(c, s.Reuse).State == suite.Failed {
			if err := f.Retry(c); err != nil {
				return nil, err
			}
		}
	}
	return cells, nil
}

// OpenCells are the indices of the selected cells that an engine still has to run.
func OpenCells(f *suite.Folder, s Selection) []int {
	var cells []int
	for _, c := range f.Cells() {
		if !s.has(f, c) {
			continue
		}
		if state := f.Look(c, s.Reuse).State; state != suite.Done && (state != suite.Failed || s.Retry) {
			cells = append(cells, c.Index)
		}
	}
	return cells
}

// Files is what FollowOptions want to know of a folder.
func Files(f *suite.Folder, reuse bool) func(cell int) (suite.State, string) {
	cells := f.Cells()
	return func(i int) (suite.State, string) {
		s := f.Look(cells[i], reuse)
		return s.State, s.Why
	}
}

// Queue is what an engine says of the cells of a folder that are not done.
type Queue struct {
	Engine string `json:"engine"`
	// Cells are the submitted cells that are neither done nor failed.
	Cells []QueuedCell `json:"cells"`
	// Problem is why the engine could not be asked; "": it was.
	Problem string `json:"problem,omitempty"`
}

// QueuedCell is a cell with what its engine says of it.
type QueuedCell struct {
	Index int    `json:"index"`
	Phase string `json:"phase"`
	// Job is the engine's name of the task, Detail its word for the state.
	Job    string `json:"job,omitempty"`
	Detail string `json:"detail,omitempty"`
}

// Queues asks the engines that cells of a folder were submitted to. An engine that cannot be asked is no
// error: the files say what is done.
func Queues(ctx context.Context, f *suite.Folder, w Work, s Selection) ([]Queue, error) {
	all, err := Submissions(w.Out)
	if err != nil {
		return nil, err
	}
	open := OpenCells(f, s)
	var queues []Queue
	for _, name := range []string{SlurmEngine, KubernetesEngine} {
		mine := ofEngine(all, name)
		given, err := submitted(mine)
		if err != nil {
			return nil, err
		}
		cells := slices.DeleteFunc(slices.Clone(open), func(c int) bool { return !given[c] })
		if len(cells) > 0 {
			queues = append(queues, ask(ctx, name, f, w, mine, cells))
		}
	}
	return queues, nil
}

// ask asks one engine.
func ask(ctx context.Context, name string, f *suite.Folder, w Work, all []Submission, cells []int) Queue {
	q := Queue{Engine: name, Cells: []QueuedCell{}}
	e, err := Open(name, f.Suite, w)
	if err != nil {
		q.Problem = err.Error()
		return q
	}
	states, err := e.States(ctx, all, cells)
	if err != nil {
		q.Problem = err.Error()
		return q
	}
	for _, c := range cells {
		s := states[c]
		q.Cells = append(q.Cells, QueuedCell{Index: c, Phase: s.Phase.String(), Job: s.Job, Detail: s.Detail})
	}
	return q
}

// CancelAll ends what engines have of a folder, and what watches them: it is noted first, so that nothing
// is submitted again. It returns the jobs that were told to end, by engine.
func CancelAll(ctx context.Context, f *suite.Folder, w Work) (map[string][]string, error) {
	all, err := Submissions(w.Out)
	if err != nil {
		return nil, err
	}
	jobs := map[string][]string{}
	var problems error
	for _, name := range []string{SlurmEngine, KubernetesEngine} {
		mine := ofEngine(all, name)
		if len(mine) == 0 {
			continue
		}
		e, err := Open(name, f.Suite, w)
		if err == nil {
			err = note(w.Out, Submission{Engine: name, Cancelled: true, Submitted: now(time.Now)})
		}
		if err == nil {
			jobs[name], err = e.Cancel(ctx, mine)
		}
		problems = errors.Join(problems, err)
	}
	return jobs, problems
}

// ofEngine are the submissions to one engine.
func ofEngine(all []Submission, name string) []Submission {
	return slices.DeleteFunc(slices.Clone(all), func(s Submission) bool { return s.Engine != name })
}

// Lines says for people how many cells are in each state, and which.
func (q Queue) Lines() []string {
	states := map[int]State{}
	var cells, gone []int
	for _, c := range q.Cells {
		s := State{Phase: phaseNamed(c.Phase), Detail: c.Detail}
		states[c.Index] = s
		if s.Phase.coming() {
			cells = append(cells, c.Index)
		} else {
			gone = append(gone, c.Index)
		}
	}
	var lines []string
	for _, g := range byDetail(cells, states) {
		lines = append(lines, fmt.Sprintf("%d %s (cells %s)", g.n, g.detail, g.cells))
	}
	for _, g := range byDetail(gone, states) {
		lines = append(lines, fmt.Sprintf("%d no longer in the queue and without a record (cells %s; %s): bench run submits them again", g.n, g.cells, g.detail))
	}
	return lines
}
