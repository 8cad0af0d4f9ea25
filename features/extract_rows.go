package features

import (
	"context"
	"errors"
	"fmt"
	"time"

	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/internal/netfile"
	"repbench/features/store"
	"repbench/internal/progress"
	"repbench/internal/sysinfo"
)

// rowWriter writes the rows of a split from where its file ends.
type rowWriter struct {
	x     *extraction
	g     *store.PartialMatrix
	split *datasets.Split
	task  progress.Task
	saved time.Time
	dst   []float32
}

// room is the memory for the rows of n images.
func (w *rowWriter) room(n int) []float32 {
	if need := n * w.x.meta.Dim; cap(w.dst) < need {
		w.dst = make([]float32, need)
	}
	return w.dst[:n*w.x.meta.Dim]
}

// interrupted saves the rows so far if the user stops the extraction.
func (w *rowWriter) interrupted(ctx context.Context) error {
	if ctx.Err() == nil {
		return nil
	}
	return errors.Join(fmt.Errorf("interrupted at image %d of split %s; the same command goes on from there: %w",
		w.g.Rows, w.split.Name, context.Cause(ctx)), w.x.saveRows(w.g, w.split.Name))
}

// write adds rows, which it makes safe every few seconds.
func (w *rowWriter) write(rows []float32, n int) error {
	if err := w.g.Write(rows); err != nil {
		return err
	}
	w.task.Add(int64(n))
	if time.Since(w.saved) <= encoder.SaveEvery {
		return nil
	}
	w.saved = time.Now()
	return w.x.saveRows(w.g, w.split.Name)
}

// encode runs a network batch by batch.
func (w *rowWriter) encode(ctx context.Context) error {
	size := w.x.enc.Options.BatchSize
	for w.g.Rows < w.split.Images.N {
		if err := w.interrupted(ctx); err != nil {
			return err
		}
		lo := w.g.Rows
		part := w.split.Images.Slice(lo, min(lo+size, w.split.Images.N))
		rows := w.room(part.N)
		if err := w.x.enc.net.Encode(rows, part); err != nil {
			return fmt.Errorf("split %s, images %d to %d: %w", w.split.Name, lo, lo+part.N-1, err)
		}
		if err := w.write(rows, part.N); err != nil {
			return err
		}
	}
	return nil
}

// stream runs a network on batches that are loaded while it runs. An error of an image comes after
// the rows before it, which are kept.
func (w *rowWriter) stream(ctx context.Context, n encoder.Streamed) error {
	if net, ok := n.(*netfile.Network); ok {
		if err := w.alone(net); err != nil {
			return w.named(ctx, err)
		}
		if err := w.measure(ctx, net); err != nil {
			return err
		}
	}
	im := w.split.Images
	from := w.g.Rows
	err := encoder.Stream(ctx, n, im.Slice(from, im.N), func(lo int, b *encoder.Loaded) error {
		if err := w.interrupted(ctx); err != nil {
			return errors.Join(err, b.Release())
		}
		rows := w.room(b.N)
		if err := n.Run(rows, b); err != nil {
			return fmt.Errorf("images %d to %d: %w", from+lo, from+lo+b.N-1, err)
		}
		return w.write(rows, b.N)
	})
	return w.named(ctx, err)
}

// named adds the split to an error, and saves the rows before it.
func (w *rowWriter) named(ctx context.Context, err error) error {
	switch {
	case err == nil:
		return nil
	case ctx.Err() != nil:
		return w.interrupted(ctx)
	}
	return errors.Join(fmt.Errorf("split %s, %w", w.split.Name, err), w.x.saveRows(w.g, w.split.Name))
}

// alone encodes a batch, and its last image once more with copies of itself beside it. It is an
// error if that changes the image's features: they would depend on the other images.
func (w *rowWriter) alone(net *netfile.Network) error {
	lo, size := w.g.Rows, net.Batch()
	n := min(size, w.split.Images.N-lo)
	if w.x.speed.alone || n < 2 {
		return nil
	}
	w.x.speed.alone = true
	rows, again := w.room(n), make([]float32, size*w.x.meta.Dim)
	if _, err := w.batch(net, rows, lo, n); err != nil {
		return err
	}
	if _, err := w.batch(net, again, lo+n-1, 1); err != nil {
		return err
	}
	d := w.x.meta.Dim
	if err := netfile.Mixed(rows[(n-1)*d:], again[(n-1)*d:n*d], size); err != nil {
		return fmt.Errorf("image %d: %w", lo+n-1, err)
	}
	return w.write(rows, n)
}

// batch encodes images from lo on and says how long the network took. rows has place for them, or
// for a whole batch.
func (w *rowWriter) batch(n encoder.Streamed, rows []float32, lo, images int) (time.Duration, error) {
	b, err := n.Load(w.split.Images.Slice(lo, lo+images))
	if err != nil {
		return 0, errors.Join(fmt.Errorf("images %d to %d: %w", lo, lo+images-1, err), b.Release())
	}
	began := time.Now()
	if err := n.Run(rows, b); err != nil {
		return 0, fmt.Errorf("images %d to %d: %w", lo, lo+images-1, err)
	}
	return time.Since(began), nil
}

// measure finds the batch size by encoding the first images with several sizes, each twice: the
// second run counts. Their rows are written as all others are.
func (w *rowWriter) measure(ctx context.Context, net *netfile.Network) error {
	if w.x.speed.measured {
		return nil
	}
	w.x.speed.measured = true
	sizes := net.Trials(w.split.Images.N - w.g.Rows)
	var seconds []time.Duration
	for _, size := range sizes {
		if err := net.SetBatch(size, w.split.Images); err != nil {
			return err
		}
		var took time.Duration
		for range 2 {
			if err := w.interrupted(ctx); err != nil {
				return err
			}
			var err error
			if took, err = w.one(net, size); err != nil {
				return w.named(ctx, err)
			}
		}
		seconds = append(seconds, took)
	}
	if len(sizes) == 0 {
		return nil
	}
	return net.SetBatch(netfile.Fastest(sizes, seconds), w.split.Images)
}

// one encodes a batch, writes its rows, and says how long the network took.
func (w *rowWriter) one(n encoder.Streamed, size int) (time.Duration, error) {
	rows := w.room(size)
	took, err := w.batch(n, rows, w.g.Rows, size)
	if err != nil {
		return 0, err
	}
	return took, w.write(rows, size)
}

// speed counts what this process has encoded.
type speed struct {
	images   int
	time     time.Duration
	measured bool // the batch size, or that there is nothing to measure
	alone    bool // that an image's features depend on no other image
}

func (s *speed) add(images int, took time.Duration) {
	s.images += images
	s.time += took
}

// cost is what the extraction took.
func (x *extraction) cost() *store.Cost {
	c := &store.Cost{PeakRSSBytes: sysinfo.PeakRSS(), Batch: x.enc.Options.BatchSize}
	if n, ok := x.enc.net.(encoder.Streamed); ok {
		c.Batch = n.Batch()
	}
	if n, ok := x.enc.net.(interface{ MultiplyAdds() int64 }); ok {
		c.MultiplyAdds = n.MultiplyAdds()
	}
	if x.speed.images > 0 && x.speed.time > 0 {
		c.ImagesPerSecond = float64(x.speed.images) / x.speed.time.Seconds()
		c.GFLOPS = 2 * float64(c.MultiplyAdds) * c.ImagesPerSecond / 1e9
	}
	return c
}
