package neighbours

import (
	"context"
	"fmt"

	"repbench/internal/progress"
	"repbench/internal/tasks"
)

// SearchImages returns the k nearest base images of each query by the metric, nearest first, equal
// ones by row. Its result has queries.N·k elements, those of query i from i·k.
func SearchImages(ctx context.Context, base, queries Images, k int, m ImageMetric, o ImageOptions) ([]Match, error) {
	out := make([]Match, 0, max(queries.N, 0)*max(k, 0))
	err := EachImage(ctx, base, queries, k, m, o, func(_ int, matches []Match) error {
		out = append(out, matches...)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return out, nil
}

// EachImage is SearchImages for results that need not be kept: it calls give once for each query,
// in order, with its matches. The list is valid during the call. An error of give ends the search.
func EachImage(ctx context.Context, base, queries Images, k int, m ImageMetric, o ImageOptions, give func(query int, matches []Match) error) error {
	if err := checkImages(base, queries, k, m, o); err != nil {
		return err
	}
	o = o.withDefaults()
	plan, err := newImagePlan(base, queries, k, m, o)
	if err != nil {
		return err
	}
	s := &imageSearch{metric: m, windows: m.windows(), k: k, base: base, queries: queries, o: o, plan: plan}
	s.group, s.block = newImageGroup(plan, len(s.windows)), newImageBlock(plan, o.tile, o.Threads)
	s.newWorkers()
	task := o.Progress.Start("nearest images", int64(queries.N)*int64(base.N), "pairs")
	defer task.Done()
	for first := 0; first < queries.N; first += plan.group {
		if err := s.findGroup(ctx, first, task); err != nil {
			return err
		}
		for i := range s.group.n {
			if err := give(first+i, s.group.found[i].heap); err != nil {
				return err
			}
		}
	}
	return nil
}

// imageSearch is a search of images under way.
type imageSearch struct {
	metric        ImageMetric
	windows       []window
	k             int
	base, queries Images
	o             ImageOptions
	plan          imagePlan
	group         *imageGroup
	block         *imageBlock
	work          []imageWorker
}

// ownOf returns the row that a query leaves out, or −1.
func (s *imageSearch) ownOf(query int) int32 {
	if s.o.Own == nil {
		return -1
	}
	return s.o.Own[query]
}

// findGroup finds the nearest images of the queries from first on.
func (s *imageSearch) findGroup(ctx context.Context, first int, task progress.Task) error {
	s.load(first)
	s.countQueries()
	for lo := 0; lo < s.base.N; lo += s.plan.block {
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("search: %w", err)
		}
		s.pack(lo)
		if first == 0 {
			s.countBase()
		}
		tasks.Do(s.o.Threads, s.group.units(s.plan), s.compare)
		task.Add(int64(s.group.n) * int64(s.block.n))
	}
	tasks.Do(s.o.Threads, s.group.n, func(_, i int) { s.group.found[i].sorted() })
	return nil
}

// countQueries counts the queries with a constant window.
func (s *imageSearch) countQueries() {
	if s.o.Constant == nil || s.metric != Correlation {
		return
	}
	if s.group.first == 0 {
		*s.o.Constant = ConstantWindows{}
	}
	v := len(s.windows)
	for i := range s.group.n {
		if anyConstant(s.group.sums[i*v : (i+1)*v]) {
			s.o.Constant.Queries++
		}
	}
}

// countBase counts the images of the block whose window is constant.
func (s *imageSearch) countBase() {
	if s.o.Constant == nil || s.metric != Correlation {
		return
	}
	for j := range s.block.n {
		if anyConstant(s.block.sums[j : j+1]) {
			s.o.Constant.Base++
		}
	}
}

func anyConstant(windows []moments) bool {
	for _, w := range windows {
		if w.spread == 0 {
			return true
		}
	}
	return false
}
