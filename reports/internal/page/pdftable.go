package page

import "strings"

// cellPad is the room on each side of a cell's text, cellPadY above and below.
const (
	cellPad  = 4.0
	cellPadY = 2.5
)

// table writes the caption, the head and the rows; the head is repeated on each
// page that the table goes on on.
func (p *pdf) table(t Table) {
	widths := p.columnWidths(t)
	head := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		head[i] = c.Title
	}
	headRow := tableLine{cells: head, style: textStyle{bold, smallSize, ink}, columns: t.Columns, widths: widths}
	headH := p.lineHeight(headRow)
	caption := p.wrap(t.Caption, captionStyle, textW)
	var rows []float64
	for _, r := range t.Rows {
		rows = append(rows, p.lineHeight(rowLine(t, r, widths)))
	}
	p.ensure(float64(len(caption))*captionStyle.height() + 3 + together(headH, rows))
	p.paragraph(t.Caption, captionStyle, 0, textW)
	p.y += 3
	drawHead := func() {
		p.tableLine(headRow)
		p.rule(p.y, 1)
	}
	drawHead()
	for i, r := range t.Rows {
		l := rowLine(t, r, widths)
		if p.y+rest(rows[i:]) > bottom && p.y > marginTop {
			p.newPage()
			drawHead()
		}
		p.tableLine(l)
		p.rule(p.y, 0.4)
	}
}

// fewRows are not left alone at the end or the beginning of a page.
const fewRows = 3

// together is the height that must stand on one page: all rows when they take
// less than a third of it, else the first few.
func together(head float64, rows []float64) float64 {
	sum := head + total(rows)
	if len(rows) > fewRows && sum > (bottom-marginTop)/3 {
		return head + total(rows[:fewRows])
	}
	return sum
}

// rest is the height that must stand on this page for the next row to do so: the
// row alone, or the last few together.
func rest(rows []float64) float64 {
	if len(rows) == fewRows {
		return total(rows)
	}
	return rows[0]
}

func total(hs []float64) (sum float64) {
	for _, h := range hs {
		sum += h
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
	for i, c := range l.cells {
		n = max(n, len(p.wrap(c, l.style, l.widths[i]-2*cellPad)))
	}
	return float64(n)*l.style.height() + 2*cellPadY
}

func (p *pdf) tableLine(l tableLine) {
	x := marginX
	for i, c := range l.cells {
		w := l.widths[i] - 2*cellPad
		for j, s := range p.wrap(c, l.style, w) {
			dx := cellPad
			if l.columns[i].Right {
				dx += w - p.width(s, l.style)
			}
			p.write(s, l.style, x+dx, p.y+cellPadY+float64(j)*l.style.height()+l.style.size)
		}
		x += l.widths[i]
	}
	p.y += p.lineHeight(l)
}

// columnWidths shares the text width among the columns: each as wide as its
// widest cell where that fits, else the wide ones give way, down to their
// longest word, and last of all every column in proportion.
func (p *pdf) columnWidths(t Table) []float64 {
	want, least := make([]float64, len(t.Columns)), make([]float64, len(t.Columns))
	for i, c := range t.Columns {
		want[i], least[i] = p.cellWidths(c.Title, textStyle{bold, smallSize, ink})
		for _, r := range t.Rows {
			w, l := p.cellWidths(r.Cells[i], textStyle{bold, smallSize, ink})
			if c.Right {
				l = w // numbers are not broken
			}
			want[i], least[i] = max(want[i], w), max(least[i], min(l, 110))
		}
	}
	return share(textW, want, least)
}

// cellWidths are the width of a cell's text on one line and of its longest word.
func (p *pdf) cellWidths(s string, t textStyle) (whole, word float64) {
	// Half a point keeps a text that just fits from being wrapped.
	const room = 2*cellPad + 0.5
	for _, f := range strings.FieldsFunc(s, breakable) {
		word = max(word, p.width(f, t)+room)
	}
	return p.width(s, t) + room, word
}

// breakable are the characters that a word may be broken at.
func breakable(r rune) bool { return strings.ContainsRune(" /-_.,:;=", r) }

// share gives each column its wanted width when the sum fits into total and
// spreads what is left over; else each gets its least width and a part of the
// rest in proportion to what it still wants.
func share(total float64, want, least []float64) []float64 {
	var sumWant, sumLeast float64
	for i := range want {
		sumWant, sumLeast = sumWant+want[i], sumLeast+least[i]
	}
	out := make([]float64, len(want))
	for i := range want {
		switch {
		case sumWant <= total:
			out[i] = want[i] + (total-sumWant)/float64(len(want))
		case sumLeast >= total:
			out[i] = least[i] * total / sumLeast
		default:
			out[i] = least[i] + (total-sumLeast)*(want[i]-least[i])/(sumWant-sumLeast)
		}
	}
	return out
}
