package main

import (
	"bufio"
	"context"
	"io"
	"strings"
	"sync"
	"testing"
	"time"
)

// onPage runs a command that serves a page until the test ends or stop is called, and returns the page's address.
func onPage(t *testing.T, args ...string) (url string, stop func()) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	r, w := io.Pipe()
	status := make(chan int, 1)
	var errs strings.Builder
	go func() {
		status <- run(ctx, args, w, &errs)
		w.Close()
	}()
	line, err := bufio.NewReader(r).ReadString('\n')
	if err != nil {
		cancel()
		t.Fatalf("no address: status %d, %s", <-status, errs.String())
	}
	go io.Copy(io.Discard, r)
	stop = sync.OnceFunc(func() {
		cancel()
		select {
		case s := <-status:
			if s != 0 {
				t.Errorf("status %d after the interruption: %s", s, errs.String())
			}
		case <-time.After(time.Minute):
			t.Error("it does not stop")
		}
	})
	t.Cleanup(stop)
	return strings.TrimSpace(strings.TrimPrefix(line, "Open ")), stop
}
