package errkind

import (
	"errors"
	"io"
	"testing"
)

func TestErrorf(t *testing.T) {
	kind := errors.New("a kind")
	err := Errorf(kind, "row %d: %w: read it again", 3, io.ErrUnexpectedEOF)
	if want := "row 3: unexpected EOF: read it again"; err.Error() != want {
		t.Errorf("text %q, want %q", err, want)
	}
	for _, target := range []error{kind, io.ErrUnexpectedEOF} {
		if !errors.Is(err, target) {
			t.Errorf("%q is not %q", err, target)
		}
	}
	if errors.Is(err, io.EOF) {
		t.Errorf("%q is %q", err, io.EOF)
	}
}
