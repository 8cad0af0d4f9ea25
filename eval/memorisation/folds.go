package memorisation

import (
	"cmp"
	"context"
	"math/rand/v2"
	"slices"

	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/pvalues"
	"repbench/eval/memorisation/search"
	"repbench/eval/neighbours"
)

// folds are the parts of the training set that the generator's own null compares with as many
// held-out images.
type folds struct {
	// rows are the training rows of each fold, ascending; all have one size but the last, which
	// may hold a few left over and is not compared.
	rows [][]int32
	// whole is the number of folds that are compared, size the number of rows of each.
	whole, size int
	// heldOut are the held-out images compared with: size of them.
	heldOut []int32
	// nearHeldOut are the neighbours of the generated images among those, near those in each
	// fold that is compared.
	nearHeldOut search.Found
	near        []search.Found
}

// foldStream tells the random numbers of the folds from others of the same seed.
const foldStream = 0xf01d

// leastFold is the number of held-out images from which on the generator's own null is made.
const leastFold = 50

// newFolds cuts n training rows into equal folds of about as many rows as there are held-out
// images, at random. With fewer than leastFold of these there is one fold, which is not compared.
func newFolds(n, heldOut int, seed uint64) folds {
	if min(n, heldOut) < leastFold {
		return folds{rows: [][]int32{permutation(nil, n)}}
	}
	r := rand.New(rand.NewPCG(seed, foldStream))
	count := (n + heldOut - 1) / heldOut
	f := folds{whole: count, size: n / count}
	order := permutation(r, n)
	for i := range count {
		f.rows = append(f.rows, order[i*f.size:(i+1)*f.size])
	}
	if rest := order[count*f.size:]; len(rest) > 0 {
		f.rows = append(f.rows, rest)
	}
	for _, rows := range f.rows {
		slices.Sort(rows)
	}
	f.heldOut = permutation(r, heldOut)[:f.size]
	slices.Sort(f.heldOut)
	return f
}

// permutation is 0 … n-1 in random order, without r in their own.
func permutation(r *rand.Rand, n int) []int32 {
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	if r == nil {
		return order
	}
	r.Shuffle(n, func(i, j int) { order[i], order[j] = order[j], order[i] })
	return order
}

// searchFolds finds the neighbours of the generated images in each fold, which together are
// the neighbours in the training set, and among the held-out images.
func (d *detector) searchFolds(ctx context.Context) (err error) {
	f := &d.folds
	var all []search.Found
	for i, rows := range f.rows {
		base := d.train
		if len(f.rows) > 1 {
			base = d.train.Take(rows)
		}
		near, err := d.Find(ctx, nameGenerated, base, d.generated, Kept, nil)
		if err != nil {
			return err
		}
		if i < f.whole {
			f.near = append(f.near, near)
		}
		all = append(all, renamed(near, rows))
	}
	d.nearGenerated = merge(all, min(Kept, d.train.Len()))
	if f.size == 0 {
		return nil
	}
	f.nearHeldOut, err = d.Find(ctx, nameHeldOut, d.heldOut.Take(f.heldOut), d.generated, Kept, nil)
	return err
}

// renamed is what was found with rows of a fold as rows of the training set.
func renamed(near search.Found, rows []int32) search.Found {
	out := search.Found{K: near.K, Matches: slices.Clone(near.Matches)}
	for i := range out.Matches {
		out.Matches[i].Row = rows[out.Matches[i].Row]
	}
	return out
}

// merge joins the neighbours of the same queries in different folds: the k nearest of all, equal
// ones by row.
func merge(parts []search.Found, k int) search.Found {
	out := search.Found{K: k}
	if len(parts) == 0 {
		return out
	}
	for i := range parts[0].Len() {
		var all []neighbours.Match
		for _, p := range parts {
			all = append(all, p.Of(i)...)
		}
		slices.SortFunc(all, func(a, b neighbours.Match) int {
			return cmp.Or(cmp.Compare(a.Square, b.Square), cmp.Compare(a.Distance, b.Distance), cmp.Compare(a.Row, b.Row))
		})
		out.Matches = append(out.Matches, all[:k]...)
	}
	return out
}

// ownNull compares the scores of the generated images in the folds with the scores among held-out
// images; nil where the folds are too small for the score.
func (d *detector) ownNull(ctx context.Context, fdr float64) (*pvalues.OwnNull, [][]float64, []float64, error) {
	f := d.folds
	if f.size < d.score.TrainRows() || f.nearHeldOut.Len() == 0 {
		return nil, nil, nil, nil
	}
	held, err := d.scoresIn(ctx, d.heldOut.Take(f.heldOut), &nearest.TrainNear{}, f.nearHeldOut)
	if err != nil {
		return nil, nil, nil, err
	}
	var inFolds [][]float64
	for i, near := range f.near {
		s, err := d.scoresIn(ctx, d.train.Take(f.rows[i]), &nearest.TrainNear{}, near)
		if err != nil {
			return nil, nil, nil, err
		}
		inFolds = append(inFolds, s.Values)
	}
	o, err := pvalues.CompareOwnNull(inFolds, held.Values, f.size, fdr)
	return &o, inFolds, held.Values, err
}
