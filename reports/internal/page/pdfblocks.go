package page

import (
	"bytes"
	"fmt"
	"image/png"
)

var (
	bodyStyle    = textStyle{regular, bodySize, ink}
	captionStyle = textStyle{regular, smallSize, muted}
)

// headRoom is the height of the beginning of a section, which stays on the page
// of its heading.
func (p *pdf) headRoom(blocks []Block) float64 {
	if len(blocks) == 0 {
		return 0
	}
	if h, ok := p.textHeight(blocks); ok {
		return h
	}
	switch b := blocks[0].(type) {
	case Figure:
		return p.figureHeight(b) + 10
	case Pictures:
		_, h := p.pictureSize(b)
		return h + 24
	}
	return 60
}

// textHeight is the height of a section that holds paragraphs alone and takes
// less than half a page; it is not worth a page break inside.
func (p *pdf) textHeight(blocks []Block) (h float64, ok bool) {
	for _, b := range blocks {
		t, ok := b.(Text)
		if !ok {
			return 0, false
		}
		h += blockGap + float64(len(p.wrap(string(t), bodyStyle, textW)))*bodyStyle.height()
	}
	return h, h < (bottom-marginTop)/2
}

func (p *pdf) block(b Block) error {
	switch b := b.(type) {
	case Text:
		p.paragraph(string(b), bodyStyle, 0, textW)
	case Callout:
		p.callout(b)
	case Tiles:
		p.tiles(b)
	case Table:
		p.table(b)
	case Facts:
		p.facts(b)
	case Figure:
		p.figure(b)
	case Pictures:
		return p.pictures(b)
	default:
		return fmt.Errorf("a block of type %T cannot be written as PDF", b)
	}
	return p.doc.Error()
}

// callout writes each item on a tinted ground with a bar on its left. Items are
// kept whole; the ground goes on over a page break.
func (p *pdf) callout(c Callout) {
	bar, ground := noteInk, noteFill
	if c.Kind == Warning {
		bar, ground = alertInk, alertFill
	}
	strip := func(h float64, draw func()) {
		p.ensure(h)
		p.fill(marginX, p.y, textW, h, ground)
		p.fill(marginX, p.y, 3, h, bar)
		draw()
	}
	title := textStyle{bold, bodySize, ink}
	strip(title.height()+5, func() {
		p.write(c.Title(), title, marginX+12, p.y+5+title.size)
		p.y += title.height() + 5
	})
	for _, item := range c.Items {
		lines := p.wrap(item, bodyStyle, textW-34)
		h := float64(len(lines))*bodyStyle.height() + 4
		strip(h, func() {
			p.write("•", bodyStyle, marginX+12, p.y+bodyStyle.size)
			for i, l := range lines {
				p.write(l, bodyStyle, marginX+22, p.y+float64(i)*bodyStyle.height()+bodyStyle.size)
			}
			p.y += h
		})
	}
}

// tiles writes up to four boxes a row.
func (p *pdf) tiles(t Tiles) {
	const perRow, between, pad = 4, 8.0, 8.0
	w := (textW - between*(perRow-1)) / perRow
	value := textStyle{bold, 13, ink}
	for len(t) > 0 {
		row := t[:min(perRow, len(t))]
		t = t[len(row):]
		var h float64
		for _, it := range row {
			detail := len(p.wrap(it.Detail, captionStyle, w-2*pad))
			h = max(h, float64(1+detail)*captionStyle.height()+value.height()+2*pad-2)
		}
		p.ensure(h)
		for i, it := range row {
			x := marginX + float64(i)*(w+between)
			p.fill(x, p.y, w, h, soft)
			p.write(p.fit(it.Label, captionStyle, w-2*pad), captionStyle, x+pad, p.y+pad+captionStyle.size-2)
			y := p.y + pad + captionStyle.height() - 2
			p.write(p.fit(it.Value, value, w-2*pad), value, x+pad, y+value.size)
			y += value.height()
			for _, l := range p.wrap(it.Detail, captionStyle, w-2*pad) {
				p.write(l, captionStyle, x+pad, y+captionStyle.size)
				y += captionStyle.height()
			}
		}
		p.y += h + between
	}
	p.y -= between
}

func (p *pdf) figureHeight(f Figure) float64 {
	lines := len(p.wrap(f.Caption, captionStyle, textW))
	return f.Drawing.H.Points() + 4 + float64(lines)*captionStyle.height()
}

func (p *pdf) figure(f Figure) {
	p.ensure(p.figureHeight(f))
	p.y += f.Drawing.H.Points()
	f.Drawing.Draw(newCanvas(p, marginX, p.y))
	p.y += 4
	p.paragraph(f.Caption, captionStyle, 0, textW)
}

// pictureSize is the scale in points a pixel and the height of all pictures
// with labels and caption.
func (p *pdf) pictureSize(b Pictures) (scale, h float64) {
	caption := float64(len(p.wrap(b.Caption, captionStyle, textW))) * captionStyle.height()
	label := captionStyle.height() + 6
	w, top, sum := 0, 0, 0
	for _, it := range b.Items {
		w, top, sum = w+it.W, max(top, it.H), sum+it.H
	}
	if len(b.Items) == 0 {
		return 1, caption
	}
	if b.Large {
		widest := 0
		for _, it := range b.Items {
			widest = max(widest, it.W)
		}
		rest := bottom - marginTop - caption - label*float64(len(b.Items))
		scale = min(textW*0.66/float64(widest), rest*0.9/float64(sum))
		return scale, scale*float64(sum) + label*float64(len(b.Items)) + caption
	}
	scale = min((textW-pictureGap*float64(len(b.Items)-1))/float64(w), 300/float64(top))
	return scale, scale*float64(top) + label + caption
}

// pictureGap is between pictures that stand side by side.
const pictureGap = 10

func (p *pdf) pictures(b Pictures) error {
	scale, h := p.pictureSize(b)
	p.ensure(h)
	x := marginX
	for i, it := range b.Items {
		img, err := png.Decode(bytes.NewReader(it.PNG))
		if err != nil {
			return fmt.Errorf("picture %s: %w", it.Name, err)
		}
		w, h := scale*float64(it.W), scale*float64(it.H)
		p.image(enlarge(img), x, p.y, w, h)
		p.write(p.fit(it.Label, captionStyle, max(w, 40)), captionStyle, x, p.y+h+2+captionStyle.size)
		if b.Large || i == len(b.Items)-1 {
			p.y += h + captionStyle.height() + 6
		} else {
			x += w + pictureGap
		}
	}
	p.paragraph(b.Caption, captionStyle, 0, textW)
	return p.doc.Error()
}
