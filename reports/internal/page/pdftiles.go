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

// tilesHeight is that of one row of tiles.
func (p *pdf) tilesHeight(row []Tile) (h float64) {
	for _, it := range row {
		detail := len(p.wrap(it.Detail, captionStyle, tileTextW))
		h = max(h, float64(1+detail)*captionStyle.height()+tileValue.height()+2*tilePad-2)
	}
	return h
}

// tiles writes boxes, row by row.
func (p *pdf) tiles(t Tiles) {
	for len(t) > 0 {
		row := t[:min(tilesPerRow, len(t))]
		t = t[len(row):]
		h := p.tilesHeight(row)
		p.ensure(h)
		for i, it := range row {
			p.tile(it, marginX+float64(i)*(tileW+tileGap), h)
		}
		p.y += h + tileGap
	}
	p.y -= tileGap
}

// tile writes one box, h points high, with its left edge at x.
func (p *pdf) tile(t Tile, x, h float64) {
	p.fill(x, p.y, tileW, h, soft)
	x += tilePad
	y := p.y + tilePad - 2
	p.write(p.fit(t.Label, captionStyle, tileTextW), captionStyle, x, y+captionStyle.size)
	y += captionStyle.height()
	p.write(p.fit(t.Value, tileValue, tileTextW), tileValue, x, y+tileValue.size)
	y += tileValue.height()
	for _, l := range p.wrap(t.Detail, captionStyle, tileTextW) {
		p.write(l, captionStyle, x, y+captionStyle.size)
		y += captionStyle.height()
	}
}
