package forget

import (
	"context"
	"errors"
	"fmt"
	"slices"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/internal/errkind"
	"repbench/train"
	"repbench/train/dcgan"
	"repbench/vis"
)

// Next says which statistics normalise the layers after the dropped maps.
type Next string

// Statistics of the layers after the dropped maps.
const (
	// Kept are the statistics without a drop: what a layer adds and scales is not changed.
	Kept Next = "kept"
	// Recomputed are the statistics with the drop, so that the layers after it are normalised
	// again: of the images themselves in the mode batch, of the 16 batches in the mode fixed.
	Recomputed Next = "recomputed"
)

// ParseNext reads the name of the statistics; "" is Kept.
func ParseNext(s string) (Next, error) {
	switch n := Next(s); n {
	case "":
		return Kept, nil
	case Kept, Recomputed:
		return n, nil
	}
	return "", fmt.Errorf("unknown statistics of the next layer %q: use %s or %s", s, Kept, Recomputed)
}

// Dropper generates images with maps of one hidden layer set to 0 after its ReLU.
type Dropper struct {
	g        *vis.Generator
	layer    int
	next     Next
	original *model.Exec // z, statistics → images, the layer
	dropped  *model.Exec // z, statistics, keep [maps] → images
}

// NewDropper compiles a generator for drops in hidden layer number layer, see
// dcgan.Arch.HiddenLayers.
func NewDropper(g *vis.Generator, layer int, next Next) (*Dropper, error) {
	if layer < 0 || layer >= len(g.Model.Arch.HiddenLayers()) {
		return nil, errkind.Errorf(ErrLayer, "layer %d is none of %d", layer, len(g.Model.Arch.HiddenLayers()))
	}
	d := &Dropper{g: g, layer: layer, next: next}
	var err error
	d.original, err = g.Compile(func(z *Node, fixed []*dcgan.Stats, _ []*Node) []*Node {
		all := g.Model.GenerateWith(z, fixed, nil)
		return []*Node{all.Images, all.Layers[layer]}
	})
	if err != nil {
		return nil, err
	}
	d.dropped, err = g.Compile(func(z *Node, fixed []*dcgan.Stats, more []*Node) []*Node {
		if fixed == nil && next == Kept {
			fixed = g.Model.GenerateWith(z, nil, nil).Stats
		}
		return []*Node{g.Model.GenerateWith(z, fixed, d.change(more[0])).Images}
	})
	if err != nil {
		return nil, err
	}
	if g.BatchNorm == vis.Fixed { // a graph for each number of images
		d.original.SetMaxCache(vis.BatchSize)
		d.dropped.SetMaxCache(vis.BatchSize)
	}
	return d, nil
}

// change multiplies the maps of the layer with keep [maps]: 0 or 1.
func (d *Dropper) change(keep *Node) dcgan.Change {
	return func(layer int, h *Node) *Node {
		if layer != d.layer {
			return h
		}
		return Mul(h, ExpandLeftToRank(keep, h.Rank()))
	}
}

// Side is the side of the layer's maps, Maps their number.
func (d *Dropper) Side() int { return d.g.Model.Arch.HiddenLayers()[d.layer].Side }

// Maps is the number of the layer's maps.
func (d *Dropper) Maps() int { return d.g.Model.Arch.HiddenLayers()[d.layer].Maps }

// Close releases what the dropper holds on the device. The generator stays open.
func (d *Dropper) Close() {
	d.original.Finalize()
	d.dropped.Finalize()
}

// Original generates the images of n vectors z without a drop, and returns them with the layer's
// activations, [n, Side, Side, Maps].
func (d *Dropper) Original(ctx context.Context, z []float32, n int) (dcgan.Images, []float32, error) {
	out, err := d.run(ctx, d.original, z, n, d.g.Args, 2)
	if err != nil {
		return dcgan.Images{}, nil, err
	}
	return d.images(out[0], n), out[1], nil
}

// CheckMaps says which of the maps to drop is none of a layer's n, or is named twice. At least one is
// needed.
func CheckMaps(maps []int, n int) error {
	if len(maps) == 0 {
		return errkind.Errorf(ErrMaps, "no map is named, so nothing would be dropped: choose one or more")
	}
	for i, k := range maps {
		switch {
		case k < 0 || k >= n:
			return errkind.Errorf(ErrMaps, "there is no map %d; the maps of the layer are numbered 0 to %d", k, n-1)
		case slices.Contains(maps[:i], k):
			return errkind.Errorf(ErrMaps, "map %d is named twice, and can be dropped once", k)
		}
	}
	return nil
}

