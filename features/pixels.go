package features

import (
	"context"

	"repbench/datasets"
	"repbench/internal/progress"
)

// pixels is the encoder without a network: x/127.5 - 1 in row, column, channel
// order.
type pixels struct{ opt Options }

func (p *pixels) layout(im datasets.Images) ([]Layer, error) {
	o := p.opt
	o.Pooling = PoolNone
	layers, _, err := o.layout([]string{kindPixels}, []int{im.H}, []int{im.W * im.C / im.H})
	if err != nil {
		return nil, err
	}
	layers[0] = Layer{kindPixels, [2]int{0, im.Stride()}, im.H, im.W, im.C}
	return layers, nil
}

func (p *pixels) prepare(context.Context, *datasets.Dataset, progress.Reporter, statsCache) error {
	return nil
}

func (p *pixels) encode(dst []float32, im datasets.Images) error {
	for i, v := range im.Data {
		dst[i] = float32(float64(v)/127.5 - 1)
	}
	return nil
}

func (p *pixels) close() {}
