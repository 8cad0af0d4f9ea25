package netfile

import (
	"fmt"

	"github.com/gomlx/compute/dtypes"
	"github.com/gomlx/compute/shapes"
	. "github.com/gomlx/gomlx/core/graph"

	"repbench/features/internal/encoder"
)

// build makes the program for images of that shape, not compiled yet.
func (e *Network) build(height, width, channels int) (p *program, err error) {
	kind := dtypes.Uint8
	if e.in.Viewed() && e.in.Round == RoundNone {
		kind = dtypes.Float32
	}
	p = &program{shape: shapes.Make(kind, e.batch, height, width, channels), graph: NewGraph(e.backend.Compute, netName)}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("build the network: %v", r)
		}
		if err != nil {
			p.graph.Finalize()
		}
	}()
	images := Parameter(p.graph, "images", p.shape)
	entered := e.in.Enter(images, e.feed)
	before := len(p.graph.Nodes())
	values, weights, err := e.model.BuildAll(entered, e.outputs, e.in.Layout == layoutNHWC)
	if err != nil {
		return p, err
	}
	p.macs = multiplyAdds(p.graph.Nodes()[before:])
	p.dims = nil
	for _, v := range values {
		p.dims = append(p.dims, v.Shape().Dimensions)
	}
	pieces, err := e.describe(p.dims)
	if err != nil {
		return p, fmt.Errorf("%w: %w", encoder.ErrOptions, err)
	}
	p.output = e.leave(values, pieces)
	p.args = make([]any, 1, 1+len(weights))
	for _, w := range weights {
		p.args = append(p.args, w)
	}
	return p, nil
}

// Enter brings pixels [N, H, W, C] to the size, range and order of channels that
// the network wants; the result has that type, channels last.
func (in *Input) Enter(images *Node, as dtypes.DType) *Node {
	g := images.Graph()
	x := ConvertDType(images, dtypes.Float32)
	if s := x.Shape().Dimensions; s[1] != in.Height || s[2] != in.Width {
		x = Einsum("nhwc,ah->nawc", x, Const(g, resampling(in.Resize, s[1], in.Height)))
		x = Einsum("nawc,bw->nabc", x, Const(g, resampling(in.Resize, s[2], in.Width)))
		x = ClipScalar(x, 0, 255) // the cubic filter overshoots
	}
	switch s := x.Shape().Dimensions; {
	case in.Color == ColorBGR:
		x = Reverse(x, 3)
	case s[3] != in.Channels:
		x = BroadcastToDims(x, s[0], s[1], s[2], in.Channels)
	}
	factor, shift := make([]float32, in.Channels), make([]float32, in.Channels)
	for c := range in.Channels {
		factor[c], shift[c] = float32(in.Scale/in.Std[c]), float32(-in.Mean[c]/in.Std[c])
	}
	perChannel := func(v []float32) *Node { return Const(g, [][][][]float32{{{v}}}) }
	if as.IsInt() {
		return ConvertDType(Add(Round(x), perChannel(shift)), as) // see NetInput.feed
	}
	return Add(Mul(x, perChannel(factor)), perChannel(shift))
}
