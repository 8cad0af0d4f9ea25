package launch

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"repbench/benchmarks/suite"
)

// Local runs the cells of a suite as processes of this machine: processes and not goroutines, so that
// memory and crashes stay apart. Other processes, here or elsewhere, may work on the same folder.
type Local struct {
	// Folder is the folder of the suite.
	Folder *suite.Folder
	// Program is the path of the program, Flags stand before the folder on the command line of each
	// cell.
	Program string
	Flags   []string
	// Jobs is the number of processes at a time; 0: 1.
	Jobs int
	// Threads are the threads, and Memory the bytes for features, of all processes together.
	Threads int
	Memory  int64
	// Seeds takes the cells with these seeds, Shard the part of them that this process runs.
	Seeds suite.Seeds
	Shard Shard
	// Retry runs cells that failed once more. Reuse is as in suite.RunOptions.
	Retry, Reuse bool
	// Show receives what goes on, from one goroutine; nil: nobody does.
	Show func(Snapshot)
}

// Shard is the I-th of N parts of the cells, I from 1; the zero value is all of them.
type Shard struct{ I, N int }

// has reports whether a cell is one of the shard.
func (s Shard) has(index int) bool { return s.N == 0 || index%s.N == s.I-1 }

// Snapshot is how far a run is.
type Snapshot struct {
	// Total is the number of cells that were asked for: Done and Failed of them are no longer to do,
	// and other processes work on Elsewhere of them.
	Total, Done, Failed, Elsewhere int
	// Running are the cells of this process.
	Running []Process
	// Event is what just happened in words; "": time went by.
	Event string
	// Left is the time that the rest takes; 0: it is not known.
	Left time.Duration
}

// Process is a cell that is being computed.
type Process struct {
	suite.Cell
	// PID is the process, Started when it started, Last the last line of its log.
	PID     int
	Started time.Time
	Last    string
}

// Times of a run.
const (
	// look is how often cells of other processes are looked at and the view is drawn.
	look = time.Second
	// kills is how often a cell may be killed from outside until it is given up.
	kills = 3
	// yields is how often in a row a cell may ask to be started again.
	yields = 20
)

// ErrCells is the kind of error of a run in which cells failed.
var ErrCells = errors.New("not all cells are done")

// run is the state of Local.Run.
type run struct {
	Local
	pending   []suite.Cell
	elsewhere []suite.Cell
	running   map[int]*process // by index of the cell
	ended     chan *process
	killed    map[int]int
	yielded   map[int]int
	snapshot  Snapshot
	// full is the first error of a full disk: nothing more is started.
	full error
	// next is when the time left is predicted again.
	next time.Time
}

// Run runs all cells that are not done, and returns when all are done or failed. Once ctx is done the
// processes get SIGTERM and stop where they can go on later; the error then wraps its cause.
func (l Local) Run(ctx context.Context) error {
	l.Jobs = max(1, l.Jobs)
	r := &run{Local: l, running: map[int]*process{}, ended: make(chan *process), killed: map[int]int{}, yielded: map[int]int{}}
	if err := r.choose(); err != nil {
		return err
	}
	if len(r.pending) == 0 {
		return r.result(ctx)
	}
	release, err := r.Folder.Announce()
	if err != nil {
		return err
	}
	defer release()
	tick := time.NewTicker(look)
	defer tick.Stop()
	stop := ctx.Done()
	for r.busy(ctx) {
		if err := r.fill(ctx); err != nil {
			r.terminate()
			r.drain()
			return err
		}
		r.show("")
		select {
		case p := <-r.ended:
			r.finish(ctx, p)
		case <-tick.C:
			r.lookElsewhere()
		case <-stop:
			r.show("stopping: the cells save their state")
			r.terminate()
			stop = nil
		}
	}
	return r.result(ctx)
}

// busy reports whether there is something to wait for.
func (r *run) busy(ctx context.Context) bool {
	if len(r.running) > 0 {
		return true
	}
	return ctx.Err() == nil && r.full == nil && len(r.pending)+len(r.elsewhere) > 0
}

