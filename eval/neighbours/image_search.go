package neighbours

import (
	"context"
	"fmt"
	"math"
	"slices"

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
	if o.Constant != nil {
		*o.Constant = countConstant(base, queries, m)
	}
	task := o.Progress.Start("nearest images", int64(queries.N)*int64(base.N), "pairs")
	defer task.Done()
	const group = 64
	found := make([][]Match, group)
	for lo := 0; lo < queries.N; lo += group {
		hi := min(lo+group, queries.N)
		if err := ctx.Err(); err != nil {
			return fmt.Errorf("search: %w", err)
		}
		tasks.Do(o.Threads, hi-lo, func(_, i int) {
			found[i] = nearestImages(base, queries, lo+i, k, m, o.Own)
			task.Add(int64(base.N))
		})
		for i := lo; i < hi; i++ {
			if err := give(i, found[i-lo]); err != nil {
				return err
			}
		}
	}
	return nil
}

// nearestImages compares query i with every base image.
func nearestImages(base, queries Images, i, k int, m ImageMetric, own []int32) []Match {
	h, w := m.area(base)
	n := h * w * base.C
	windows := m.windows()
	q, sums := make([][]uint8, len(windows)), make([]moments, len(windows))
	for v := range windows {
		q[v] = make([]uint8, n)
		m.cut(q[v], queries, i, windows[v])
		sums[v] = momentsOf(q[v])
	}
	t := make([]uint8, n)
	var all []Match
	for r := range base.N {
		if own != nil && own[i] == int32(r) {
			continue
		}
		m.cut(t, base, r, window{})
		best := Match{Row: int32(r), Square: math.MaxInt64}
		for v, x := range windows {
			a := Match{Row: int32(r), DY: x.dy, DX: x.dx, Mirrored: x.mirrored}
			if m == Correlation {
				a.Distance = correlationDistance(int64(n), product(q[v], t), sums[v], momentsOf(t))
			} else {
				a.Square = squaredDistance(q[v], t)
				a.Distance = math.Sqrt(float64(a.Square))
			}
			if nearerMatch(a, best) < 0 {
				best = a
			}
		}
		all = append(all, best)
	}
	slices.SortFunc(all, nearerMatch)
	return all[:k]
}

func product(a, b []uint8) (sum int64) {
	for i, x := range a {
		sum += int64(x) * int64(b[i])
	}
	return sum
}

func squaredDistance(a, b []uint8) (sum int64) {
	for i, x := range a {
		d := int64(x) - int64(b[i])
		sum += d * d
	}
	return sum
}

// countConstant counts the windows whose correlation counts as 0.
func countConstant(base, queries Images, m ImageMetric) (c ConstantWindows) {
	if m != Correlation {
		return c
	}
	h, w := m.area(base)
	t := make([]uint8, h*w*base.C)
	constant := func(x Images, i int, v window) bool {
		m.cut(t, x, i, v)
		return momentsOf(t).spread == 0
	}
	for i := range base.N {
		if constant(base, i, window{}) {
			c.Base++
		}
	}
	for i := range queries.N {
		if slices.ContainsFunc(m.windows(), func(v window) bool { return constant(queries, i, v) }) {
			c.Queries++
		}
	}
	return c
}
