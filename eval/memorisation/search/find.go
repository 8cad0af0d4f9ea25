package search

import (
	"context"
	"errors"
	"fmt"

	"repbench/eval/memorisation/nearest"
	"repbench/eval/neighbours"
	"repbench/internal/progress"
)

// Found are the k nearest rows of each query.
type Found struct {
	// K is the number of neighbours of each query.
	K int
	// Matches are the neighbours of all queries, K of each, nearest first.
	Matches []neighbours.Match
}

// Len is the number of queries.
func (f Found) Len() int {
	if f.K == 0 {
		return 0
	}
	return len(f.Matches) / f.K
}

// Of returns the neighbours of query i.
func (f Found) Of(i int) []neighbours.Match { return f.Matches[i*f.K : (i+1)*f.K] }

// Near is what was found as the statistics take it.
func (f Found) Near() nearest.Near {
	n := nearest.Near{K: f.K, Rows: make([]int32, len(f.Matches)), Distances: make([]float64, len(f.Matches))}
	for i, m := range f.Matches {
		n.Rows[i], n.Distances[i] = m.Row, m.Distance
	}
	return n
}

// Finder makes searches, keeps the searches that take long, and finds what was kept.
type Finder struct {
	// Space says how parts are compared.
	Space Space
	// Keep keeps what long searches find.
	Keep Keeper
	// Progress receives how far the searches are.
	Progress progress.Reporter
}

// Find returns the k nearest of base for each query, fewer where base has fewer. what names the
// queries in the progress.
func (f Finder) Find(ctx context.Context, what string, base, queries Part, k int, own []int32) (Found, error) {
	most := base.Len()
	if own != nil {
		most--
	}
	out := &Found{K: min(k, most)}
	if out.K < 1 || queries.Len() == 0 {
		return Found{}, ctx.Err()
	}
	search := f.search
	if f.Keep.takes(f.Space.work(base, queries)) {
		search = f.goOn
	}
	err := search(ctx, what, base, queries, own, out)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("interrupted in %q after %d of %d images; the same command goes on: %w", what, out.Len(), queries.Len(), context.Cause(ctx))
	}
	return *out, err
}

// search adds the neighbours of the queries to out.
func (f Finder) search(ctx context.Context, what string, base, queries Part, own []int32, out *Found) error {
	return f.Space.each(ctx, base, queries, out.K, own, renamedTasks{f.Progress, what}, func(_ int, near []neighbours.Match) error {
		out.Matches = append(out.Matches, near...)
		return nil
	})
}

// goOn is search with what was kept of it, and keeps what it finds.
func (f Finder) goOn(ctx context.Context, what string, base, queries Part, own []int32, out *Found) (err error) {
	file, before, err := f.Keep.open(f.Space.key(base, queries, out.K, own), out.K, queries.Len(), base.Len())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.close()) }()
	out.Matches = before
	done := out.Len()
	if done == queries.Len() {
		return nil
	}
	if own != nil {
		own = own[done:]
	}
	return f.Space.each(ctx, base, queries.from(done), out.K, own, renamedTasks{f.Progress, what}, func(_ int, near []neighbours.Match) error {
		out.Matches = append(out.Matches, near...)
		return file.add(near)
	})
}

// renamedTasks is a reporter of tasks that all have one name.
type renamedTasks struct {
	progress.Reporter
	name string
}

// Start starts a task under the name.
func (n renamedTasks) Start(_ string, total int64, unit string) progress.Task {
	return n.Reporter.Start(n.name, total, unit)
}
