package progress

import (
	"context"
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

// A reader adds what it reads to the task, and fails once the context has ended.
func TestNewReader(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	var task recorded
	r := NewReader(ctx, iotest.OneByteReader(strings.NewReader("abcd")), &task)
	got := make([]byte, 3)
	if _, err := io.ReadFull(r, got); err != nil || string(got) != "abc" {
		t.Fatalf("%q, %v", got, err)
	}
	if task.count != 3 || task.added != 3 {
		t.Errorf("%d bytes in %d reads were added", task.count, task.added)
	}
	cancel()
	if n, err := r.Read(got); n != 0 || !errors.Is(err, context.Canceled) || task.count != 3 {
		t.Errorf("after the end of the context: %d bytes, %v, %d added", n, err, task.count)
	}
}
