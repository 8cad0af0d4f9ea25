// Package progress shows the progress of long work.
//
// Libraries accept a Reporter and call it from the goroutine that does the work. The
// command decides once how progress is shown: as a bar on a terminal, as plain lines in
// a log, or not at all in a test.
//
//	task := progress.New(os.Stderr).Start("decode", 60000, "images")
//	defer task.Done()
//	for range 60000 {
//		task.Add(1)
//	}
//
// The unit "bytes" is shown in MB. Other lines written to a terminal while it shows a
// bar are mixed up with the bar; write them after Done.
package progress

// Reporter starts tasks. Silent is the Reporter that shows nothing.
type Reporter interface {
	// Start begins a task with a name such as "decode", a total number of units such as 60000
	// (0 or less if unknown) and a unit such as "images".
	Start(name string, total int64, unit string) Task
}

// Task is one piece of work. Its methods may be called from any goroutine.
type Task interface {
	// Add reports n more finished units.
	Add(n int64)
	// Note sets a short text shown beside the progress ("d_loss 0.693").
	Note(text string)
	// Done ends the task, finished or not.
	Done()
}

// Earlier reports n units of a task that were finished before it began, as after an interruption:
// they count as done, and not in the rate and the time left.
func Earlier(t Task, n int64) {
	if e, ok := t.(interface{ earlier(n int64) }); ok {
		e.earlier(n)
		return
	}
	t.Add(n)
}

// Silent is a Reporter that shows nothing.
var Silent Reporter = silent{}

// Within returns a Reporter for long-running parts of task t. Notes of the parts are shown as
// notes of t, and each step of a part redraws t. The count of t does not change.
func Within(t Task) Reporter { return within{t} }

type within struct{ outer Task }

func (w within) Start(string, int64, string) Task { return w }
func (w within) Add(int64)                        { w.outer.Add(0) }
func (w within) Note(text string)                 { w.outer.Note(text) }
func (w within) Done()                            {}

type silent struct{}

func (silent) Start(string, int64, string) Task { return silentTask{} }

type silentTask struct{}

func (silentTask) Add(int64)   {}
func (silentTask) Note(string) {}
func (silentTask) Done()       {}

// Or returns r, or Silent when r is nil.
func Or(r Reporter) Reporter {
	if r == nil {
		return Silent
	}
	return r
}
