package monitor

import (
	"context"
	"fmt"

	"repbench/eval/memorisation"
	"repbench/eval/neighbours"
	"repbench/train/runfolder"
)

// Suffixes of the names in metrics.jsonl. A name without one is of held-out images.
const (
	// OfTraining marks a number of training images.
	OfTraining = "_train"
	// OfReal marks the number of held-out images beside training images, as many as are generated
	// otherwise: what a generator that gives new images of the data would have.
	OfReal = "_real"
)

// nndName is the name of nnd for n generated images.
func nndName(n int, suffix string) string { return fmt.Sprintf("%s_%d%s", NND, n, suffix) }

// nearest measures nnd of queries beside images that arrive in blocks.
type nearest struct {
	queries neighbours.Images
	sums    *memorisation.Nearest
	suffix  string
}

func newNearest(queries neighbours.Images, suffix string, sizes []int) (*nearest, error) {
	sums, err := memorisation.NewNearest(queries.N, queries.H*queries.W*queries.C, memorisation.SignedUnit, sizes...)
	return &nearest{queries: queries, sums: sums, suffix: suffix}, err
}

// add takes a block of images, at most as many as are missing to the next size.
func (n *nearest) add(ctx context.Context, base neighbours.Images, o neighbours.ImageOptions) error {
	squares := make([]int64, n.queries.N)
	err := neighbours.EachImage(ctx, base, n.queries, 1, neighbours.Pixels, o, func(i int, m []neighbours.Match) error {
		squares[i] = m[0].Square
		return nil
	})
	if err != nil {
		return err
	}
	return n.sums.Add(base.N, squares)
}

// values are the numbers at the sizes reached, by name.
func (n *nearest) values() map[string]float64 {
	out := map[string]float64{}
	for _, p := range n.sums.Points() {
		out[nndName(p.Images, n.suffix)] = p.Distance
	}
	return out
}

// ordered are the values of these names in their order; those that are not there are left out.
func ordered(names []string, values map[string]float64) []runfolder.Value {
	var out []runfolder.Value
	for _, name := range names {
		if v, ok := values[name]; ok {
			out = append(out, runfolder.Value{Name: name, Value: v})
		}
	}
	return out
}
