package page

import (
	"fmt"

	"gonum.org/v1/plot/vg"
)

var (
	bodyStyle    = textStyle{regular, bodySize, ink}
	captionStyle = textStyle{regular, smallSize, muted}
	commonStyle  = textStyle{regular, smallSize, ink}
)

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

// whole is flows that hold paragraphs alone as one that is not split.
func whole(flows []flow) flow {
	out := flow{section: flows[0].section}
	for i, f := range flows {
		if i > 0 {
			out.pieces = append(out.pieces, space(blockGap))
		}
		for _, c := range f.pieces {
			c.keep = true
			out.pieces = append(out.pieces, c)
		}
	}
	out.pieces[len(out.pieces)-1].keep = false
	return out
}

// flow is a block as pieces.
func (p *pdf) flow(b Block) (flow, error) {
	switch b := b.(type) {
	case Text:
		return flow{pieces: p.lines(string(b), bodyStyle, 0, textW, false)}, nil
	case Callout:
		return p.callout(b), nil
	case Tiles:
		return p.tiles(b), nil
	case Table:
		return p.table(b), nil
	case Facts:
		return p.facts(b), nil
	case Figure:
		return p.figure(b), nil
	case Pictures:
		return p.pictures(b)
	case Gallery:
		return p.gallery(b)
	case Strips:
		return p.strips(b)
	}
	return flow{}, fmt.Errorf("a block of type %T cannot be written as PDF", b)
}

// figure is a drawing, which gives way within what it can be drawn in, and its caption.
func (p *pdf) figure(f Figure) flow {
	shrink, grow := f.Drawing.Flex()
	d := piece{h: f.Drawing.H.Points(), shrink: shrink.Points(), grow: grow.Points(), keep: true, draw: func(y, h float64) {
		f.Drawing.High(vg.Points(h)).Draw(newCanvas(p, marginX, y+h))
	}}
	pieces := append([]piece{d, {h: 4, keep: true}}, p.lines(f.Caption, captionStyle, 0, textW, true)...)
	return flow{pieces: closed(pieces), movable: true}
}

// closed ends pieces that stay together.
func closed(pieces []piece) []piece {
	if len(pieces) > 0 {
		pieces[len(pieces)-1].keep = false
	}
	return pieces
}
