package fetch

import "fmt"

// Mismatch reports that bytes differ from the known file.
type Mismatch struct {
	// Place is the path or the URL of the bytes.
	Place string
	// Reason describes the difference.
	Reason string
}

// Error returns "place: reason".
func (m *Mismatch) Error() string { return m.Place + ": " + m.Reason }

func mismatch(place, format string, args ...any) error {
	return &Mismatch{Place: place, Reason: fmt.Sprintf(format, args...)}
}

// serverError ends the tries on one server: another request would not help.
type serverError struct{ error }

func (e serverError) Unwrap() error { return e.error }

// localError ends the download: the cause is on this machine, not on a server.
type localError struct{ error }

func (e localError) Unwrap() error { return e.error }
