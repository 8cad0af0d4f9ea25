package launch

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"repbench/internal/jsonfile"
)

// jobsFile is the file in a suite's folder that says what was submitted where. It only grows.
const jobsFile = "jobs.jsonl"

// maxJobs bounds jobs.jsonl, in bytes.
const maxJobs = 64 << 20

// Submissions reads jobs.jsonl of a suite's folder, the oldest first. A last line that was cut off
// is left out: its job is found by its name.
func Submissions(out string) ([]Submission, error) {
	path := filepath.Join(out, jobsFile)
	data, err := jsonfile.ReadSmall(path, maxJobs)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	return parseSubmissions(data, path)
}

// parseSubmissions reads the lines of the file name.
func parseSubmissions(data []byte, name string) ([]Submission, error) {
	var all []Submission
	err := jsonfile.EachLine(bytes.NewReader(data), name, func(_ int, s Submission) error {
		if _, err := ParseList(s.Indices); err != nil {
			return err
		}
		all = append(all, s)
		return nil
	})
	if err != nil && !errors.Is(err, jsonfile.ErrTorn) {
		return nil, fmt.Errorf("%w; remove that line: jobs that are still queued are found by their names", err)
	}
	return all, nil
}

// note adds a submission to jobs.jsonl.
func note(out string, s Submission) (err error) {
	line, err := json.Marshal(s)
	if err != nil {
		return err
	}
	f, err := os.OpenFile(filepath.Join(out, jobsFile), os.O_RDWR|os.O_CREATE|os.O_APPEND, 0o666)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	if err := dropTorn(f); err != nil {
		return err
	}
	if _, err := f.Write(append(line, '\n')); err != nil {
		return err
	}
	return f.Sync()
}

// dropTorn removes a last line that was cut off.
func dropTorn(f *os.File) error {
	data, err := jsonfile.ReadSmall(f.Name(), maxJobs)
	if err != nil {
		return err
	}
	if whole := bytes.LastIndexByte(data, '\n') + 1; whole < len(data) {
		return f.Truncate(int64(whole))
	}
	return nil
}
