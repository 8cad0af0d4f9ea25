package features

import (
	"context"
	"fmt"

	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// Rows returns the features of further images, as they would be if the images were a split of
// ds: what the encoder learns from training images, it learns from those of ds. dir is the folder
// of the features of ds, in which it may be kept already; "": it is learned anew. what names the
// images in the progress.
func (e *Encoder) Rows(ctx context.Context, ds *datasets.Dataset, dir string, images datasets.Images, what string, p progress.Reporter) (matrix.View, error) {
	layers, err := e.Layers(images)
	if err != nil {
		return matrix.View{}, err
	}
	if err := e.net.Prepare(ctx, ds, p, encoder.Kept{Dir: dir}); err != nil {
		return matrix.View{}, err
	}

	d := layers[len(layers)-1].Columns[1]
	data := make([]float32, images.N*d)
	task := progress.Or(p).Start("extract "+what, int64(images.N), "images")
	defer task.Done()
	if n, ok := e.net.(encoder.Streamed); ok {
		err := encoder.Stream(ctx, n, images, func(lo int, b *encoder.Loaded) error {
			task.Add(int64(b.N))
			return n.Run(data[lo*d:(lo+b.N)*d], b)
		})
		if err != nil {
			return matrix.View{}, fmt.Errorf("%s: %w", what, err)
		}
		return matrix.New(data, images.N, d)
	}
	for lo := 0; lo < images.N; lo += e.Options.BatchSize {
		if ctx.Err() != nil {
			return matrix.View{}, fmt.Errorf("interrupted at image %d of %s: %w", lo, what, context.Cause(ctx))
		}
		hi := min(lo+e.Options.BatchSize, images.N)
		if err := e.net.Encode(data[lo*d:hi*d], images.Slice(lo, hi)); err != nil {
			return matrix.View{}, fmt.Errorf("%s, images %d to %d: %w", what, lo, hi-1, err)
		}
		task.Add(int64(hi - lo))
	}
	return matrix.New(data, images.N, d)
}
