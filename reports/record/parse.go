package record

import (
	"bytes"
	"errors"
	"fmt"
	"io"

	"repbench/internal/errkind"
	"repbench/internal/jsonfile"
)

// Parse reads records, one JSON object a line; blank lines do not count.
// Fields that are not known are ignored. An error names the file (name) and the
// line, whether the line is not JSON, or is not a record, or is cut off, or
// repeats the ID of another line, or is refused by one of the checks, which may also
// decode a record's result. No record is returned beside an error.
func Parse(r io.Reader, name string, checks ...func(*Record) error) ([]Record, error) {
	var out []Record
	lines := map[string]int{}
	err := jsonfile.EachLine(r, name, func(line int, rec Record) error {
		if err := rec.Check(); err != nil {
			return err
		}
		for _, check := range checks {
			if err := check(&rec); err != nil {
				return err
			}
		}
		if before, ok := lines[rec.ID]; ok {
			return fmt.Errorf("the id %q was on line %d already; each record needs its own", rec.ID, before)
		}
		if len(out) == maxRecords {
			return fmt.Errorf("more than %d records", maxRecords)
		}
		lines[rec.ID] = line
		out = append(out, rec)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// ErrOther is wrapped by errors about a file that holds something else than records.
var ErrOther = errors.New("no file of records")

// begins reports whether the first character of a file that is no space is c.
func begins(path string, c byte) bool {
	f, err := jsonfile.Open(path)
	if err != nil {
		return false
	}
	defer f.Close()
	start := make([]byte, 512)
	n, _ := io.ReadFull(f, start) // a short file has fewer
	start = bytes.TrimSpace(start[:n])
	return len(start) > 0 && start[0] == c
}

// Read reads a records.jsonl, see Parse.
func Read(path string, checks ...func(*Record) error) ([]Record, error) {
	f, err := jsonfile.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read records: %w", err)
	}
	defer f.Close()
	recs, err := Parse(f, path, checks...)
	if errors.Is(err, jsonfile.ErrTorn) && !(errors.Is(err, io.ErrUnexpectedEOF) && begins(path, '{')) {
		return nil, errkind.Errorf(ErrOther, "%s is no file of records, each of whose lines is a JSON object: it is kept as it is", path)
	}
	if errors.Is(err, jsonfile.ErrTorn) {
		return nil, fmt.Errorf("%w; delete that line and give the same command again", err)
	}
	return recs, err
}
