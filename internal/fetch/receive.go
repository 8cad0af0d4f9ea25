package fetch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"time"

	"repbench/internal/progress"
)

// receive appends the bytes that one server sends to the part. It returns the byte at which
// they begin: the former end of the part, or 0.
func (d *download) receive(ctx context.Context, s *server) (start int64, err error) {
	if !s.noRange {
		start = d.part.size
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	shown := d.ticking("ask for " + s.url)
	a, err := d.ask(ctx, d.client, s.url, start, d.part.origin)
	shown()
	if err != nil {
		s.noRange = errors.Is(err, errRange)
		return 0, err
	}
	defer a.body.Close()
	if a.start == 0 {
		s.noRange = false
		if err := d.part.restart(); err != nil {
			return 0, localError{err}
		}
	}
	if err := d.part.comesFrom(s.url, a.etag, a.modified); err != nil {
		return 0, localError{err}
	}
	err = d.copy(ctx, cancel, a)
	return a.start, err
}

// copy reads the rest of the file from an answer, and no more, as long as bytes keep arriving.
func (d *download) copy(ctx context.Context, cancel context.CancelCauseFunc, a *answer) error {
	task := d.o.Progress.Start("download "+d.name, d.Size-a.start, "bytes")
	defer task.Done()
	if a.start > 0 {
		task.Note(fmt.Sprintf("after %.1f MB that were there", float64(a.start)/1e6))
	}
	stall := time.AfterFunc(d.o.Stall, func() {
		cancel(fmt.Errorf("the server sent next to nothing for %v", d.o.Stall))
	})
	defer stall.Stop()
	in := progress.NewReader(ctx, io.LimitReader(a.body, d.Size-a.start), &stallReset{Task: task, timer: stall, after: d.o.Stall})
	_, err := io.CopyBuffer(d.part, in, make([]byte, 1<<18))
	var local localError
	switch cause := context.Cause(ctx); {
	case errors.As(err, &local):
		return err
	case d.part.size == d.Size:
		return nil
	case err != nil && cause != nil:
		return cause
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return err
	}
	return fmt.Errorf("the download is truncated: %d of %d bytes came", d.part.size, d.Size)
}

// ticking shows the elapsed seconds of an operation that reports no progress, until the
// returned function is called.
func (d *download) ticking(name string) (stop func()) {
	task := d.o.Progress.Start(name, 0, "s")
	end, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		tick := time.NewTicker(time.Second)
		defer tick.Stop()
		for {
			select {
			case <-tick.C:
				task.Add(1)
			case <-end:
				return
			}
		}
	}()
	return func() {
		close(end)
		<-ended
		task.Done()
	}
}

// pause waits before a server is asked again.
func (d *download) pause(ctx context.Context, s *server) error {
	wait := max(d.o.backoff(s.failures), time.Until(s.notBefore))
	if wait <= 0 {
		return ctx.Err()
	}
	task := d.o.Progress.Start("wait to try "+d.name+" again", int64((wait+time.Second-1)/time.Second), "s")
	defer task.Done()
	task.Note(s.err.Error())
	for end := time.Now().Add(wait); wait > 0; wait = time.Until(end) {
		if err := sleep(ctx, min(wait, time.Second)); err != nil {
			return err
		}
		task.Add(1)
	}
	return nil
}

// backoff returns the pause after the given number of consecutive failures: Wait, doubled for
// each failure after the first, minus a random part of at most half. The random part separates
// machines that failed together. No measured result depends on it.
func (o Options) backoff(failures int) time.Duration {
	if failures == 0 {
		return 0
	}
	wait := o.Wait
	for ; failures > 1 && wait < o.MaxWait; failures-- {
		wait *= 2
	}
	wait = min(wait, o.MaxWait)
	return wait - time.Duration(rand.Float64()*float64(wait)/2)
}

// stallReset is a task that resets a timer whenever stallBytes more have arrived.
type stallReset struct {
	progress.Task
	timer   *time.Timer
	after   time.Duration
	pending int64
}

// Add adds n bytes to the task.
func (s *stallReset) Add(n int64) {
	s.Task.Add(n)
	if s.pending += n; s.pending >= stallBytes {
		s.timer.Reset(s.after)
		s.pending = 0
	}
}
