// Package content holds the errors about files with wrong content, and their wording, for all
// readers of data. It does not depend on any format.
package content

import (
	"archive/zip"
	"bytes"
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

// ErrMissing is wrapped by errors about data that are not on disk and could not be downloaded,
// or were not allowed to be.
var ErrMissing = errors.New("data are missing")

// Error reports a file with wrong content: truncated, of another format, or with an invalid
// record.
type Error struct {
	// File is the path of the archive, folder or file.
	File string
	// Record is the place in it, the name of an entry or "record 17"; it may be empty.
	Record string
	// Reason describes the fault and, if known, the remedy.
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

// Bad returns an Error without a cause.
func Bad(file, record, format string, args ...any) error {
	return &Error{File: file, Record: record, Reason: fmt.Sprintf(format, args...)}
}

// BadRead returns the Error for a failed read, and describes the errors of truncated and
// damaged compressed and archived streams.
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

// BadData is BadRead for the content of a file that a parser refused, or says what stands in its
// place.
func BadData(file, record string, data []byte, err error) error {
	return InsteadOf(file, record, data, BadRead(file, record, err))
}

// InsteadOf returns the error about a file with this content, or says what stands in its place:
// a Git LFS pointer or a web page.
func InsteadOf(file, record string, data []byte, err error) error {
	switch k := filekind.Of(bytes.NewReader(data), int64(len(data))); k.Kind {
	case filekind.LFSPointer, filekind.WebPage:
		return &Error{File: file, Record: record, Reason: InPlace(k)}
	}
	return err
}

// StandsIn reports whether the file is what a download or a clone leaves in place of the wanted
// file.
func StandsIn(k filekind.File) bool {
	switch k.Kind {
	case filekind.LFSPointer, filekind.WebPage, filekind.Text, filekind.JSON:
		return true
	}
	return false
}

// InPlace describes the file and the next step.
func InPlace(k filekind.File) string {
	next := k.Next
	if next == "" {
		next = "download the file again, and look at it if that does not help"
	}
	return fmt.Sprintf("it is %s; %s", k.What, next)
}

// Shown returns a text that can be shown on one line and stored in JSON: it is quoted with
// escapes if it is not UTF-8 or has control characters.
func Shown(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return text
	}
	return strconv.Quote(text)
}

// Missing wraps ErrMissing around the error of accessing a path.
func Missing(err error) error { return fmt.Errorf("%w: %w", ErrMissing, err) }
