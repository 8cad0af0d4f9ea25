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

// height is the height of the part's ground.
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

// callout is the parts on a tinted ground with a bar on its left; the ground goes on
// over a page break. A short callout is not split, a long one not behind its title.
func (p *pdf) callout(c Callout) flow {
	bar, ground := noteInk, noteFill
	if c.Kind == Warning {
		bar, ground = alertInk, alertFill
	}
	parts := p.calloutParts(c)
	sum := 0.0
	for _, part := range parts {
		sum += part.height()
	}
	var f flow
	for i, part := range parts {
		f.pieces = append(f.pieces, piece{h: part.height(), keep: i == 0 || sum <= shortCallout, draw: func(y, h float64) {
			p.box(marginX, y, textW, h, ground)
			p.box(marginX, y, 3, h, bar)
			y += part.top + part.style.size
			if part.bullet != "" {
				p.write(part.bullet, part.style, marginX+12, y)
			}
			for i, l := range part.lines {
				p.write(l, part.style, marginX+part.dx, y+float64(i)*part.style.height())
			}
		}})
	}
	f.pieces = closed(f.pieces)
	return f
}
