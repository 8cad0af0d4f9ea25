package nearest

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"sync"

	"repbench/eval/neighbours"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
)

// ballsOf are the balls around the rows of a set, in each of its halves. The whole set
// counts as the last half.
type ballsOf struct {
	// member has bit s of element i set where row i is of half s.
	member []uint64
	// radii holds the radius of row i in half s at i·halves+s; 0 where the row is not of it.
	radii  []float64
	halves int
}

// radiiOf are the radii in half s.
func (b ballsOf) radiiOf(s int) []float64 {
	out := make([]float64, len(b.member))
	for i := range out {
		out[i] = b.radii[i*b.halves+s]
	}
	return out
}

// largest is the largest radius of each row.
func (b ballsOf) largest() []float64 {
	out := make([]float64, len(b.member))
	for i := range out {
		for _, r := range b.radii[i*b.halves:][:b.halves] {
			out[i] = math.Max(out[i], r)
		}
	}
	return out
}

// makeBalls finds the distance of each row to its k-th neighbour in each half, the row
// itself left out. The nearest rows are searched once, and the nearest rows in a half are taken from
// them; rows for which they do not suffice are searched again, among more.
func makeBalls(ctx context.Context, set string, x matrix.View, member []uint64, halves, k int, o metric.Options) (ballsOf, error) {
	b := ballsOf{member: member, radii: make([]float64, x.N*halves), halves: halves}
	near := k + 1
	if halves > 1 {
		near = 4*k + 44 // fewer than k of them in a half: less likely than 1e-9 for a row
	}
	rows := make([]int32, x.N)
	for i := range rows {
		rows[i] = int32(i)
	}
	for ; len(rows) > 0; near *= 4 {
		near = min(near, x.N)
		var mu sync.Mutex
		var again []int32
		metric := neighbours.Metric{Kind: neighbours.Euclidean}
		err := neighbours.Each(ctx, x, x.Subset(rows), near, metric, search(o), func(i int, list []neighbours.Neighbour) {
			if !b.fill(rows[i], list, k) {
				mu.Lock()
				defer mu.Unlock()
				again = append(again, rows[i])
			}
		})
		if err != nil {
			return b, fmt.Errorf("prdc: radii of the %s set: %w", set, err)
		}
		rows = again
	}
	return b, nil
}

// fill sets the radii of a row, given its nearest rows. It reports whether they held k of
// each half.
func (b ballsOf) fill(row int32, list []neighbours.Neighbour, k int) bool {
	var counts [64]int
	missing := b.member[row]
	radii := b.radii[int(row)*b.halves:][:b.halves]
	for _, near := range list {
		if near.Row == row {
			continue
		}
		for rest := b.member[near.Row] & missing; rest != 0; rest &= rest - 1 {
			s := bits.TrailingZeros64(rest)
			if counts[s]++; counts[s] == k {
				radii[s] = -near.Similarity
				missing &^= 1 << s
			}
		}
	}
	return missing == 0
}

// search are the options of a search within the memory: half of it for the queries, as
// lists and memberships need the rest.
func search(o metric.Options) neighbours.Options {
	return neighbours.Options{Threads: o.Threads, MaxMemory: o.MaxMemory / 2, Progress: o.Progress}
}
