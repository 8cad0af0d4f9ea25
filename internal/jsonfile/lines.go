package jsonfile

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
)

// Limits on what is read.
const (
	maxFileBytes = 256 << 20 // one records.jsonl or metrics.jsonl
	MaxLineBytes = 32 << 20  // one record: 1000 classes squared are 4 MiB
)

// ErrTorn is the error for a last line without a line end that does not parse: the rest of a
// program that was killed while it wrote.
var ErrTorn = errors.New("the last line is incomplete")

// EachLine decodes each line of r that is not blank into a new T and passes it to add. Errors
// name the file and the line. If the last line has no line end and does not parse, EachLine
// returns ErrTorn after all lines before it were added.
func EachLine[T any](r io.Reader, name string, add func(line int, v T) error) error {
	s := bufio.NewScanner(io.LimitReader(r, maxFileBytes+1))
	s.Buffer(make([]byte, 0, 64<<10), MaxLineBytes)
	var read int64
	ended := true
	s.Split(func(data []byte, atEOF bool) (int, []byte, error) {
		n, tok, err := bufio.ScanLines(data, atEOF)
		read += int64(n)
		ended = n > 0 && data[n-1] == '\n'
		return n, tok, err
	})
	line := 0
	for s.Scan() {
		line++
		if read > maxFileBytes {
			return fmt.Errorf("%s: more than %d MiB", name, maxFileBytes>>20)
		}
		if len(bytes.TrimSpace(s.Bytes())) == 0 {
			continue
		}
		v, err := Decode[T](s.Bytes())
		if err != nil && !ended {
			return fmt.Errorf("%s:%d: %w: %w", name, line, ErrTorn, err)
		}
		if err == nil {
			err = add(line, v)
		}
		if err != nil {
			return fmt.Errorf("%s:%d: %w", name, line, err)
		}
	}
	if err := s.Err(); err != nil {
		return fmt.Errorf("%s:%d: %w", name, line+1, err)
	}
	return nil
}

// Decode reads exactly one JSON value; numbers of untyped fields keep their
// digits.
func Decode[T any](b []byte) (T, error) {
	var v T
	d := json.NewDecoder(bytes.NewReader(b))
	d.UseNumber()
	if err := d.Decode(&v); err != nil {
		return v, err
	}
	if _, err := d.Token(); err != io.EOF {
		return v, errors.New("more than one JSON value on the line")
	}
	return v, nil
}

// Open opens a regular file for reading. It refuses other files, which may block or report a
// wrong size.
func Open(path string) (*os.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = fmt.Errorf("%s is not a regular file", path)
	}
	if err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}

// ReadSmall reads a whole file of at most limit bytes.
func ReadSmall(path string, limit int64) ([]byte, error) {
	f, err := Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", path, err)
	}
	if int64(len(b)) > limit {
		return nil, fmt.Errorf("%s has more than %d bytes", path, limit)
	}
	return b, nil
}
