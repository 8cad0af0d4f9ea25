package page

// Tiles stand up to tilesPerRow abreast, tileGap apart, their text tilePad from
// their edges.
const (
	tilesPerRow = 4
	tileGap     = 8.0
	tilePad     = 8.0
	tileW       = (textW - tileGap*(tilesPerRow-1)) / tilesPerRow
	tileTextW   = tileW - 2*tilePad
)

var tileValue = textStyle{bold, 13, ink}

// tileWords are the lines of one tile; a long label or value takes several.
type tileWords struct{ label, value, detail []string }

func (p *pdf) tileWords(t Tile) tileWords {
	return tileWords{p.wrap(t.Label, captionStyle, tileTextW), p.wrap(t.Value, tileValue, tileTextW), p.wrap(t.Detail, captionStyle, tileTextW)}
}

// tileLines are the most lines of each part of the tiles of a row, at least one label and one value,
// so that their values stand side by side.
func tileLines(row []tileWords) (label, value, detail int) {
	label, value = 1, 1
	for _, w := range row {
		label, value, detail = max(label, len(w.label)), max(value, len(w.value)), max(detail, len(w.detail))
	}
	return label, value, detail
}

// tiles are boxes, row by row.
func (p *pdf) tiles(t Tiles) flow {
	var f flow
	for len(t) > 0 {
		row := t[:min(tilesPerRow, len(t))]
		t = t[len(row):]
		words := make([]tileWords, len(row))
		for i, it := range row {
			words[i] = p.tileWords(it)
		}
		label, value, detail := tileLines(words)
		h := float64(label+detail)*captionStyle.height() + float64(value)*tileValue.height() + 2*tilePad - 2
		f.pieces = append(f.pieces, piece{h: h, draw: func(y, _ float64) {
			for i, w := range words {
				p.tile(w, label, marginX+float64(i)*(tileW+tileGap), y, h)
			}
		}})
		if len(t) > 0 {
			f.pieces = append(f.pieces, space(tileGap))
		}
	}
	return f
}

// tile writes one box, h points high, with its upper left corner at (x, y) and room for a number of
// lines of the label.
func (p *pdf) tile(t tileWords, label int, x, y, h float64) {
	p.box(x, y, tileW, h, soft)
	x += tilePad
	y += tilePad - 2
	p.tileText(t.label, captionStyle, x, y)
	y += float64(label) * captionStyle.height()
	y = p.tileText(t.value, tileValue, x, y)
	p.tileText(t.detail, captionStyle, x, y)
}

// tileText writes lines of a tile and returns where the next one begins.
func (p *pdf) tileText(lines []string, style textStyle, x, y float64) float64 {
	for _, l := range lines {
		p.write(l, style, x, y+style.size)
		y += style.height()
	}
	return y
}
