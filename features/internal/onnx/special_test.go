//go:build unix

package onnx

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A pipe is refused at once, as the model and as its external data: opening it would wait for
// another program to write into it.
func TestPipe(t *testing.T) {
	dir := t.TempDir()
	pipe, model := filepath.Join(dir, "pipe"), filepath.Join(dir, "model.onnx")
	if err := syscall.Mkfifo(pipe, 0o600); err != nil {
		t.Fatal(err)
	}
	write(t, model, single(13, "Add", nil, []string{"w"}, externalTensor("w", []int{3}, "location=pipe")).bytes())
	for _, path := range []string{pipe, model} {
		failed := make(chan error, 1)
		go func() {
			_, err := Open(path)
			failed <- err
		}()
		select {
		case err := <-failed:
			if err == nil || !strings.Contains(err.Error(), "regular file") {
				t.Errorf("%s: %v", path, err)
			}
		case <-time.After(10 * time.Second):
			t.Fatalf("%s is waited for", path)
		}
	}
}