// Images generates the images of n vectors z with maps of the layer set to 0.
func (d *Dropper) Images(ctx context.Context, z []float32, n int, maps []int) (dcgan.Images, error) {
	keep := make([]float32, d.Maps())
	for k := range keep {
		keep[k] = 1
	}
	for _, k := range maps {
		if k < 0 || k >= len(keep) {
			return dcgan.Images{}, fmt.Errorf("map %d is none of the layer's %d, 0 to %d", k, len(keep), len(keep)-1)
		}
		keep[k] = 0
	}
	stats := d.g.Stats
	if d.next == Recomputed && stats != nil {
		var err error
		if stats, err = d.recomputed(ctx, keep); err != nil {
			return dcgan.Images{}, err
		}
	}
	out, err := d.run(ctx, d.dropped, z, n, func(z []float32, n int, _ ...any) []any {
		args := []any{tensors.FromFlatDataAndDimensions(z, n, d.g.Model.Arch.ZDim)}
		return append(append(args, dcgan.StatsArgs(stats)...), keep)
	}, 1)
	if err != nil {
		return dcgan.Images{}, err
	}
	return d.images(out[0], n), nil
}

// recomputed are the fixed statistics with a drop.
func (d *Dropper) recomputed(ctx context.Context, keep []float32) ([]*dcgan.HostStats, error) {
	return d.g.Model.GeneratorStatsWith(ctx, d.g.Backend, func(layer int, h *Node) *Node {
		return d.change(Const(h.Graph(), keep))(layer, h)
	})
}

// images wraps the values of n images.
func (d *Dropper) images(data []float32, n int) dcgan.Images {
	a := d.g.Model.Arch
	return dcgan.Images{Data: data, N: n, H: a.ImageSize, W: a.ImageSize, C: a.Channels}
}

// run calls a graph, in the mode fixed batch by batch, and joins its outputs.
func (d *Dropper) run(ctx context.Context, e *model.Exec, z []float32, n int, args func([]float32, int, ...any) []any, outputs int) ([][]float32, error) {
	a := d.g.Model.Arch
	if err := a.CheckZ(z, n); err != nil {
		return nil, err
	}
	size := vis.BatchSize
	if d.g.BatchNorm == vis.Batch {
		if size = n; n < 2 {
			return nil, errors.New("1 image has no statistics of its batch: give 2 or more, or use --bn fixed")
		}
	}
	joined := make([][]float32, outputs)
	for lo := 0; lo < n; lo += size {
		if ctx.Err() != nil {
			return nil, fmt.Errorf("interrupted at image %d of %d: %w", lo, n, context.Cause(ctx))
		}
		hi := min(lo+size, n)
		out, err := e.Call(args(z[lo*a.ZDim:hi*a.ZDim], hi-lo)...)
		if err != nil {
			return nil, fmt.Errorf("generate images: %w", err)
		}
		for i, t := range out {
			values, err := tensors.CopyFlatData[float32](t)
			if err != nil {
				return nil, err
			}
			if at := train.NotFinite(values); at >= 0 {
				return nil, fmt.Errorf("the generator gives %g: its weights are broken (%s)", values[at], d.g.Model.Origin)
			}
			joined[i] = append(joined[i], values...)
			if err := t.FinalizeAll(); err != nil {
				return nil, err
			}
		}
	}
	return joined, nil
}

// RandomMaps draws count of the layer's maps for draw number i, ascending.
func (d *Dropper) RandomMaps(count int, seed uint64, i int) []int {
	maps := train.Random(seed, streamMaps, int64(i)).Perm(d.Maps())[:min(count, d.Maps())]
	slices.Sort(maps)
	return maps
}

// Masks says of each pixel, row by row, of each image with a box whether it is in one.
func Masks(boxes []Box, h, w int) map[int][]bool {
	masks := map[int][]bool{}
	for _, b := range boxes {
		if masks[b.Image] == nil {
			masks[b.Image] = make([]bool, h*w)
		}
		for y := max(b.Y0, 0); y < min(b.Y1, h); y++ {
			for x := max(b.X0, 0); x < min(b.X1, w); x++ {
				masks[b.Image][y*w+x] = true
			}
		}
	}
	return masks
}
