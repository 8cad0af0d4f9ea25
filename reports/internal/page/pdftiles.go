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

// tilesHeight is the height of one row of tiles.
func (p *pdf) tilesHeight(row []Tile) (h float64) {
	for _, it := range row {
		detail := len(p.wrap(it.Detail, captionStyle, tileTextW))
		h = max(h, float64(1+detail)*captionStyle.height()+tileValue.height()+2*tilePad-2)
	}
	return h
}

// tiles are boxes, row by row.
func (p *pdf) tiles(t Tiles) flow {
	var f flow
	for len(t) > 0 {
		row := t[:min(tilesPerRow, len(t))]
		t = t[len(row):]
		h := p.tilesHeight(row)
		f.pieces = append(f.pieces, piece{h: h, draw: func(y, _ float64) {
			for i, it := range row {
				p.tile(it, marginX+float64(i)*(tileW+tileGap), y, h)
			}
		}})
		if len(t) > 0 {
			f.pieces = append(f.pieces, space(tileGap))
		}
	}
	return f
}

// tile writes one box, h points high, with its upper left corner at (x, y).
func (p *pdf) tile(t Tile, x, y, h float64) {
	p.box(x, y, tileW, h, soft)
	x += tilePad
	y += tilePad - 2
	p.write(p.fit(t.Label, captionStyle, tileTextW), captionStyle, x, y+captionStyle.size)
	y += captionStyle.height()
	p.write(p.fit(t.Value, tileValue, tileTextW), tileValue, x, y+tileValue.size)
	y += tileValue.height()
	for _, l := range p.wrap(t.Detail, captionStyle, tileTextW) {
		p.write(l, captionStyle, x, y+captionStyle.size)
		y += captionStyle.height()
	}
}