// choose lists the cells to do.
func (r *run) choose() error {
	for _, c := range r.Folder.Cells() {
		if r.Folder.Orphan(c) || len(r.Seeds.List) > 0 && !r.Seeds.Has(c.Seed) || !r.Shard.has(c.Index) {
			continue
		}
		r.snapshot.Total++
		s := r.Folder.Look(c, r.Reuse)
		if s.State == suite.Failed && r.Retry {
			if err := r.Folder.Retry(c); err != nil {
				return err
			}
			s.State = suite.Interrupted
		}
		switch s.State {
		case suite.Done:
			r.snapshot.Done++
		case suite.Failed:
			r.snapshot.Failed++
		default:
			r.pending = append(r.pending, c)
		}
	}
	return nil
}

// fill starts processes while there are cells that can start.
func (r *run) fill(ctx context.Context) error {
	for ctx.Err() == nil && r.full == nil && len(r.running) < r.Jobs {
		i := slices.IndexFunc(r.pending, r.canStart)
		if i < 0 {
			return nil
		}
		c := r.pending[i]
		r.pending = slices.Delete(r.pending, i, i+1)
		if err := r.start(c); err != nil {
			return fmt.Errorf("start cell %d (%s): %w", c.Index, c, err)
		}
	}
	return nil
}

// canStart reports whether a cell would not wait: for another process to make its training, or for one
// that works on it.
func (r *run) canStart(c suite.Cell) bool {
	if c.Training == "" || r.Folder.Trained(c) {
		return true
	}
	for _, p := range r.running {
		if p.cell.Training == c.Training {
			return false
		}
	}
	return !r.Folder.Training(c)
}

// lookElsewhere looks at the cells that other processes had.
func (r *run) lookElsewhere() {
	for _, c := range slices.Clone(r.elsewhere) {
		s := r.Folder.Look(c, r.Reuse)
		if s.State == suite.Running {
			continue
		}
		r.elsewhere = slices.DeleteFunc(r.elsewhere, func(o suite.Cell) bool { return o.Index == c.Index })
		r.settle(c, s)
	}
}

// settle files a cell that no process works on by its state.
func (r *run) settle(c suite.Cell, s suite.Standing) {
	switch s.State {
	case suite.Done:
		r.snapshot.Done++
		r.show(fmt.Sprintf("cell %d (%s): done", c.Index, c))
	case suite.Failed:
		r.snapshot.Failed++
		r.show(fmt.Sprintf("cell %d (%s): failed: %s", c.Index, c, s.Failure.Reason))
	case suite.Running:
		r.elsewhere = append(r.elsewhere, c)
	default:
		r.pending = append(r.pending, c)
	}
}

// result is what the run came to.
func (r *run) result(ctx context.Context) error {
	r.show("")
	left := r.snapshot.Total - r.snapshot.Done - r.snapshot.Failed
	switch {
	case r.full != nil:
		return fmt.Errorf("%w, with %d of %d cells done; make room, and the same command goes on", r.full, r.snapshot.Done, r.snapshot.Total)
	case ctx.Err() != nil && left > 0:
		return fmt.Errorf("interrupted with %d of %d cells done; the same command goes on: %w", r.snapshot.Done, r.snapshot.Total, context.Cause(ctx))
	case r.snapshot.Failed > 0:
		return fmt.Errorf("%w: %d of %d failed; bench status %s says why, --retry failed tries them again", ErrCells, r.snapshot.Failed, r.snapshot.Total, r.Folder.Dir)
	}
	return nil
}

// show tells what goes on.
func (r *run) show(event string) {
	if r.Show == nil {
		return
	}
	s := r.snapshot
	s.Event, s.Elsewhere = event, len(r.elsewhere)
	for _, p := range r.running {
		last := ""
		if tail := r.Folder.LogTail(p.cell, 1); len(tail) > 0 {
			last = tail[0]
		}
		s.Running = append(s.Running, Process{Cell: p.cell, PID: p.cmd.Process.Pid, Started: p.started, Last: last})
	}
	slices.SortFunc(s.Running, func(a, b Process) int { return a.Index - b.Index })
	if now := time.Now(); now.After(r.next) && s.Total > s.Done+s.Failed {
		r.next = now.Add(5 * look)
		o := r.Folder.Overview(r.Seeds, r.Reuse)
		r.snapshot.Left = time.Duration(o.Left.Seconds / float64(r.Jobs) * float64(time.Second))
		s.Left = r.snapshot.Left
	}
	r.Show(s)
}
