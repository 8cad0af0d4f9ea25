package eval

import (
	"math/rand/v2"
	"slices"

	"repbench/internal/labels"
	"repbench/internal/released"
)

// Streams of random numbers. Draws to choose on and draws to report are
// independent.
const (
	reportDraw uint64 = 0xd4a3 << 32
	selectDraw uint64 = 0x5e1e << 32
)

// draw returns n rows of each class, without replacement, by draw i of a stream.
// Each class is shuffled with PCG(seed, stream+i), the classes in order, and its
// first n rows are taken, so that the rows of fewer labels are among those of
// more. Rows ascend, for the sake of reading them in order.
func (s FitSplit) draw(n int, seed, stream uint64, i int) FitSplit {
	rng := rand.New(rand.NewPCG(seed, stream+uint64(i)))
	var drawn []int32
	for _, rows := range labels.ByClass(s.fit.Y) {
		rng.Shuffle(len(rows), func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
		drawn = append(drawn, rows[:n]...)
	}
	slices.Sort(drawn)
	return FitSplit{s.fit.Subset(drawn)}
}

// setAside returns all but n rows, and these: the first n in the order of the
// released code, whatever the seed and the classes.
func (s FitSplit) setAside(n int) (FitSplit, SelectSplit) {
	held := released.Order(s.fit.X.N)[:n]
	slices.Sort(held)
	return s.divide(without(s.fit.X.N, held), held)
}
