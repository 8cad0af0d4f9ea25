package memorisation

import (
	"context"
	"math/rand/v2"

	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/search"
	"repbench/eval/neighbours"
)

// authenticMost bounds the images of each set that AuthPct is measured on: each needs a search
// of its nearest training image among the others.
const authenticMost = 1000

// authentic adds AuthPct, of as many generated and held-out images as are searched.
func (r *run) authentic(ctx context.Context, out *Result) error {
	d := r.first
	if r.in.Train.Len() < 2 {
		return nil
	}
	share := func(f search.Found) (float64, error) {
		f.Matches = f.Matches[:min(f.Len(), authenticMost)*f.K]
		if err := d.ownNear(ctx, d.train, &d.own, f, 1); err != nil {
			return 0, err
		}
		return nearest.AuthenticShare(f.Near(), d.own)
	}
	generated, err := share(d.nearGenerated)
	if err != nil {
		return err
	}
	heldOut, err := share(d.nearNull)
	out.AuthPct = &Beside{Generated: 100 * generated, HeldOut: 100 * heldOut}
	return err
}

// nndSizes are the numbers of generated images of the released loops.
var nndSizes = []int{1000, 10_000, 100_000}

// nndStream tells the random numbers of NND from others of the same seed.
const nndStream = 0x22d

// nnd adds the distances of the null's images from the nearest generated and training images.
func (r *run) nnd(ctx context.Context, out *Result) error {
	if r.in.Train.Images.N == 0 {
		return nil
	}
	null := search.Part{Images: r.in.HeldOut.Images}.Take(r.null)
	generated := search.Part{Images: r.in.Generated.Images}
	training := search.Part{Images: r.in.Train.Images}
	order := permutation(rand.New(rand.NewPCG(r.o.Seed, nndStream)), training.Len())
	sizes := sizesUpTo(generated.Len())
	out.NND = &nearest.NND{Range: r.in.Range, HeldOut: null.Len()}
	var err error
	if out.NND.Generated, err = r.nearestOf(ctx, null, sizes, func(lo, hi int) search.Part {
		return search.Part{Images: generated.Images.Slice(lo, hi)}
	}); err != nil {
		return err
	}
	for len(sizes) > 0 && sizes[len(sizes)-1] > training.Len() {
		sizes = sizes[:len(sizes)-1]
	}
	out.NND.Training, err = r.nearestOf(ctx, null, sizes, func(lo, hi int) search.Part { return training.Take(order[lo:hi]) })
	return err
}

// sizesUpTo are the sizes of the released loops that n images allow, or n where it allows none.
func sizesUpTo(n int) []int {
	var sizes []int
	for _, s := range nndSizes {
		if s <= n {
			sizes = append(sizes, s)
		}
	}
	if len(sizes) == 0 {
		sizes = append(sizes, n)
	}
	return sizes
}

// nearestOf are the means at the sizes, of images that get gives.
func (r *run) nearestOf(ctx context.Context, queries search.Part, sizes []int, get func(lo, hi int) search.Part) ([]nearest.NNDPoint, error) {
	n, err := nearest.NewCollector(queries.Len(), queries.Images.Stride(), r.in.Range, sizes...)
	if err != nil {
		return nil, err
	}
	f := r.first.Finder
	f.Space.Metric = search.Pixels
	seen := 0
	for more := n.Next(); more > 0; more = n.Next() {
		near, err := f.Find(ctx, nameNND, get(seen, seen+more), queries, 1, nil)
		if err != nil {
			return nil, err
		}
		seen += more
		if err := n.Add(more, squares(near.Matches)); err != nil {
			return nil, err
		}
	}
	return n.Points(), nil
}

func squares(near []neighbours.Match) []int64 {
	s := make([]int64, len(near))
	for i, m := range near {
		s[i] = m.Square
	}
	return s
}
