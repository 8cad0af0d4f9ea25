package monitor

import (
	"context"

	"repbench/eval/memorisation/nearest"
	"repbench/eval/neighbours"
	"repbench/train/runfolder"
)

// nndMeans measures nnd of queries beside images that arrive in blocks.
type nndMeans struct {
	queries neighbours.Images
	sums    *nearest.Collector
	of      runfolder.Of
}

func newNearest(queries neighbours.Images, of runfolder.Of, sizes []int) (*nndMeans, error) {
	sums, err := nearest.NewCollector(queries.N, queries.H*queries.W*queries.C, nearest.SignedUnit, sizes...)
	return &nndMeans{queries: queries, sums: sums, of: of}, err
}

// add takes a block of images, at most as many as are missing to the next size.
func (n *nndMeans) add(ctx context.Context, base neighbours.Images, o neighbours.ImageOptions) error {
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
func (n *nndMeans) values() map[string]float64 {
	out := map[string]float64{}
	for _, p := range n.sums.Points() {
		out[runfolder.NND(p.Images, n.of)] = p.Distance
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
