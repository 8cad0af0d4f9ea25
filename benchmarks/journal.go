package benchmarks

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"sync"
)

const (
	// journalFile is the file of a journal in its folder, one part per line.
	journalFile = "parts.jsonl"
	// maxJournalBytes bounds the file that is read.
	maxJournalBytes = 256 << 20
)

// journal keeps finished parts of an evaluation in a folder of the cache, line by line. It implements
// eval.Journal. What cannot be written is not kept, and does not stop the evaluation. A nil journal
// keeps nothing.
type journal struct {
	mu    sync.Mutex
	dir   string
	parts map[string]json.RawMessage
	file  *os.File // nil before the first part, and where nothing can be written
	dead  bool
}

// journalLine is a line of the file.
type journalLine struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

// openJournal reads the parts that an earlier run kept in a folder. Lines that are damaged do not count.
func openJournal(dir string) *journal {
	j := &journal{dir: dir, parts: map[string]json.RawMessage{}}
	path := filepath.Join(dir, journalFile)
	if info, err := os.Stat(path); err != nil || info.Size() > maxJournalBytes {
		return j
	}
	text, err := os.ReadFile(path)
	if err != nil {
		return j
	}
	for line := range bytes.Lines(text) {
		var l journalLine
		if json.Unmarshal(line, &l) == nil && l.Name != "" {
			j.parts[l.Name] = l.Value
		}
	}
	return j
}

// Get implements eval.Journal.
func (j *journal) Get(name string, v any) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	b, found := j.parts[name]
	return found && json.Unmarshal(b, v) == nil
}

// Put implements eval.Journal.
func (j *journal) Put(name string, v any) {
	j.mu.Lock()
	defer j.mu.Unlock()
	value, err := json.Marshal(v)
	if err != nil {
		return
	}
	j.parts[name] = value
	line, err := json.Marshal(journalLine{name, value})
	if err != nil || !j.open() {
		return
	}
	// A line that was cut off by the end of a process stays a line of its own.
	if _, err := j.file.Write(append(append([]byte{'\n'}, line...), '\n')); err != nil {
		j.dead = true
	}
}

// open opens the file; false: it cannot be written.
func (j *journal) open() bool {
	if j.file != nil || j.dead {
		return !j.dead
	}
	err := os.MkdirAll(j.dir, 0o755)
	if err == nil {
		j.file, err = os.OpenFile(filepath.Join(j.dir, journalFile), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	}
	j.dead = err != nil
	return !j.dead
}

// close keeps the parts for the next run, or with done removes them.
func (j *journal) close(done bool) {
	if j == nil {
		return
	}
	if j.file != nil {
		j.file.Close()
	}
	if done {
		os.RemoveAll(j.dir)
	}
}
