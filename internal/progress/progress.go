// Package progress tells a person how far a long piece of work has come.
//
// Libraries take a Reporter and call it from the goroutine that does the work;
// what it looks like (a bar on a terminal, plain lines in a log, nothing in a
// test) is decided once, by the command:
//
//	task := progress.New(os.Stderr).Start("decode", 60000, "images")
//	defer task.Done()
//	for range 60000 {
//		task.Add(1)
//	}
//
// The unit "bytes" is shown in MB. While a bar is on a terminal, other lines
// written there end up beside it; write them after Done.
package progress

// Reporter starts tasks. Silent is the Reporter that shows nothing.
type Reporter interface {
	// Start begins a task of total units (total <= 0: not known) such as
	// "decode", 60000, "images".
	Start(name string, total int64, unit string) Task
}

// Task is one piece of work. Its methods may be called from any goroutine.
type Task interface {
	// Add says that n more units are done.
	Add(n int64)
	// Note sets a short text shown beside the progress ("d_loss 0.693").
	Note(text string)
	// Done ends the task, finished or not.
	Done()
}

// Silent is a Reporter that shows nothing.
var Silent Reporter = silent{}

// Within is a Reporter for parts of a task that take long themselves: what they note
// is shown beside the task, and whenever they get on it is shown anew. Its count is
// left to whoever started it.
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
