package datasets

import (
	"archive/zip"
	"compress/flate"
	"compress/gzip"
	"compress/zlib"
	"errors"
	"fmt"
	"io"
	"os"
	"strconv"
	"strings"
	"unicode/utf8"

	"repbench/internal/filekind"
)

// ErrMissing is wrapped by errors about data that are not on disk and could not
// be, or were not allowed to be, downloaded.
var ErrMissing = errors.New("data are missing")

// ContentError says that a file does not hold what it should: truncated, of
// another format, or with a record that makes no sense.
type ContentError struct {
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
func (e *ContentError) Error() string {
	s := shown(e.File)
	for _, part := range []string{shown(e.Record), e.Reason} {
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
func (e *ContentError) Unwrap() error { return e.Err }

// bad makes a ContentError without a cause.
func bad(file, record, format string, args ...any) error {
	return &ContentError{File: file, Record: record, Reason: fmt.Sprintf(format, args...)}
}

// badRead makes the ContentError for a failed read and words what compressed and
// archived streams say when they are cut or damaged.
func badRead(file, record string, err error) error {
	e := &ContentError{File: file, Record: record, Err: err}
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

// badFile is badRead for an open file, or says what stands in its place: a Git
// LFS pointer, a web page, another text.
func badFile(f *os.File, path string, err error) error {
	if info, failed := f.Stat(); failed == nil {
		if k := filekind.Of(f, info.Size()); standsIn(k) {
			return &ContentError{File: path, Reason: inPlace(k), Err: err}
		}
	}
	return badRead(path, "", err)
}

// standsIn says that the file is what a download or a clone leaves where the
// wanted one should be.
func standsIn(k filekind.File) bool {
	switch k.Kind {
	case filekind.LFSPointer, filekind.WebPage, filekind.Text, filekind.JSON:
		return true
	}
	return false
}

// inPlace says what the file is, and the next step.
func inPlace(k filekind.File) string {
	next := k.Next
	if next == "" {
		next = "download the file again, and look at it if that does not help"
	}
	return fmt.Sprintf("it is %s; %s", k.What, next)
}

// shown is a text as it can be shown on one line and stored in JSON: with escapes,
// in quotes, where it is not UTF-8 or has control characters.
func shown(text string) string {
	if utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' || r == 0x7f }) {
		return text
	}
	return strconv.Quote(text)
}

// errMissing wraps ErrMissing around why a path cannot be looked at.
func errMissing(err error) error { return fmt.Errorf("%w: %w", ErrMissing, err) }
