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

// drawer says which rows each draw consists of, as numbers of rows of a split, in
// ascending order for the sake of reading them in order.
type drawer interface {
	// forC is draw i to choose C on, for the cost at a place of the list.
	forC(cost, i int) []int32
	// forReport is draw i to report on.
	forReport(i int) []int32
}

// seeded draws rows by a seed: draw i of each stream. The rows of fewer labels are
// among those of more.
type seeded struct {
	pool  FitSplit
	n     int // labels per class
	seed  uint64
	costs int
}

func (d seeded) forC(cost, i int) []int32 {
	return d.pool.draw(d.n, d.seed, selectDraw, i*d.costs+cost)
}

func (d seeded) forReport(i int) []int32 { return d.pool.draw(d.n, d.seed, reportDraw, i) }

// draw returns n rows of each class, without replacement, by draw i of a stream.
// Each class is shuffled with PCG(seed, stream+i), the classes in order, and its
// first n rows are taken.
func (s FitSplit) draw(n int, seed, stream uint64, i int) []int32 {
	rng := rand.New(rand.NewPCG(seed, stream+uint64(i)))
	var drawn []int32
	for _, rows := range labels.ByClass(s.fit.Y) {
		rng.Shuffle(len(rows), func(a, b int) { rows[a], rows[b] = rows[b], rows[a] })
		drawn = append(drawn, rows[:n]...)
	}
	slices.Sort(drawn)
	return drawn
}

// listed are rows that were listed beforehand.
type listed struct{ FewShotRows }

func (d listed) forC(cost, i int) []int32 { return slices.Sorted(slices.Values(d.Select[cost][i])) }

func (d listed) forReport(i int) []int32 { return slices.Sorted(slices.Values(d.Report[i])) }

// releasedRows are the rows that the released code draws for so many costs from the
// rows of all that it does not set aside, in its order of them. Without rows set aside
// the order is that of the split.
func (s FitSplit) releasedRows(setAside bool, costs int) FewShotRows {
	order := make([]int32, s.fit.X.N)
	for i := range order {
		order[i] = int32(i)
	}
	if setAside {
		order = released.Order(s.fit.X.N)[released.Validation:]
	}
	var byClass [][]int32
	for _, row := range order {
		for int(s.fit.Y[row]) >= len(byClass) {
			byClass = append(byClass, nil)
		}
		byClass[s.fit.Y[row]] = append(byClass[s.fit.Y[row]], row)
	}
	d := released.DrawAll(byClass, costs)
	return FewShotRows{Select: d.Select, Report: d.Report}
}

// asideRows are the first n rows in the order of the released code, ascending.
func (s FitSplit) asideRows(n int) []int32 {
	held := released.Order(s.fit.X.N)[:n]
	slices.Sort(held)
	return held
}

// setAside returns all but n rows, and these: the first n in the order of the
// released code, whatever the seed and the classes.
func (s FitSplit) setAside(n int) (FitSplit, SelectSplit) {
	held := s.asideRows(n)
	return s.divide(without(s.fit.X.N, held), held)
}
