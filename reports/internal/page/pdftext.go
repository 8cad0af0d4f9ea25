package page

import (
	"strings"
	"unicode"
)

// textStyle is a face, a size in points and a colour.
type textStyle struct {
	face   fontStyle
	size   float64
	colour rgb
}

// height is the height of one line.
func (s textStyle) height() float64 { return s.size * leading }

// font selects a face. The library writes the choice to the current page.
func (p *pdf) font(face fontStyle, size float64) { p.doc.SetFont(family, string(face), size) }

// write puts one line of text with its baseline at y.
func (p *pdf) write(s string, t textStyle, x, y float64) {
	p.font(t.face, t.size)
	p.doc.SetTextColor(t.colour[0], t.colour[1], t.colour[2])
	p.doc.SetFillColor(t.colour[0], t.colour[1], t.colour[2])
	p.line(p.glyphs.text(s), t.size, x, y, 1)
}

// width is the width of one line of text.
func (p *pdf) width(s string, t textStyle) float64 {
	p.font(t.face, t.size)
	plain, drawn := p.measure(p.glyphs.text(s), t.size)
	return plain + drawn
}

// rule draws a line across the text at y.
func (p *pdf) rule(y, width float64) {
	p.doc.SetDrawColor(hairline[0], hairline[1], hairline[2])
	p.doc.SetLineWidth(width)
	p.doc.Line(marginX, y, marginX+textW, y)
}

// box draws a filled rectangle.
func (p *pdf) box(x, y, w, h float64, c rgb) {
	p.doc.SetFillColor(c[0], c[1], c[2])
	p.doc.Rect(x, y, w, h, "F")
}

// lines are wrapped text, dx right of the margin, a piece a line; all of them stay on
// one page where keep is set.
func (p *pdf) lines(s string, t textStyle, dx, w float64, keep bool) []piece {
	var out []piece
	for _, l := range p.wrap(s, t, w) {
		out = append(out, piece{h: t.height(), keep: keep, draw: func(y, _ float64) {
			p.write(l, t, marginX+dx, y+t.size)
		}})
	}
	return out
}

// wrap splits text into lines of at most w points, at spaces other than a space between
// a number and its unit; a word that is wider than a line is split where it must be.
// Empty text has no lines.
func (p *pdf) wrap(s string, t textStyle, w float64) []string {
	var lines []string
	line := ""
	for _, word := range strings.FieldsFunc(bound(s), endsWord) {
		if word = p.glyphs.text(word); word == "" {
			continue
		}
		if joined := strings.TrimPrefix(line+" "+word, " "); p.width(joined, t) <= w {
			line = joined
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for p.width(word, t) > w && len(word) > 1 {
			var head string
			head, word = p.split(word, t, w)
			lines = append(lines, head)
		}
		line = word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// endsWord reports whether a line may end at a character.
func endsWord(r rune) bool { return unicode.IsSpace(r) && string(r) != noBreak }

// split cuts a word after as many characters as fit into w, at least one; a
// character that ends a part of a path or name is a better place.
func (p *pdf) split(word string, t textStyle, w float64) (head, tail string) {
	runes := []rune(word)
	n := 1
	for n < len(runes) && p.width(string(runes[:n+1]), t) <= w {
		n++
	}
	for i := n; i > n/3; i-- {
		if breakable(runes[i-1]) {
			n = i
			break
		}
	}
	for n > 1 && n < len(runes) && unicode.Is(unicode.M, runes[n]) {
		n-- // a mark stays with its letter
	}
	return string(runes[:n]), string(runes[n:])
}

// fit is s, cut with an ellipsis where it is wider than w.
func (p *pdf) fit(s string, t textStyle, w float64) string {
	runes := []rune(p.glyphs.text(s))
	if p.width(string(runes), t) <= w {
		return string(runes)
	}
	for len(runes) > 0 && p.width(string(runes)+"…", t) > w {
		runes = runes[:len(runes)-1]
	}
	return string(runes) + "…"
}
