package suite

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"
)

// runnerPrefix begins the names of the locks of processes that run a suite.
const runnerPrefix = "runner-"

// Announce says in the folder that this process runs its cells, until release is called, so that bench
// cancel finds it.
func (f *Folder) Announce() (release func(), err error) {
	who := me()
	name := fmt.Sprintf("%s%s-%d.lock", runnerPrefix, strings.ReplaceAll(who.Host, string(filepath.Separator), "_"), who.PID)
	l, held, err := takeLock(filepath.Join(f.Dir, name))
	if err != nil || held != nil {
		return func() {}, err
	}
	return l.Remove, nil
}

// Worker is a process that works on a folder: one that runs it, or one that computes a cell.
type Worker struct {
	Host string
	PID  int
	Job  string
	// Cell is what it computes; nil: it runs the suite.
	Cell *Cell
}

// Workers are the processes that work on the folder, first the runners, then the processes of cells.
func (f *Folder) Workers() []Worker {
	var all []Worker
	files, _ := filepath.Glob(filepath.Join(f.Dir, runnerPrefix+"*.lock"))
	for _, path := range files {
		if h, held := locked(path); held {
			all = append(all, Worker{Host: h.Host, PID: h.PID, Job: h.Job})
		}
	}
	for _, c := range f.cells {
		if h, held := locked(filepath.Join(f.Path(c), lockFile)); held {
			all = append(all, Worker{Host: h.Host, PID: h.PID, Job: h.Job, Cell: &c})
		}
	}
	return all
}

// Here reports whether a worker is a process of this machine.
func (w Worker) Here() bool { return w.Host == me().Host }

// OutOfDisk reports whether the last attempt at a cell ended as the disk was full.
func (f *Folder) OutOfDisk(c Cell) bool {
	all := f.Attempts(c)
	return len(all) > 0 && all[len(all)-1].DiskFull
}

// Stop asks a worker of this machine to stop where it can go on later.
func (w Worker) Stop() error {
	p, err := os.FindProcess(w.PID)
	if err != nil {
		return err
	}
	return p.Signal(syscall.SIGTERM)
}
