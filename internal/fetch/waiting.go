package fetch

import (
	"path/filepath"

	"repbench/internal/progress"
)

// waiting shows the progress of the process that holds the lock.
type waiting struct {
	f    File
	path string
	o    Options
	task progress.Task
	seen int64
}

// poll shows the growth of the part.
func (w *waiting) poll() {
	if w.task == nil {
		w.task = w.o.Progress.Start("wait for another process that fetches "+filepath.Base(w.path), w.f.Size, "bytes")
	}
	n := PartBytes(w.path)
	w.task.Add(n - w.seen)
	w.seen = n
}

func (w *waiting) done() {
	if w.task != nil {
		w.task.Done()
	}
}
