package page

import (
	"cmp"
	"math"
	"slices"
)

// piece is what is never split over pages.
type piece struct {
	h float64
	// shrink and grow are how much lower and higher the piece may be drawn to fit or to
	// fill a page.
	shrink, grow float64
	// keep holds the next piece of the flow on the same page.
	keep bool
	// gap marks white space, which does not begin a page.
	gap bool
	// draw writes the piece h points high with its upper edge at y.
	draw func(y, h float64)
}

// flow is a block as pieces from the top down.
type flow struct {
	pieces []piece
	// again, when it has a height, stands on each further page of the block.
	again piece
	// section marks the flow that begins a section, begun one that stands on the page
	// before in part.
	section, begun bool
	// kinds are the kinds of its blocks, in their order.
	kinds []string
	// movable flows may stand before the flows above them to fill a page.
	movable bool
}

// need is the height of what must stand on one page, with all pieces at their least.
func (f flow) need() (h float64) {
	for _, c := range f.pieces {
		h += c.h - c.shrink
		if !c.keep {
			break
		}
	}
	return h
}

// A page is left with at most emptyShare of its body empty where something can be
// moved up, or drawn higher, to fill it; a gap between blocks grows by at most gapGrow.
const (
	emptyShare = 0.1
	body       = bottom - marginTop
	gapGrow    = 7
)

// fill places the flows of a section on pages, in their order as far as they fit: where
// the next one does not fit and much of the page would be left empty, a movable one below
// takes the place. Which one is tried out, and the order that leaves the least empty is
// taken; among equal ones that which moves the highest flows first.
func (p *pdf) fill(queue []flow) {
	best, least := 0, math.Inf(1)
	for n := 0; n < tries && least > 0; n++ {
		if cost := p.tried(n).emptiness(slices.Clone(queue)); cost < least {
			best, least = n, cost
		}
	}
	p.choices = digits(best)
	p.run(queue)
}

// A try is the choices at the first few places where there is one, each out of a few.
const (
	tries   = perTry * perTry * perTry * perTry * perTry
	perTry  = 4
	decided = 5
)

// digits are the choices of a try.
func digits(n int) []int {
	out := make([]int, decided)
	for i := range out {
		out[i], n = n%perTry, n/perTry
	}
	return out
}

// tried is a copy of the layout so far that draws nothing.
func (p *pdf) tried(n int) *pdf {
	return &pdf{dry: true, y: p.y, placed: slices.Clone(p.placed), choices: digits(n)}
}

// emptiness is how much more than emptyShare is left empty by flows on the pages that
// they fill.
func (p *pdf) emptiness(queue []flow) (sum float64) {
	p.run(queue)
	for _, l := range p.leaves {
		if !l.SectionEnds {
			sum += max(0, l.Empty-emptyShare)
		}
	}
	return sum
}

// run places flows by the choices.
func (p *pdf) run(queue []flow) {
	for len(queue) > 0 {
		i := p.next(queue)
		if i < 0 {
			p.newPage(queue[0].section)
			continue
		}
		rest := p.put(queue[i])
		queue = slices.Delete(queue, i, i+1)
		if len(rest.pieces) > 0 {
			queue = slices.Insert(queue, 0, rest)
			p.newPage(false)
			p.place(rest.again)
		}
	}
}

// next is the flow to be placed on this page, -1 when it is full.
func (p *pdf) next(queue []flow) int {
	if p.fits(queue[0]) {
		if len(p.choices) == 0 || !queue[0].movable || queue[0].begun || queue[0].section {
			return 0
		}
		return p.choose(append([]int{0}, p.fillers(queue[1:], 1)...))
	}
	if queue[0].section || p.room() < emptyShare*body {
		return -1
	}
	return p.choose(p.fillers(queue, 0))
}

