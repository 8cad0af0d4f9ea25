package progress

import (
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/term"
)

const (
	// quiet is the time before a task is shown; shorter tasks need no progress.
	quiet = 2 * time.Second
	// frame is the interval at which a bar is redrawn.
	frame = 100 * time.Millisecond
	// firstLine and lastLine bound the interval between lines in a log. Between these bounds it
	// is a twentieth of the elapsed time, so that a night of training does not fill the log.
	firstLine = 5 * time.Second
	lastLine  = time.Minute
)

// New returns a Reporter that draws a bar with rate and time left if w is a terminal, and
// otherwise writes plain lines, at most one every few seconds. A task shorter than two seconds
// shows nothing. If tasks are nested, the task started last is shown. Errors of w are ignored.
func New(w io.Writer) Reporter {
	if f, ok := w.(*os.File); ok && term.IsTerminal(int(f.Fd())) {
		return newTerminal(w, func() int {
			width, _, err := term.GetSize(int(f.Fd()))
			if err != nil {
				return 0
			}
			return width
		})
	}
	return newLines(w, time.Now)
}

// view displays the tasks of one reporter. Its methods are called with the reporter's lock
// held.
type view interface {
	// update shows a task and returns the time of its next update. hidden reports that another
	// task uses the line.
	update(t *task, hidden bool) (next time.Time)
	// finish shows the end of a task.
	finish(t *task)
}

// reporter holds the tasks of one writer.
type reporter struct {
	mu      sync.Mutex
	now     func() time.Time
	newView func(t *task) view
	running []*task
}

// task counts units and its view displays them. The count is atomic and the lock is taken only
// when an update is due, so that Add can be called for each of many small items.
type task struct {
	r     *reporter
	view  view
	name  string
	unit  string
	total int64 // <= 0: not known
	start time.Time
	count atomic.Int64
	first atomic.Int64 // of count, what was finished before the start
	due   atomic.Int64 // nanoseconds after start of the next update

	note  string // the fields from here on are protected by r.mu
	shown bool
	ended bool
}

func (r *reporter) Start(name string, total int64, unit string) Task {
	r.mu.Lock()
	defer r.mu.Unlock()
	t := &task{r: r, name: name, unit: unit, total: total, start: r.now()}
	t.view = r.newView(t)
	r.running = append(r.running, t)
	return t
}

func (t *task) Add(n int64) {
	t.count.Add(n)
	if int64(t.elapsed()) < t.due.Load() {
		return
	}
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	if t.ended || int64(t.elapsed()) < t.due.Load() {
		return // another goroutine was first
	}
	hidden := t.r.running[len(t.r.running)-1] != t
	t.due.Store(int64(t.view.update(t, hidden).Sub(t.start)))
}

func (t *task) earlier(n int64) {
	t.first.Add(n)
	t.Add(n)
}

func (t *task) Note(text string) {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	t.note = text
}

func (t *task) Done() {
	t.r.mu.Lock()
	defer t.r.mu.Unlock()
	if t.ended {
		return
	}
	t.ended = true
	for i, other := range t.r.running {
		if other == t {
			t.r.running = append(t.r.running[:i], t.r.running[i+1:]...)
			break
		}
	}
	t.view.finish(t)
}

func (t *task) elapsed() time.Duration { return t.r.now().Sub(t.start) }
