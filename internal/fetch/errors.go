package fetch

import "fmt"

// Mismatch says that bytes are not those of the file that was wanted.
type Mismatch struct {
	// Place is the path or the URL of the bytes.
	Place string
	// Reason says what differs.
	Reason string
}

// Error returns "place: reason".
func (m *Mismatch) Error() string { return m.Place + ": " + m.Reason }

func mismatch(place, format string, args ...any) error {
	return &Mismatch{Place: place, Reason: fmt.Sprintf(format, args...)}
}

// serverError ends the tries on one server: asking it again would not help.
type serverError struct{ error }

func (e serverError) Unwrap() error { return e.error }

// localError ends the download: this machine, and no server, is to blame.
type localError struct{ error }

func (e localError) Unwrap() error { return e.error }
