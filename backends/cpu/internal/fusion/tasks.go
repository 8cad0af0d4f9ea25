package fusion

// cutting divides a grid's loops into tasks. A task has one index in each loop before loop at,
// up to length consecutive indices in that loop, and all indices in the loops after it.
type cutting struct {
	at     int
	length int
	chunks int // number of parts of loop at
	n      int // number of tasks
}

// cut makes about the wanted number of tasks, if there are enough tiles.
func (g *grid) cut(wanted int) cutting {
	c := cutting{length: 1, chunks: 1, n: 1}
	if len(g.loops) == 0 {
		return c
	}
	before := 1
	for c.at < len(g.loops)-1 && before*g.loops[c.at].n <= wanted {
		before *= g.loops[c.at].n
		c.at++
	}
	n := g.loops[c.at].n
	c.length = ceilDiv(n, min(n, ceilDiv(wanted, before)))
	c.chunks = ceilDiv(n, c.length)
	c.n = before * c.chunks
	return c
}

// span sets start and count to the indices of task t in each loop.
func (c *cutting) span(loops []loop, t int, start, count []int) {
	for l := len(loops) - 1; l >= 0; l-- {
		switch n := loops[l].n; {
		case l > c.at:
			start[l], count[l] = 0, n
		case l == c.at:
			start[l] = t % c.chunks * c.length
			count[l] = min(c.length, n-start[l])
			t /= c.chunks
		default:
			start[l], count[l] = t%n, 1
			t /= n
		}
	}
}

// leader returns the first task that differs from task t only in loops where steps is 0: these
// tasks reduce to the same elements.
func (c *cutting) leader(loops []loop, t int, steps []int) int {
	first, unit := 0, 1
	for l := min(c.at, len(loops)-1); l >= 0; l-- {
		n := loops[l].n
		if l == c.at {
			n = c.chunks
		}
		if steps[l] != 0 {
			first += t % n * unit
		}
		t /= n
		unit *= n
	}
	return first
}

// splits reports whether several tasks share an element of an operand that the loops move by
// steps.
func (c *cutting) splits(loops []loop, steps []int) bool {
	for l, s := range steps[:min(c.at+1, len(steps))] {
		if s == 0 && (l < c.at || c.chunks > 1) {
			return true
		}
	}
	return false
}
