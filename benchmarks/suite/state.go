package suite

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"time"

	"repbench/benchmarks/ledger"
	"repbench/internal/jsonfile"
	"repbench/internal/measure"
)

// State is how far a cell is.
type State string

// The states of a cell.
const (
	// Waiting: nothing was done yet.
	Waiting State = "open"
	// Running: a process works on it.
	Running State = "running"
	// Done: it has its record, of this program.
	Done State = "done"
	// Failed: it gave up, and is tried again only when asked.
	Failed State = "failed"
	// Interrupted: it was begun and goes on the next time.
	Interrupted State = "interrupted"
)

// Files of a cell's folder.
const (
	recordFile   = "record.json"
	attemptsFile = "attempts.jsonl"
	failedFile   = "failed.json"
	lockFile     = "lock"
	logFile      = "log.txt"
	recordsFile  = "records.jsonl"
)

// Failure is the content of failed.json.
type Failure struct {
	Cell Cell `json:"cell"`
	// Reason is the error, Exit the exit status; Log are the last lines of log.txt.
	Reason string    `json:"reason"`
	Exit   int       `json:"exit"`
	Log    []string  `json:"log"`
	Host   string    `json:"host"`
	Time   time.Time `json:"time"`
}

// Attempt is one process that worked on a cell.
type Attempt struct {
	Host string `json:"host"`
	PID  int    `json:"pid"`
	// Job is the engine's name of the job; "": a process of bench run, or one that a user started.
	Job   string    `json:"job,omitempty"`
	Start time.Time `json:"start"`
	// End is the zero time of one that goes on, or was killed.
	End time.Time `json:"end,omitzero"`
	// Exit is the exit status, Reason why it is not 0.
	Exit   int    `json:"exit"`
	Reason string `json:"reason,omitempty"`
	// PeakRSSBytes is the highest memory, TrainSeconds what of the time the training took.
	PeakRSSBytes int64   `json:"peak_rss_bytes,omitempty"`
	TrainSeconds float64 `json:"train_seconds,omitempty"`
	Program      Program `json:"program"`
	// DiskFull says that it ended as the disk was full.
	DiskFull bool `json:"disk_full,omitempty"`
}

// State is how far a cell is, from files alone.
func (f *Folder) State(c Cell) State { return f.Look(c, false).State }

// Standing is the state of a cell with what is known of it.
type Standing struct {
	State State
	// Line is the result of a cell that is done.
	Line *ledger.Line
	// Holder is who works on one that is running, Failure why one failed.
	Holder  string
	Failure *Failure
	// Why says of a record that is there why it does not count; "": there is none, or it counts.
	Why string
}

// Look is State with what is known; reuse is as in RunOptions.
func (f *Folder) Look(c Cell, reuse bool) Standing {
	dir := f.Path(c)
	line, why := f.done(c, reuse)
	if line != nil {
		return Standing{State: Done, Line: line}
	}
	s := Standing{State: Waiting, Why: why}
	if h, held := locked(filepath.Join(dir, lockFile)); held {
		s.State, s.Holder = Running, h.String()
		return s
	}
	var failure Failure
	if err := jsonfile.Read(filepath.Join(dir, failedFile), &failure); err == nil {
		s.State, s.Failure = Failed, &failure
		return s
	}
	if info, err := os.Stat(filepath.Join(dir, attemptsFile)); err == nil && info.Size() > 0 {
		s.State = Interrupted
	}
	return s
}

// done is the line of a cell that is done; else nil, and why a record that is there does not count.
func (f *Folder) done(c Cell, reuse bool) (*ledger.Line, string) {
	path := filepath.Join(f.Path(c), recordFile)
	line, err := readLine(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, ""
	case err != nil:
		return nil, err.Error()
	case line.Cell != c.ID:
		return nil, fmt.Sprintf("%s is of the cell %s, not %s", path, line.Cell, c.ID)
	}
	if p := programOf(line); !f.sameProgram(p, c, reuse) {
		return nil, fmt.Sprintf("its record is of the program %s, this is %s", p, f.program)
	}
	if err := checkCorrect(line); err != nil {
		return nil, fmt.Sprintf("%s: %v", path, err)
	}
	return line, ""
}

// Result is the result of a cell, whichever program made it. The error wraps fs.ErrNotExist where the cell has
// no record yet.
func (f *Folder) Result(c Cell) (*ledger.Line, error) {
	path := filepath.Join(f.Path(c), recordFile)
	line, err := ledger.ReadRecord(path)
	if err == nil && line.Cell != c.ID {
		return nil, fmt.Errorf("%s is of the cell %s, and the plan has %s there; remove the file and run the suite again", path, line.Cell, c.ID)
	}
	return line, err
}

// sameProgram reports whether a record of a program is one of this program. Which binary of a changed
// tree made it stands in the attempts.
func (f *Folder) sameProgram(p Program, c Cell, reuse bool) bool {
	if f.anyProgram || p.same(f.program, reuse) {
		return true
	}
	if !p.Modified || !f.program.Modified || p.Commit != f.program.Commit {
		return false
	}
	for _, a := range f.Attempts(c) {
		if a.Exit == 0 && !a.End.IsZero() {
			p = a.Program
		}
	}
	return p.same(f.program, reuse)
}

// readLine reads a record.json.
func readLine(path string) (*ledger.Line, error) {
	text, err := jsonfile.ReadSmall(path, jsonfile.MaxLineBytes)
	if err != nil {
		return nil, err
	}
	var line ledger.Line
	if err := json.Unmarshal(text, &line); err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &line, nil
}

// checkCorrect says that the bits of a line do not give its accuracy.
func checkCorrect(l *ledger.Line) error {
	m, ok := l.Value(measure.TestAccuracy)
	if !ok || l.Correct == nil || len(*l.Correct) == 0 {
		return nil
	}
	right, n := l.Correct.Count(), len(*l.Correct)
	if math.Abs(float64(right)/float64(n)-m.Value) > 1e-9 {
		return fmt.Errorf("%d of %d test images are right, which is no accuracy of %v", right, n, m.Value)
	}
	return nil
}

// Attempts are the processes that worked on a cell, the first one first. Lines that were cut off are
// left out.
func (f *Folder) Attempts(c Cell) []Attempt {
	text, err := jsonfile.ReadSmall(filepath.Join(f.Path(c), attemptsFile), jsonfile.MaxLineBytes)
	if err != nil {
		return nil
	}
	var all []Attempt
	for line := range bytes.Lines(text) {
		var a Attempt
		if json.Unmarshal(line, &a) != nil {
			continue
		}
		if n := len(all) - 1; n >= 0 && all[n].Host == a.Host && all[n].PID == a.PID && all[n].Start.Equal(a.Start) {
			all[n] = a // its end
		} else {
			all = append(all, a)
		}
	}
	return all
}

// addAttempt adds a line to the attempts of a cell. A line that a process left unfinished is ended first.
func (f *Folder) addAttempt(c Cell, a Attempt) error {
	line, err := json.Marshal(a)
	if err != nil {
		return err
	}
	w, err := os.OpenFile(filepath.Join(f.Path(c), attemptsFile), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o644)
	if err != nil {
		return err
	}
	defer w.Close()
	if info, err := w.Stat(); err == nil && info.Size() > 0 {
		var last [1]byte
		if _, err := w.ReadAt(last[:], info.Size()-1); err == nil && last[0] != '\n' {
			line = append([]byte("\n"), line...)
		}
	}
	_, err = w.Write(append(line, '\n'))
	return errors.Join(err, w.Sync())
}
