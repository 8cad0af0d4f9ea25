package page

const (
	// calloutPad is the room beside the lines of a part of a callout: above the
	// title, below an item.
	calloutPad = 5.0
	// shortCallout is the height up to which a callout is not split.
	shortCallout = (bottom - marginTop) / 3
)

// calloutPart is what is never split: the title of a callout, or an item.
type calloutPart struct {
	lines  []string
	style  textStyle
	bullet string
	// dx is where the text begins, top how far below the part's upper edge.
	dx, top float64
}

// height is that of the part's ground.
func (c calloutPart) height() float64 {
	return float64(len(c.lines))*c.style.height() + calloutPad
}

// calloutParts are the title and the items.
func (p *pdf) calloutParts(c Callout) []calloutPart {
	parts := []calloutPart{{lines: []string{c.Title()}, style: textStyle{bold, bodySize, ink}, dx: 12, top: calloutPad}}
	for _, item := range c.Items {
		parts = append(parts, calloutPart{lines: p.wrap(item, bodyStyle, textW-34), style: bodyStyle, bullet: "•", dx: 22})
	}
	return parts
}

// calloutTogether is the height that must stand on one page: the whole callout
// when it is short, else its title and first item.
func calloutTogether(parts []calloutPart) float64 {
	var sum, head float64
	for i, c := range parts {
		sum += c.height()
		if i <= 1 {
			head = sum
		}
	}
	if sum <= shortCallout {
		return sum
	}
	return head
}

// callout writes the parts on a tinted ground with a bar on its left; the
// ground goes on over a page break.
func (p *pdf) callout(c Callout) {
	bar, ground := noteInk, noteFill
	if c.Kind == Warning {
		bar, ground = alertInk, alertFill
	}
	parts := p.calloutParts(c)
	p.ensure(calloutTogether(parts))
	for _, part := range parts {
		h := part.height()
		p.ensure(h)
		p.fill(marginX, p.y, textW, h, ground)
		p.fill(marginX, p.y, 3, h, bar)
		y := p.y + part.top + part.style.size
		if part.bullet != "" {
			p.write(part.bullet, part.style, marginX+12, y)
		}
		for i, l := range part.lines {
			p.write(l, part.style, marginX+part.dx, y+float64(i)*part.style.height())
		}
		p.y += h
	}
}
