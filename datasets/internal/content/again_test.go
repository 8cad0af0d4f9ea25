package content

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Again says the next step, but not where BadRead says it, nor about a file that could
// not be read at all; BadFile leaves it out where another thing stands in the file's place.
func TestAgain(t *testing.T) {
	const next = "; copy or download the file again"
	shape := errors.New("its dimensions are [2 2]")
	_, unread := os.Open(filepath.Join(t.TempDir(), "no"))
	for _, tt := range []struct {
		err  error
		want bool
	}{{shape, true}, {fmt.Errorf("image 3: %w", io.ErrUnexpectedEOF), false}, {unread, false}} {
		err := Again(tt.err)
		if strings.HasSuffix(err.Error(), next) != tt.want || !errors.Is(err, tt.err) {
			t.Errorf("%v gives %v", tt.err, err)
		}
	}
	if Again(nil) != nil {
		t.Error("no error gives one")
	}
	path := filepath.Join(t.TempDir(), "page")
	if err := os.WriteFile(path, []byte("<!DOCTYPE html><html></html>"), 0o644); err != nil {
		t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := BadFile(f, path, Again(shape)); strings.HasSuffix(err.Error(), next) || !errors.Is(err, shape) {
		t.Errorf("a web page: %v", err)
	}
}