// choose takes the next choice among places, -1 where there are none. A choice beyond
// them takes one of them again, for no more of its pieces than the page must have, so
// that more is left for the next page.
func (p *pdf) choose(places []int) int {
	if len(places) == 0 {
		return -1
	}
	c := 0
	if len(p.choices) > 0 {
		c, p.choices = p.choices[0], p.choices[1:]
	}
	p.sparse = c/len(places)%2 == 1
	return places[c%len(places)]
}

// fillers are the movable flows that could fill the page: flows that fit as a whole, the
// highest first, then flows whose beginning fits; they are counted from first.
func (p *pdf) fillers(queue []flow, first int) []int {
	var out []int
	whole := func(i int) float64 {
		if h := height(queue[i].pieces) + blockGap; h <= p.room() {
			return h
		}
		return 0
	}
	for i, f := range queue {
		if f.movable && p.fits(f) {
			out = append(out, i)
		}
	}
	slices.SortStableFunc(out, func(a, b int) int { return cmp.Compare(whole(b), whole(a)) })
	for i := range out {
		out[i] += first
	}
	return out
}

// room is what is left of the page, with all pieces on it at their least.
func (p *pdf) room() float64 {
	room := bottom - p.y
	for _, c := range p.placed {
		room += c.shrink
	}
	return room
}

// fits reports whether the beginning of a flow fits the page; an empty page takes any.
func (p *pdf) fits(f flow) bool {
	return p.empty() || p.room() >= f.need()+blockGap
}

// empty reports whether nothing stands on the page but the head of what goes on on it.
func (p *pdf) empty() bool {
	return !slices.ContainsFunc(p.placed, func(c piece) bool { return !c.gap && !c.keep })
}

// put places as many pieces as fit and returns the rest.
func (p *pdf) put(f flow) flow {
	if !f.section && !f.begun {
		p.place(space(blockGap))
	}
	if !f.begun {
		p.leaf.Blocks = append(p.leaf.Blocks, f.kinds...)
	}
	f.section, f.begun = false, true
	sparse := p.sparse
	p.sparse = false
	for len(f.pieces) > 0 {
		if full := p.room() < f.need() || sparse && p.room() < emptyShare*body; full && !p.empty() {
			return f
		}
		n := 1 + slices.IndexFunc(f.pieces, func(c piece) bool { return !c.keep })
		if n == 0 {
			n = len(f.pieces)
		}
		for _, c := range f.pieces[:n] {
			p.place(c)
		}
		f.pieces = f.pieces[n:]
	}
	return f
}

// space is white space between pieces.
func space(h float64) piece { return piece{h: h, gap: true, keep: true} }

// place adds a piece to the page.
func (p *pdf) place(c piece) {
	if c.h == 0 || c.gap && len(p.placed) == 0 {
		return
	}
	p.placed = append(p.placed, c)
	p.y += c.h
}

// flush draws the page: pieces shrink where they are too high together, and grow where
// they leave room, unless it is the last page.
func (p *pdf) flush(last bool) {
	slack := bottom - p.y
	shrink, grow, gaps := 0.0, 0.0, 0
	for _, c := range p.placed {
		shrink, grow = shrink+c.shrink, grow+c.grow
		if c.gap {
			gaps++
		}
	}
	part := 0.0
	switch {
	case slack < 0 && shrink > 0:
		part = -min(1, -slack/shrink)
	case slack > 0 && grow > 0 && !last:
		part = min(1, slack/grow)
	}
	wider := 0.0
	if left := slack - part*grow; slack > 0 && left > 0 && gaps > 0 && !last {
		wider = min(gapGrow, left/float64(gaps))
	}
	p.y = marginTop
	for _, c := range p.placed {
		h := c.h + max(part, 0)*c.grow + min(part, 0)*c.shrink
		if c.gap {
			h += wider
		}
		y := p.y
		if c.draw != nil && !p.dry {
			c.draw(y, h)
		}
		p.y = y + h
	}
	p.leaf.Empty = max(0, bottom-p.y) / body
	p.leaf.SectionEnds = p.leaf.SectionEnds || last
	p.leaves = append(p.leaves, p.leaf)
	p.placed, p.leaf = nil, Leaf{}
}
