package page

// nameShare is the part of a fact's width that its name gets.
const nameShare = 0.4

// facts are names and values, short ones two abreast.
func (p *pdf) facts(f Facts) flow {
	out := flow{movable: true, pieces: p.lines(f.Caption, captionStyle, 0, textW, true)}
	out.pieces = append(out.pieces, piece{h: 3, keep: true, draw: func(y, h float64) { p.rule(y+h, 0.4) }})
	head := height(out.pieces)
	var rows []piece
	for _, l := range factLines(f.Items) {
		rows = append(rows, piece{h: p.factHeight(l), draw: func(y, h float64) { p.factLine(l, y, h) }})
	}
	out.pieces = append(out.pieces, keptRows(head, rows)...)
	return out
}

// factLines gives each long fact a line of its own and puts short ones two
// abreast: one that stands before long ones takes the next short one beside it.
// The style sheet of the HTML form fills its lines in the same way.
func factLines(items []Fact) [][]Fact {
	var out [][]Fact
	half := -1 // the line that has room for another short fact
	for _, f := range items {
		switch {
		case f.long():
			out = append(out, []Fact{f})
		case half >= 0:
			out[half], half = append(out[half], f), -1
		default:
			half = len(out)
			out = append(out, []Fact{f})
		}
	}
	return out
}

// The columns of facts: each half of the width, with names and values.
const (
	factGap    = 14.0
	factStride = (textW + factGap) / 2
	factNameW  = (factStride - factGap) * nameShare
)

// factValueW is the width of a fact's value.
func factValueW(f Fact) float64 {
	if f.long() {
		return textW - factNameW
	}
	return factStride - factGap - factNameW
}

var (
	factName  = textStyle{regular, smallSize, muted}
	factValue = textStyle{regular, smallSize, ink}
)

func (p *pdf) factHeight(line []Fact) float64 {
	n := 1
	for _, f := range line {
		n = max(n, len(p.wrap(f.Key, factName, factNameW-cellPad)), len(p.wrap(f.Value, factValue, factValueW(f))))
	}
	return float64(n)*factName.height() + 2*cellPadY
}

// factLine writes facts side by side below top, h points high with the rule below.
func (p *pdf) factLine(line []Fact, top, h float64) {
	column := func(s string, t textStyle, x, w float64) {
		for i, l := range p.wrap(s, t, w) {
			p.write(l, t, x, top+cellPadY+float64(i)*t.height()+t.size)
		}
	}
	for i, f := range line {
		x := marginX + float64(i)*factStride
		column(f.Key, factName, x, factNameW-cellPad)
		column(f.Value, factValue, x+factNameW, factValueW(f))
	}
	p.rule(top+h, 0.4)
}
