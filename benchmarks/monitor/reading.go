package monitor

import (
	"context"
	"maps"

	"repbench/datasets"
	"repbench/eval/neighbours"
	"repbench/eval/quality/frechet"
	"repbench/features/matrix"
	"repbench/train/dcgan"
	"repbench/train/runfolder"
)

// blockImages is the number of generated images that are searched at once.
const blockImages = 2000

// reading is one measurement: generated images arrive batch by batch, and are searched and
// encoded block by block.
type reading struct {
	m        *Monitor
	nearest  []*nndMeans
	search   neighbours.ImageOptions
	block    datasets.Images // bytes of the images that are not taken yet
	features []float32
	rows     int // of features
}

func (m *Monitor) newReading() (*reading, error) {
	r := &reading{m: m, search: neighbours.ImageOptions{MaxMemory: m.o.MaxMemory}}
	sizes := m.o.sizes()
	if len(sizes) == 0 {
		return r, nil
	}
	for _, q := range []struct {
		im datasets.Images
		of runfolder.Of
	}{{m.im.heldOut, runfolder.OfHeldOut}, {m.im.train, runfolder.OfTraining}} {
		if q.im.N == 0 {
			continue
		}
		n, err := newNearest(searched(q.im), q.of, sizes)
		if err != nil {
			return nil, err
		}
		r.nearest = append(r.nearest, n)
	}
	return r, nil
}

// add takes a batch of generated images.
func (r *reading) add(ctx context.Context, im dcgan.Images) error {
	r.block.H, r.block.W, r.block.C = im.H, im.W, im.C
	r.block.Data = appendBytes(r.block.Data, im)
	r.block.N += im.N
	for {
		n := r.next()
		if r.block.N < n {
			return nil
		}
		if err := r.take(ctx, n); err != nil {
			return err
		}
	}
}

// next is the number of images of the next block: it ends at the sizes of nnd.
func (r *reading) next() int {
	n := blockImages
	for _, x := range r.nearest {
		if next := x.sums.Next(); next > 0 {
			n = min(n, next)
		}
	}
	return n
}

// take searches and encodes the first n images of the block, and leaves the rest.
func (r *reading) take(ctx context.Context, n int) error {
	if n == 0 {
		return nil
	}
	part := r.block.Slice(0, n)
	for _, x := range r.nearest {
		if x.sums.Next() == 0 {
			continue // all sizes are reached
		}
		if err := x.add(ctx, searched(part), r.search); err != nil {
			return err
		}
	}
	if s := r.m.space; s != nil {
		x, err := s.rows(ctx, "generated", part, r.search.Progress)
		if err != nil {
			return err
		}
		for i := range n {
			r.features = append(r.features, x.Row(i, nil)...)
		}
		r.rows += n
	}
	rest := copy(r.block.Data, r.block.Data[n*r.block.Stride():])
	r.block.Data, r.block.N = r.block.Data[:rest], r.block.N-n
	return nil
}

// values are the numbers of the generated images, by name.
func (r *reading) values(ctx context.Context) (map[string]float64, error) {
	if err := r.take(ctx, r.block.N); err != nil { // beyond the largest size
		return nil, err
	}
	out := map[string]float64{}
	for _, x := range r.nearest {
		maps.Copy(out, x.values())
	}
	s := r.m.space
	if s == nil {
		return out, nil
	}
	x, err := matrix.New(r.features, r.rows, s.dims)
	if err != nil {
		return nil, err
	}
	generated, err := frechet.MomentsOf(ctx, "generated", x, s.o)
	if err != nil {
		return nil, err
	}
	distances, err := s.distances(ctx, generated)
	maps.Copy(out, distances)
	return out, err
}
