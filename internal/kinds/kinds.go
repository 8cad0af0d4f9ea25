// Package kinds makes errors of a kind: the text is a sentence for people that ends
// where it ends, and errors.Is still finds the kind.
package kinds

import "fmt"

// Errorf returns the error of fmt.Errorf, which errors.Is also finds to be kind. The
// text of kind is not added: a sentence that ends at its remedy stays whole.
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
