package filters

import (
	"context"
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/datasets"
	"repbench/train"
	"repbench/train/dcgan"
)

// batch is the number of images in one run of a graph.
const batch = 64

// Network is a discriminator with the statistics that its batch normalisation uses.
type Network struct {
	// Model is the DCGAN.
	Model *dcgan.Model
	// Stats are mean and variance of each layer, nil for a layer without batch norm.
	Stats []*dcgan.HostStats
}

// peak is the largest response of a map in an image and where it is.
type peak struct {
	value float32
	at    int // row·side + column
}

// unit is one unit of one image: a peak of a map.
type unit struct {
	Map, image int
	peak
}

// probe runs a network's graphs.
type probe struct {
	Network
	resolved
	images datasets.Images
	tell   func(images int)
}

// statistics are the arguments of a graph behind its inputs.
func (p probe) statistics() []any {
	var args []any
	for _, s := range p.Stats {
		if s != nil {
			args = append(args, s.Mean, s.Variance)
		}
	}
	return args
}

// peaks returns the peaks of all maps: the one of map m in image i at i·maps + m.
func (p probe) peaks(ctx context.Context, b *backends.Backend) ([]peak, error) {
	e, err := p.Model.Compile(b, func(in []*Node) []*Node {
		return []*Node{p.Model.DiscriminateTo(train.ScalePixels(in[0]), p.Model.Arch.FixedStats(in[1:]), p.layer)}
	})
	if err != nil {
		return nil, err
	}
	defer e.Finalize()
	all := make([]peak, 0, p.images.N*p.maps)
	for lo := 0; lo < p.images.N; lo += batch {
		if err := interrupted(ctx, "responses", lo, p.images.N); err != nil {
			return nil, err
		}
		n := min(batch, p.images.N-lo)
		rows := make([]int, n)
		for i := range rows {
			rows[i] = lo + i
		}
		layer, err := p.call(e, append([]any{p.batchOf(rows)}, p.statistics()...))
		if err != nil {
			return nil, fmt.Errorf("responses of images %d to %d: %w", lo, lo+n-1, err)
		}
		all = appendPeaks(all, layer, n, p.side*p.side, p.maps)
		p.tell(n)
	}
	return all, nil
}

// appendPeaks adds the peaks of n images from h [N, cells, maps]; the first of equal ones is taken.
func appendPeaks(all []peak, h []float32, n, cells, maps int) []peak {
	for i := range n {
		start := len(all)
		for range maps {
			all = append(all, peak{value: h[i*cells*maps+len(all)-start]})
		}
		for cell := 1; cell < cells; cell++ {
			row := h[(i*cells+cell)*maps:][:maps]
			for m, v := range row {
				if v > all[start+m].value {
					all[start+m] = peak{v, cell}
				}
			}
		}
	}
	return all
}

// gradients calls seen with the gradient of each unit with respect to its image, H×W×C.
func (p probe) gradients(ctx context.Context, b *backends.Backend, units []unit, seen func(i int, gradient []float32)) error {
	e, err := p.Model.Compile(b, func(in []*Node) []*Node {
		fixed := p.Model.Arch.FixedStats(in[2:])
		return []*Node{p.Model.GuidedGradient(train.ScalePixels(in[0]), in[1], fixed, p.layer, p.Rule)}
	})
	if err != nil {
		return err
	}
	defer e.Finalize()
	stride := p.images.Stride()
	for lo := 0; lo < len(units); lo += batch {
		if err := interrupted(ctx, "gradients", lo, len(units)); err != nil {
			return err
		}
		part := units[lo:min(lo+batch, len(units))]
		rows := make([]int, len(part))
		for i, u := range part {
			rows[i] = u.image
		}
		args := append([]any{p.batchOf(rows), p.seeds(part)}, p.statistics()...)
		flat, err := p.call(e, args)
		if err != nil {
			return fmt.Errorf("gradients of units %d to %d: %w", lo, lo+len(part)-1, err)
		}
		for i := range part {
			seen(lo+i, flat[i*stride:(i+1)*stride])
		}
		p.tell(len(part))
	}
	return nil
}

// batchOf are the images of some rows as a tensor of a whole batch, filled up with the last one.
func (p probe) batchOf(rows []int) *tensors.Tensor {
	im := p.images
	data := make([]uint8, 0, batch*im.Stride())
	for i := range batch {
		data = append(data, im.At(rows[min(i, len(rows)-1)])...)
	}
	return tensors.FromFlatDataAndDimensions(data, batch, im.H, im.W, im.C)
}

// seeds are 1 at the units and else 0.
func (p probe) seeds(units []unit) *tensors.Tensor {
	cells := p.side * p.side
	seed := make([]float32, batch*cells*p.maps)
	for i, u := range units {
		seed[(i*cells+u.at)*p.maps+u.Map] = 1
	}
	return tensors.FromFlatDataAndDimensions(seed, batch, p.side, p.side, p.maps)
}

// call runs a graph with one output and copies that to the host.
func (p probe) call(e *model.Exec, args []any) ([]float32, error) {
	out, err := e.Call1(args...)
	if err != nil {
		return nil, err
	}
	defer out.FinalizeAll()
	flat, err := tensors.CopyFlatData[float32](out)
	if err != nil {
		return nil, err
	}
	if i := train.NotFinite(flat); i >= 0 {
		return nil, fmt.Errorf("the discriminator gives %g: its weights are broken (%s)", flat[i], p.Model.Origin)
	}
	return flat, nil
}

// interrupted is the error of work that was stopped; nil: go on.
func interrupted(ctx context.Context, what string, at, of int) error {
	if ctx.Err() == nil {
		return nil
	}
	return fmt.Errorf("interrupted at %d of %d %s: %w", at, of, what, context.Cause(ctx))
}
