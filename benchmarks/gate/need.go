package gate

import "slices"

// Need is what an inconclusive cell needs to be judged again.
type Need struct {
	Name
	// Seeds are the seeds to run for the head until the next look. All are above the head's highest seed;
	// seeds of the base come first, as they make pairs.
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

// next are n seeds above the head's highest seed: first the base's, then numbers above all seeds of both sides. A
// lower seed would change what earlier looks saw.
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
