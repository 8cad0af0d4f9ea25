package gate

import "slices"

// Need is what an inconclusive cell needs to be judged again.
type Need struct {
	Name
	// Seeds are to be run for the head: as many as the next look asks for, above those that it has, those
	// that the base has first.
	Seeds []uint64 `json:"seeds"`
}

// Needs are the seeds that inconclusive cells need, in the order of the cells. Cells that no seed can
// help are left out.
func (c *Comparison) Needs() []Need {
	out := []Need{}
	for i := range c.Cells {
		cell := &c.Cells[i]
		if cell.Verdict == Open && cell.More > 0 {
			out = append(out, Need{cell.Name, next(cell.all, cell.Base, cell.More)})
		}
	}
	return out
}

// next are n seeds above those of the head: the lowest of the base, then the numbers behind all. A seed below
// would change what earlier looks saw.
func next(head, base Sample, n int) []uint64 {
	top := highest(head)
	have := slices.Concat(base.Seeds, base.Collapsed)
	slices.Sort(have)
	var out []uint64
	for _, s := range have {
		if s > top && len(out) < n {
			out = append(out, s)
		}
	}
	for s := max(top, highest(base)) + 1; len(out) < n; s++ {
		out = append(out, s)
	}
	return out
}

// highest is the highest seed of a sample, 0 where it has none.
func highest(s Sample) (top uint64) {
	for _, seed := range slices.Concat(s.Seeds, s.Collapsed) {
		top = max(top, seed)
	}
	return top
}
