package page

import "fmt"

var (
	bodyStyle    = textStyle{regular, bodySize, ink}
	captionStyle = textStyle{regular, smallSize, muted}
	commonStyle  = textStyle{regular, smallSize, ink}
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
	case Callout:
		return blockGap + calloutTogether(p.calloutParts(b))
	case Tiles:
		return blockGap + p.tilesHeight(b[:min(tilesPerRow, len(b))])
	case Table:
		return blockGap + p.beginning(p.layTable(b))
	case Figure:
		return blockGap + p.figureHeight(b)
	case Pictures:
		_, h := p.pictureSize(b)
		return blockGap + h
	case Gallery:
		return blockGap + p.galleryHeight(b)
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
	case Gallery:
		return p.gallery(b)
	default:
		return fmt.Errorf("a block of type %T cannot be written as PDF", b)
	}
	return p.doc.Error()
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
