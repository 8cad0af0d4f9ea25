package datasets

import (
	"context"
	"io"
)

// watchedReader tells seen how much each read brought.
type watchedReader struct {
	r    io.Reader
	seen func(n int)
}

func (w *watchedReader) Read(p []byte) (int, error) {
	n, err := w.r.Read(p)
	w.seen(n)
	return n, err
}

// contextReader fails as soon as the context ends.
type contextReader struct {
	ctx context.Context
	r   io.Reader
}

func (c contextReader) Read(p []byte) (int, error) {
	if err := c.ctx.Err(); err != nil {
		return 0, err
	}
	return c.r.Read(p)
}
