// Package errkind makes errors that errors.Is finds to be of a kind although their text does not
// mention it.
package errkind

import "fmt"

// Errorf returns the error of fmt.Errorf, which errors.Is also finds to be kind. The text of
// kind is not appended, so that a sentence may end with its remedy.
func Errorf(kind error, format string, args ...any) error {
	return ofKind{fmt.Errorf(format, args...), kind}
}

// ofKind is an error with a kind that its text does not mention.
type ofKind struct {
	error
	kind error
}

// Unwrap returns the error of the text and the kind.
func (e ofKind) Unwrap() []error { return []error{e.error, e.kind} }
