package page

import (
	"fmt"
	"strings"
	"unicode/utf16"

	"repbench/reports/internal/foreign"
)

// line puts a line of text, which went through glyphs.text, with its baseline's start at
// (x, y), in the current font and colours of text and ground. Outlines of installed
// fonts are drawn squeeze times as wide as usual.
func (p *pdf) line(s string, size, x, y, squeeze float64) {
	for _, r := range p.glyphs.setter.Runs(s) {
		if r.Plain {
			p.doc.Text(x, y, r.Text)
			x += p.doc.GetStringWidth(r.Text)
			continue
		}
		p.outline(r, size, x, y, squeeze)
		x += squeeze * size * r.Width
	}
}

// measure is the width of the parts of a line that the current font sets, and the width of
// the parts that are drawn as outlines.
func (p *pdf) measure(s string, size float64) (plain, drawn float64) {
	for _, r := range p.glyphs.setter.Runs(s) {
		if r.Plain {
			plain += p.doc.GetStringWidth(r.Text)
		} else {
			drawn += size * r.Width
		}
	}
	return plain, drawn
}

// outline draws a part of a line. Spaces that are not seen lie over it, with the text
// that readers find and copy there (PDF 32000-1, section 14.9.4).
func (p *pdf) outline(r foreign.Run, size, x, y, squeeze float64) {
	at := func(q foreign.Point) (float64, float64) { return x + squeeze*size*q.X, y - size*q.Y }
	for _, s := range r.Outline {
		q := s.Points
		ax, ay := at(q[0])
		switch {
		case s.Move:
			p.doc.MoveTo(ax, ay)
		case len(q) == 1:
			p.doc.LineTo(ax, ay)
		case len(q) == 2:
			bx, by := at(q[1])
			p.doc.CurveTo(ax, ay, bx, by)
		default:
			bx, by := at(q[1])
			cx, cy := at(q[2])
			p.doc.CurveBezierCubicTo(ax, ay, bx, by, cx, cy)
		}
	}
	p.doc.DrawPath("F")
	var code strings.Builder
	for _, u := range utf16.Encode([]rune(r.Text)) {
		fmt.Fprintf(&code, "%04X", u)
	}
	p.doc.RawWriteStr("/Span <</ActualText <FEFF" + code.String() + ">>> BDC")
	p.doc.SetTextRenderingMode(3)
	n := int(squeeze * size * r.Width / p.doc.GetStringWidth(" "))
	p.doc.Text(x, y, strings.Repeat(" ", max(1, n)))
	p.doc.SetTextRenderingMode(0)
	p.doc.RawWriteStr("EMC")
}
