// Package content holds the errors about files that do not hold what they should, and how
// they are worded, for all readers of data. It knows no format.
package content

import (
	"archive/zip"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"repbench/internal/filekind"
)

// ErrMissing is wrapped by errors about data that are not on disk and could not
// be, or were not allowed to be, downloaded.
var ErrMissing = errors.New("data are missing")

// Error says that a file does not hold what it should: truncated, of
// another format, or with a record that makes no sense.
type Error struct {
	// File is the path of the archive, the folder or the file.
	File string
	// Record is the place in it, an entry's name or "record 17"; it may be empty.
	Record string
	// Reason says what is wrong and, where that is known, what to do.
	Reason string
	// Err is the cause, or nil.
	Err error
}

// Error returns "file: record: reason: cause". Names that are not UTF-8 or have
// control characters are quoted, with escapes.
func (e *Error) Error() string {
	s := Shown(e.File)
	for _, part := range []string{Shown(e.Record), e.Reason} {
		if part != "" {
			s += ": " + part
		}
	}
	if e.Err != nil {
		s += ": " + e.Err.Error()
	}
	return s
}

// Unwrap returns the cause.
func (e *Error) Unwrap() error { return e.Err }

// Bad makes an Error without a cause.
func Bad(file, record, format string, args ...any) error {
	return &Error{File: file, Record: record, Reason: fmt.Sprintf(format, args...)}
}

// BadRead makes the Error for a failed read and words what compressed and
// archived streams say when they are cut or damaged.
func BadRead(file, record string, err error) error {
	e := &Error{File: file, Record: record, Err: err}
	var corrupt flate.CorruptInputError
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		e.Reason = "the file is truncated; copy or download it again"
	case errors.As(err, &corrupt), errors.Is(err, gzip.ErrChecksum), errors.Is(err, gzip.ErrHeader),
		errors.Is(err, zlib.ErrChecksum), errors.Is(err, zlib.ErrHeader), errors.Is(err, zip.ErrChecksum):
		e.Reason = "the compressed data are damaged; copy or download the file again"
	}
	return e
}

// Again is the error of a parser with the next step behind it. An error that says
// that a file was cut or damaged stays as it is: BadRead words it.
func Again(err error) error {
	var e *Error
	if err == nil || errors.As(BadRead("", "", err), &e) && e.Reason != "" || errors.As(err, new(*fs.PathError)) {
		return err
	}
	return damaged{err}
}

// damaged is an error of Again.
type damaged struct{ error }

// Error says the next step behind the cause.
func (d damaged) Error() string { return d.error.Error() + "; copy or download the file again" }

// Unwrap returns the cause.
func (d damaged) Unwrap() error { return d.error }

// BadFile is BadRead for an open file, or says what stands in its place: a Git
// LFS pointer, a web page, another text.
func BadFile(f *os.File, path string, err error) error {
	if info, failed := f.Stat(); failed == nil {
		if k := filekind.Of(f, info.Size()); StandsIn(k) {
			if d, ok := err.(damaged); ok { // the kind has a better next step
				err = d.error
			}
			return &Error{File: path, Reason: InPlace(k), Err: err}
		}
	}
	return BadRead(path, "", err)
}

// StandsIn says that the file is what a download or a clone leaves where the
// wanted one should be.
func StandsIn(k filekind.File) bool {
	switch k.Kind {
	case filekind.LFSPointer, filekind.WebPage, filekind.Text, filekind.JSON:
		return true
	}
	return false
}

// InPlace says what the file is, and the next step.
func InPlace(k filekind.File) string {
	next := k.Next
	if next == "" {
		next = "download the file again, and look at it if that does not help"
	}
	return fmt.Sprintf("it is %s; %s", k.What, next)
}

// Shown is a text as it can be shown on one line and stored in JSON: with escapes,
// in quotes, where it is not UTF-8 or has control characters.
func Shown(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return text
	}
	return strconv.Quote(text)
}

// Missing wraps ErrMissing around why a path cannot be looked at.
func Missing(err error) error { return fmt.Errorf("%w: %w", ErrMissing, err) }
