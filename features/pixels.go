package features

import (
	"context"

	"repbench/datasets"
	"repbench/features/internal/encoder"
	"repbench/features/matrix"
	"repbench/internal/progress"
)

// pixels is the encoder without a network: x/127.5 - 1 in row, column, channel
// order.
type pixels struct{}

func (pixels) Layout(im datasets.Images) ([]matrix.Layer, error) {
	return []matrix.Layer{{Name: kindPixels, Columns: [2]int{0, im.Stride()}, Height: im.H, Width: im.W, Channels: im.C}}, nil
}

func (pixels) Prepare(context.Context, *datasets.Dataset, progress.Reporter, encoder.Kept) error {
	return nil
}

func (pixels) Encode(dst []float32, im datasets.Images) error {
	for i, v := range im.Data {
		dst[i] = float32(float64(v)/127.5 - 1)
	}
	return nil
}

func (pixels) Close() {}
