package features

import (
	"context"

	"repbench/datasets"
	"repbench/internal/progress"
)

// pixels is the encoder without a network: x/127.5 - 1 in row, column, channel
// order.
type pixels struct{}

func (pixels) Layout(im datasets.Images) ([]Layer, error) {
	return []Layer{{kindPixels, [2]int{0, im.Stride()}, im.H, im.W, im.C}}, nil
}

func (pixels) Prepare(context.Context, *datasets.Dataset, progress.Reporter, Kept) error {
	return nil
}

func (pixels) Encode(dst []float32, im datasets.Images) error {
	for i, v := range im.Data {
		dst[i] = float32(float64(v)/127.5 - 1)
	}
	return nil
}

func (pixels) Close() {}
