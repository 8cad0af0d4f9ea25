package ledger

import (
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"repbench/internal/jsonfile"
)

// maxRecordBytes bounds the file of one cell.
const maxRecordBytes = jsonfile.MaxLineBytes

// Parse reads lines, one JSON object a line; blank lines do not count, and fields that are not known are
// ignored. An error names the file (name) and the line, whether it is not JSON, cut off, no line of a
// ledger, or repeats the key of another one; no lines are returned beside it.
func Parse(r io.Reader, name string) ([]Line, error) {
	var out []Line
	at := map[string]int{}
	err := jsonfile.EachLine(r, name, func(n int, l Line) error {
		if err := l.Check(); err != nil {
			return err
		}
		id := l.identity()
		if before, ok := at[id]; ok {
			return fmt.Errorf("%s was on line %d already", l.Key, before)
		}
		if len(out) == maxLines {
			return fmt.Errorf("more than %d lines", maxLines)
		}
		at[id] = n
		out = append(out, l)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// identity is what may occur once in a file.
func (l *Line) identity() string {
	seed := "none"
	if l.Seed != nil {
		seed = fmt.Sprint(*l.Seed)
	}
	return fmt.Sprintf("%q %q %q %q %s %q %q", l.Suite, l.Encoder, l.Data, l.Protocol, seed, l.Commit(), l.Machine.Class)
}

// Read reads the lines of a file: a ledger's, or the record.json of one cell.
func Read(path string) ([]Line, error) {
	if filepath.Ext(path) == ".json" {
		l, err := ReadRecord(path)
		if err != nil {
			return nil, err
		}
		return []Line{*l}, nil
	}
	f, err := jsonfile.Open(path)
	if err != nil {
		return nil, fmt.Errorf("read ledger: %w", err)
	}
	defer f.Close()
	lines, err := Parse(f, path)
	if errors.Is(err, jsonfile.ErrTorn) {
		return nil, fmt.Errorf("%w; delete that line and record the run again", err)
	}
	return lines, err
}

// ReadRecord reads the record.json of one cell.
func ReadRecord(path string) (*Line, error) {
	text, err := jsonfile.ReadSmall(path, maxRecordBytes)
	if err != nil {
		return nil, err
	}
	l, err := jsonfile.Decode[Line](text)
	if err == nil {
		err = l.Check()
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return &l, nil
}
