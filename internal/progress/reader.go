package progress

import (
	"context"
	"io"
)

// NewReader returns a reader of r that adds the bytes of each read to the task and fails when
// the context ends.
func NewReader(ctx context.Context, r io.Reader, task Task) io.Reader {
	return &reader{ctx, r, task}
}

type reader struct {
	ctx  context.Context
	r    io.Reader
	task Task
}

func (r *reader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	n, err := r.r.Read(p)
	r.task.Add(int64(n))
	return n, err
}
