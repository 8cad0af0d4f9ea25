package memorisation

import (
	"context"
	"errors"
	"fmt"

	"repbench/eval/neighbours"
	"repbench/internal/progress"
)

// found are the k nearest rows of each query.
type found struct {
	k       int
	matches []neighbours.Match
}

// len is the number of queries.
func (f found) len() int {
	if f.k == 0 {
		return 0
	}
	return len(f.matches) / f.k
}

// of returns the neighbours of query i.
func (f found) of(i int) []neighbours.Match { return f.matches[i*f.k : (i+1)*f.k] }

// near is what was found as the statistics take it.
func (f found) near() Near {
	n := Near{K: f.k, Rows: make([]int32, len(f.matches)), Distances: make([]float64, len(f.matches))}
	for i, m := range f.matches {
		n.Rows[i], n.Distances[i] = m.Row, m.Distance
	}
	return n
}

// finder makes searches, keeps those that take long, and finds what was kept.
type finder struct {
	space    space
	keep     keeper
	progress progress.Reporter
}

// find returns the k nearest of base for each query, fewer where base has fewer. what names the
// queries in the progress.
func (f finder) find(ctx context.Context, what string, base, queries part, k int, own []int32) (found, error) {
	most := base.len()
	if own != nil {
		most--
	}
	out := &found{k: min(k, most)}
	if out.k < 1 || queries.len() == 0 {
		return found{}, ctx.Err()
	}
	search := f.search
	if f.keep.takes(f.space.work(base, queries)) {
		search = f.goOn
	}
	err := search(ctx, what, base, queries, own, out)
	if err != nil && ctx.Err() != nil {
		err = fmt.Errorf("interrupted in %q after %d of %d images; the same command goes on: %w", what, out.len(), queries.len(), context.Cause(ctx))
	}
	return *out, err
}

// search adds the neighbours of the queries to out.
func (f finder) search(ctx context.Context, what string, base, queries part, own []int32, out *found) error {
	return f.space.each(ctx, base, queries, out.k, own, renamedTasks{f.progress, what}, func(_ int, near []neighbours.Match) error {
		out.matches = append(out.matches, near...)
		return nil
	})
}

// goOn is search with what was kept of it, and keeps what it finds.
func (f finder) goOn(ctx context.Context, what string, base, queries part, own []int32, out *found) (err error) {
	file, before, err := f.keep.open(f.space.key(base, queries, out.k, own), out.k, queries.len(), base.len())
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, file.close()) }()
	out.matches = before
	done := out.len()
	if done == queries.len() {
		return nil
	}
	if own != nil {
		own = own[done:]
	}
	return f.space.each(ctx, base, queries.from(done), out.k, own, renamedTasks{f.progress, what}, func(_ int, near []neighbours.Match) error {
		out.matches = append(out.matches, near...)
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
