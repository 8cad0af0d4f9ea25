package main

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
	"time"
	"unsafe"

	"repbench/eval/quality"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/atomicfile"
	"repbench/internal/jsonfile"
	"repbench/internal/version"
)

// journalAfter is the time after which the parts of a run are worth keeping.
const journalAfter = 20 * time.Second

// journal keeps the finished parts of a run in a file of the cache folder, once the run has
// lasted some time. The file is removed at the end of the run. A nil journal keeps nothing.
type journal struct {
	mu    sync.Mutex
	dir   string // of the file
	parts map[string]json.RawMessage
	start time.Time
	after time.Duration
}

// qualityJournal opens the journal of a run; nil where there is no cache folder.
func (a *app) qualityJournal(in quality.Inputs, s quality.Settings, o metric.Options) (*journal, error) {
	options, err := a.dataOptions().Options.Resolve()
	if err != nil || options.CacheDir == "" {
		return nil, err
	}
	key, err := qualityKey(in, s, o)
	if err != nil {
		return nil, err
	}
	dir, err := options.UsePath("quality", key)
	if err != nil {
		return nil, err
	}
	j := &journal{dir: dir, parts: map[string]json.RawMessage{}, start: time.Now(), after: journalAfter}
	if err := jsonfile.Read(j.file(), &j.parts); err != nil {
		j.parts = map[string]json.RawMessage{} // a damaged journal is none
	}
	return j, nil
}

// qualityKey is a name for all that changes a value.
func qualityKey(in quality.Inputs, s quality.Settings, o metric.Options) (string, error) {
	h := sha256.New()
	s.Metrics = nil // each part has the name of its metric
	err := json.NewEncoder(h).Encode(struct {
		Version, Commit string
		Settings        quality.Settings
		Seed            uint64
		Labels          []int32
	}{version.Version, version.Commit(), s, o.Seed, in.TestLabels})
	if err != nil {
		return "", err
	}
	for _, x := range []matrix.View{in.Real, in.Generated, in.Test, in.Logits, in.TestLogits} {
		hashRows(h, x)
	}
	return hex.EncodeToString(h.Sum(nil)[:8]), nil
}

// hashRows writes the shape and the elements of a matrix.
func hashRows(h io.Writer, x matrix.View) {
	fmt.Fprintln(h, x.N, x.D)
	if x.N*x.D == 0 {
		return
	}
	r := matrix.Reader{M: x}
	for lo := 0; lo < x.N; lo += matrix.BlockRows {
		for _, row := range r.Read(lo, min(lo+matrix.BlockRows, x.N)) {
			h.Write(unsafe.Slice((*byte)(unsafe.Pointer(&row[0])), 4*len(row)))
		}
	}
}

// file is where the parts are.
func (j *journal) file() string { return filepath.Join(j.dir, "parts.json") }

// Get implements quality.Journal.
func (j *journal) Get(name string, v any) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	b, found := j.parts[name]
	return found && json.Unmarshal(b, v) == nil
}

// Put implements quality.Journal.
func (j *journal) Put(name string, v any) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	j.parts[name] = b
	if time.Since(j.start) < j.after {
		return nil
	}
	if err := os.MkdirAll(j.dir, 0o755); err != nil {
		return err
	}
	all, err := json.Marshal(j.parts)
	if err != nil {
		return err
	}
	return atomicfile.WriteFile(j.file(), all, 0o644)
}

// remove deletes the file: the run is done.
func (j *journal) remove() error {
	if j == nil {
		return nil
	}
	return os.RemoveAll(j.dir)
}
