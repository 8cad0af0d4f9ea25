package onnx

import (
	"errors"
	"fmt"
)

// ErrFormat is wrapped by errors about a file that is not a whole, consistent
// ONNX model, or one beyond the limits.
var ErrFormat = errors.New("not a readable ONNX model")

// ErrUnsupported is wrapped by errors about a sound model that this package
// cannot build: an operator it does not know, a shape that depends on values.
var ErrUnsupported = errors.New("ONNX model not supported")

// OpError says which node of a network could not be built.
type OpError struct {
	// Node is its name, or its place in the file where it has none; Op is the
	// operator.
	Node, Op string
	// Err wraps ErrUnsupported, or says what the backend refused.
	Err error
}

// Error names node and operator.
func (e *OpError) Error() string { return fmt.Sprintf("node %s (%s): %v", e.Node, e.Op, e.Err) }

// Unwrap returns Err.
func (e *OpError) Unwrap() error { return e.Err }

func bad(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrFormat, fmt.Sprintf(format, args...))
}

func unsupported(format string, args ...any) error {
	return fmt.Errorf("%w: %s", ErrUnsupported, fmt.Sprintf(format, args...))
}
