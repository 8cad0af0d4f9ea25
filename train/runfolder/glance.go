package runfolder

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/gofrs/flock"

	"repbench/internal/jsonfile"
)

// tailBytes is what is read of the end of a file at first, maxTailBytes at most.
const (
	tailBytes    = 4 << 10
	maxTailBytes = 64 << 10
)

// ReadConfig reads the config.json of a run of any model; numbers keep their digits, as json.Number.
func ReadConfig(run string) (map[string]any, error) {
	path := filepath.Join(run, configFile)
	b, err := jsonfile.ReadSmall(path, maxConfigBytes)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, missing(run)
	}
	if err != nil {
		return nil, fmt.Errorf("read run %s: %w", run, err)
	}
	c, err := jsonfile.Decode[map[string]any](b)
	if err == nil && c == nil {
		err = errors.New("it holds no JSON object")
	}
	if err != nil {
		return nil, unread(run, fmt.Errorf("read run: %s: %w", path, err))
	}
	return c, nil
}

// Stamp says when a file was written and how large it is, so that it is read again only when it changed.
type Stamp struct {
	Time time.Time
	Size int64
}

// Stamps are the stamps of the files of a run that change while it trains; the zero Stamp where there is none.
type Stamps struct {
	Config, Metrics, Log Stamp
	// Lock says that a process trained here once, or does.
	Lock bool
}

// ReadStamps looks at the files of a run folder and reads none. Links count as missing.
func ReadStamps(run string) Stamps {
	at := func(name string) Stamp {
		info, err := os.Lstat(filepath.Join(run, name))
		if err != nil || !info.Mode().IsRegular() {
			return Stamp{}
		}
		return Stamp{info.ModTime(), info.Size()}
	}
	_, err := os.Lstat(filepath.Join(run, lockFile))
	return Stamps{Config: at(configFile), Metrics: at(metricsFile), Log: at(logFile), Lock: err == nil}
}

// Looks reports whether a folder that holds these names is a run folder, or what is left of one.
func Looks(names []string) bool {
	has := func(name string) bool { return slices.Contains(names, name) }
	return has(metricsFile) || has(configFile) && (has(lockFile) || has(logFile) || has(checkpointDir))
}

// Inner reports whether a folder of this name in a run folder holds no runs.
func Inner(name string) bool { return name == checkpointDir || name == bestDir || name == samplesDir }

// InUse reports whether a process of this machine, or of one that shares its locks, trains in a run folder.
func InUse(run string) bool {
	path := filepath.Join(run, lockFile)
	if info, err := os.Lstat(path); err != nil || !info.Mode().IsRegular() {
		return false // and none is made
	}
	lock := flock.New(path, flock.SetFlag(os.O_RDONLY))
	defer lock.Close()
	ok, err := lock.TryRLock()
	return err == nil && !ok
}

// LastMetrics is the last whole line of a run's metrics.jsonl that is a logged step; ok is false where
// the end of the file holds none. damaged says that something else stands behind it. No more than the
// end of the file is read, read bytes of it.
func LastMetrics(run string) (m Metrics, ok, damaged bool, read int64, err error) {
	path := filepath.Join(run, metricsFile)
	for size := int64(tailBytes); size <= maxTailBytes; size *= 16 {
		text, first, err := tail(path, size)
		read += int64(len(text))
		if errors.Is(err, fs.ErrNotExist) {
			return m, false, false, read, nil
		}
		if err != nil {
			return m, false, false, read, err
		}
		lines := bytes.SplitAfter(text, []byte("\n"))
		if !first {
			lines = lines[1:] // a part
		}
		for _, line := range slices.Backward(lines) {
			if len(bytes.TrimSpace(line)) == 0 {
				continue
			}
			if json.Unmarshal(line, &m) == nil {
				return m, true, damaged, read, nil
			}
			damaged = true
		}
		if first {
			return Metrics{}, false, damaged, read, nil
		}
	}
	return Metrics{}, false, true, read, nil // a line longer than any
}

// tail reads the end of a file; first says that it is the whole file.
func tail(path string, size int64) (text []byte, first bool, err error) {
	f, err := jsonfile.Open(path)
	if err != nil {
		return nil, false, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return nil, false, err
	}
	start := max(0, info.Size()-size)
	text, err = io.ReadAll(io.NewSectionReader(f, start, size))
	return text, start == 0, err
}

// LogTail are the last n lines of a run's log.txt; none where there is no log.
func LogTail(run string, n int) []string {
	text, first, err := tail(filepath.Join(run, logFile), maxTailBytes)
	if err != nil || len(text) == 0 {
		return nil
	}
	lines := strings.Split(strings.TrimRight(strings.ToValidUTF8(string(text), "�"), "\n"), "\n")
	if !first {
		lines = lines[1:]
	}
	return lines[max(0, len(lines)-n):]
}
