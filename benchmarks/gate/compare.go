package gate

import (
	"fmt"
	"slices"
	"strings"

	"repbench/benchmarks/ledger"
)

// Compare judges each cell of a suite: base and head are lines of one suite, of which each cell and seed
// occurs once. Cells are joined by their names; a changed recipe is compared and what differs is named
// in Cell.Differences. A cell that only the base has, or whose data differ, has the verdict Failed. An
// error, of the kind ErrRule or ErrInput, says that there is no comparison at all.
//
// The looks are replayed: at the look k a cell that is still open is judged by its k lowest head seeds,
// if it has k seeds. So the verdict depends on the lines alone, and a cell that was decided at a look
// stays decided when more seeds come.
func Compare(base, head []ledger.Line, r Rule) (*Comparison, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	pairs, err := join(base, head)
	if err != nil {
		return nil, err
	}
	c := &Comparison{Suite: base[0].Suite, Rule: r, Base: side(base), Head: side(head), Cells: []Cell{}}
	var trials []*trial
	for _, p := range pairs {
		if len(p.base) == 0 {
			c.New = append(c.New, p.name)
			continue
		}
		trials = append(trials, newTrial(p, r))
	}
	look(trials, r)
	for _, t := range trials {
		t.finish(r)
		c.Cells = append(c.Cells, *t.Cell)
	}
	c.Verdict = c.sum()
	c.Warnings = append(fewSeeds(trials, r), doubts(c)...)
	return c, nil
}

// look replays the looks. Holm's correction runs over all cells that take part; a cell that is decided, or has
// too few seeds for this look, counts with the p-value of its last look.
func look(trials []*trial, r Rule) {
	trials = slices.DeleteFunc(slices.Clone(trials), func(t *trial) bool { return t.Verdict == Ungated })
	p := make([]float64, len(trials))
	for i, k := range r.Looks {
		var judged []int
		for j, t := range trials {
			if t.open && t.ready(k, i == 0) {
				t.test(k, r)
				judged = append(judged, j)
			}
			p[j] = t.P
		}
		levels := holm(p, r.level())
		for _, j := range judged {
			trials[j].decide(levels[j], r)
		}
	}
}

// fewSeeds says, once for all cells, that the base has fewer seeds than the rule asks for.
func fewSeeds(trials []*trial, r Rule) []string {
	least, most, cells, seeded := 0, 0, 0, 0
	for _, t := range trials {
		if t.Kind != Seeded || t.Verdict == Failed || t.Verdict == Ungated {
			continue
		}
		seeded++
		n := t.base.count()
		if n >= r.BaseSeeds {
			continue
		}
		if cells++; cells == 1 || n < least {
			least = n
		}
		most = max(most, n)
	}
	if cells == 0 {
		return nil
	}
	has := count(most, "seed")
	if least < most {
		has = fmt.Sprintf("%d to %s", least, has)
	}
	if cells < seeded {
		has += fmt.Sprintf(" in %d of %d cells", cells, seeded)
	}
	return []string{fmt.Sprintf("the base has %s; the rule asks for %d, and with fewer more drops stay open", has, r.BaseSeeds)}
}

// doubts are the warnings about the whole comparison.
func doubts(c *Comparison) []string {
	var out []string
	if n := len(c.Base.Commits); n > 1 {
		out = append(out, fmt.Sprintf("the base's lines come from %d commits; results that wander from commit to commit make false alarms, so take all of a base from one commit", n))
	}
	if n := len(c.Head.Commits); n > 1 {
		out = append(out, fmt.Sprintf("the head's lines come from %d commits: %s", n, strings.Join(c.Head.Commits, ", ")))
	}
	for _, x := range []struct {
		what       string
		base, head []string
	}{{"machines", c.Base.Machines, c.Head.Machines}, {"backends", c.Base.Backends, c.Head.Backends}, {"vector instructions", c.Base.SIMD, c.Head.SIMD}} {
		if !slices.Equal(x.base, x.head) {
			out = append(out, fmt.Sprintf("the %s differ: %s in the base, %s in the head; a difference in the last digits can come from there",
				x.what, list(x.base), list(x.head)))
		}
	}
	if n := c.Count(Ungated); n > 0 && n == len(c.Cells) {
		out = append(out, fmt.Sprintf("no cell has the measurement %s, so nothing was compared", c.Rule.Metric))
	}
	return out
}

func list(of []string) string {
	if len(of) == 0 {
		return "none"
	}
	return strings.Join(of, ", ")
}
