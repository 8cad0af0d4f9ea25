package page

import "strings"

// cellPad is the room on each side of a cell's text, cellPadY above and below.
const (
	cellPad  = 4.0
	cellPadY = 2.5
)

// table is the caption, the head and the rows; the head is repeated on each page that
// the table goes on on.
func (p *pdf) table(t Table) flow {
	widths := p.columnWidths(t)
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = c.Title
	}
	line := func(l tableLine, rule float64) piece {
		return piece{h: p.lineHeight(l), draw: func(y, h float64) {
			p.tableLine(l, y)
			p.rule(y+h, rule)
		}}
	}
	head := line(tableLine{cells: titles, style: textStyle{bold, smallSize, ink}, columns: t.Columns, widths: widths}, 1)
	head.keep = true
	out := flow{movable: true, again: head, pieces: p.lines(t.Caption, captionStyle, 0, textW, true)}
	out.pieces = append(out.pieces, p.lines(t.common(), commonStyle, 0, textW, true)...)
	out.pieces = append(out.pieces, piece{h: 3, keep: true}, head)
	var rows []piece
	for _, r := range t.Rows {
		rows = append(rows, line(rowLine(t, r, widths), 0.4))
	}
	out.pieces = append(out.pieces, keptRows(height(out.pieces), rows)...)
	return out
}

// fewRows are not left alone at the end or the beginning of a page.
const fewRows = 3

// keptRows keeps all rows together when they take less than a quarter of a page with
// their head, else the first few and the last few.
func keptRows(head float64, rows []piece) []piece {
	short := len(rows) <= fewRows || head+height(rows) <= body/4
	for i := range rows {
		rows[i].keep = short || i < fewRows-1 || i >= len(rows)-fewRows
	}
	return closed(rows)
}

// height is the height of pieces one below another.
func height(pieces []piece) (sum float64) {
	for _, c := range pieces {
		sum += c.h
	}
	return sum
}

// tableLine is one row ready to be set.
type tableLine struct {
	cells   []string
	style   textStyle
	columns []Column
	widths  []float64
}

func rowLine(t Table, r TableRow, widths []float64) tableLine {
	style := textStyle{regular, smallSize, ink}
	switch {
	case r.Quoted:
		style = textStyle{italic, smallSize, quoted}
	case r.Strong:
		style.face = bold
	}
	return tableLine{cells: r.Cells, style: style, columns: t.Columns, widths: widths}
}

func (p *pdf) lineHeight(l tableLine) float64 {
	n := 1
	for i := range l.cells {
		n = max(n, len(p.cellLines(l, i)))
	}
	return float64(n)*l.style.height() + 2*cellPadY
}

// cellLines wraps a cell, one of numbers between them.
func (p *pdf) cellLines(l tableLine, i int) []string {
	s, w := l.cells[i], l.widths[i]-2*cellPad
	if !l.columns[i].Right || p.width(s, l.style) <= w {
		return p.wrap(s, l.style, w)
	}
	var lines []string
	for _, n := range numbers(s) {
		lines = append(lines, p.wrap(n, l.style, w)...)
	}
	return lines
}

// numbers returns the numbers of a list in a cell, each with its comma.
func numbers(s string) []string {
	parts := strings.SplitAfter(s, ", ")
	for i, n := range parts {
		parts[i] = strings.TrimSpace(n)
	}
	return parts
}

// tableLine writes a row below y.
func (p *pdf) tableLine(l tableLine, y float64) {
	x := marginX
	for i := range l.cells {
		w := l.widths[i] - 2*cellPad
		for j, s := range p.cellLines(l, i) {
			dx := cellPad
			if l.columns[i].Right {
				dx += w - p.width(s, l.style)
			}
			p.write(s, l.style, x+dx, y+cellPadY+float64(j)*l.style.height()+l.style.size)
		}
		x += l.widths[i]
	}
}

// columnWidths shares the text width among the columns: each as wide as its widest
// cell where that fits. Else text gives way, down to its longest word and then to the
// longest part that a word may be broken into, then lists of numbers, then numbers with
// several words, and last of all every column in proportion.
func (p *pdf) columnWidths(t Table) []float64 {
	asked := make([][]float64, 4)
	for level := range asked {
		asked[level] = make([]float64, len(t.Columns))
	}
	for i, c := range t.Columns {
		title := p.cellWidths(c.Title, textStyle{bold, smallSize, ink})
		for level, w := range []float64{title.whole, title.word, title.word, title.part} {
			asked[level][i] = w
		}
		for _, r := range t.Rows {
			for level, w := range p.asks(r.Cells[i], c.Right) {
				asked[level][i] = max(asked[level][i], w)
			}
		}
	}
	return share(textW, asked...)
}

// asks are the widths that a cell asks for, with less and less room.
func (p *pdf) asks(s string, right bool) [4]float64 {
	bold := textStyle{bold, smallSize, ink}
	w := p.cellWidths(s, bold)
	if !right {
		part := min(w.part, widest)
		return [4]float64{w.whole, min(w.word, widest), part, part}
	}
	var number float64
	for _, n := range numbers(s) {
		number = max(number, p.cellWidths(n, bold).whole)
	}
	return [4]float64{w.whole, w.whole, number, w.word}
}

// widest bounds what a column asks for when there is too little room.
const widest = 110

// cellWidths are the widths of a cell's text on one line, of its longest word and of
// the longest part between the characters at which words may be broken.
type cellWidths struct{ whole, word, part float64 }

func (p *pdf) cellWidths(s string, t textStyle) cellWidths {
	// Half a point keeps a text that just fits from being wrapped.
	const room = 2*cellPad + 0.5
	c := cellWidths{whole: p.width(s, t) + room}
	for _, w := range strings.Fields(s) {
		c.word = max(c.word, p.width(w, t)+room)
		for _, b := range strings.FieldsFunc(w, breakable) {
			c.part = max(c.part, p.width(b, t)+room)
		}
	}
	return c
}

// breakable are the characters that a word may be broken at.
func breakable(r rune) bool { return strings.ContainsRune(" /-_.,:;=", r) }

// share gives each column the most that it asks for when the sum fits into total and
// spreads what is left over; else the most of which the sum fits, and a part of the
// rest in proportion to what it asked for before that. asked goes down.
func share(total float64, asked ...[]float64) []float64 {
	sum := func(v []float64) (s float64) {
		for _, x := range v {
			s += x
		}
		return s
	}
	out := make([]float64, len(asked[0]))
	last := asked[len(asked)-1]
	for level, least := range asked {
		if sum(least) > total {
			continue
		}
		for i := range out {
			out[i] = least[i] + (total-sum(least))/float64(len(out))
			if level > 0 {
				want := asked[level-1]
				out[i] = least[i] + (total-sum(least))*(want[i]-least[i])/(sum(want)-sum(least))
			}
		}
		return out
	}
	for i := range out {
		out[i] = last[i] * total / sum(last)
	}
	return out
}
