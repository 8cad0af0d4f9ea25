package encoder

import (
	"context"
	"errors"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"

	"repbench/datasets"
	"repbench/features/matrix"
	"repbench/features/store"
	"repbench/internal/progress"
)

// Network is what differs between kinds of encoder.
type Network interface {
	// Layout describes the columns for images of that shape.
	Layout(im datasets.Images) ([]matrix.Layer, error)
	// Prepare makes the network ready to encode the splits of ds.
	Prepare(ctx context.Context, ds *datasets.Dataset, p progress.Reporter, kept Kept) error
	// Encode writes the rows of im, at most a batch, into dst.
	Encode(dst []float32, im datasets.Images) error
	Close()
}

// ErrSpec is wrapped by errors about the text of an encoder specification.
var ErrSpec = errors.New("encoder specification")

// ErrOptions is wrapped by errors about Options that no encoder, or not this one,
// can follow.
var ErrOptions = errors.New("feature options")

// ImageTensor is a batch of exactly n images; the last one is repeated where im
// has fewer.
func ImageTensor(im datasets.Images, n int) *tensors.Tensor {
	data := make([]uint8, 0, n*im.Stride())
	data = append(data, im.Data...)
	for i := im.N; i < n; i++ {
		data = append(data, im.At(im.N-1)...)
	}
	return tensors.FromFlatDataAndDimensions(data, n, im.H, im.W, im.C)
}

// Pool reduces x [N, H, W, C] to [N, g, g, C]; cells do not overlap and H and W are
// multiples of g.
func Pool(x *Node, pooling store.Pooling, grid int) *Node {
	s := x.Shape().Dimensions
	if pooling == store.PoolNone || s[1] == grid && s[2] == grid {
		return x
	}
	cells := Reshape(x, s[0], grid, s[1]/grid, grid, s[2]/grid, s[3])
	if pooling == store.PoolMean {
		return ReduceMean(cells, 2, 4)
	}
	return ReduceMax(cells, 2, 4)
}
