package page

import (
	"bytes"
	"fmt"
	"image"
	"image/png"
)

// Strips are wide pictures in a column, two abreast where there is room, each with a title in
// bold and some lines below or beside it.
type Strips struct {
	// Items are the strips; their labels are the titles.
	Items []Strip
	// Caption stands below the strips.
	Caption string
}

// Strip is one picture of Strips.
type Strip struct {
	Picture
	// Words are the lines after the title.
	Words []string
}

func (Strips) block() {}

const (
	stripColumns = 2
	stripGap     = 14.0 // between the columns and below a row of the PDF
	stripCell    = (textW - stripGap) / stripColumns
	// stripSide is the greatest width of a strip on a web page, in CSS pixels.
	stripSide = 420
)

// stripWidth is the width in CSS pixels at which a strip is shown: the greatest whole multiple
// of its own that fits stripSide.
func stripWidth(p Picture) int {
	if p.W >= stripSide {
		return stripSide
	}
	return p.W * (stripSide / max(1, p.W))
}

// strips are rows of two; a row is never split over pages, and the last one stays with the
// caption.
func (p *pdf) strips(s Strips) (flow, error) {
	f := flow{movable: true}
	for start := 0; start < len(s.Items); start += stripColumns {
		row := s.Items[start:min(start+stripColumns, len(s.Items))]
		imgs := make([]image.Image, len(row))
		for i, it := range row {
			img, err := png.Decode(bytes.NewReader(it.PNG))
			if err != nil {
				return flow{}, fmt.Errorf("picture %s: %w", it.Name, err)
			}
			imgs[i] = enlarge(img)
		}
		f.pieces = append(f.pieces, piece{h: p.stripRowHeight(row), keep: start+len(row) == len(s.Items), draw: func(y, _ float64) {
			for i, it := range row {
				p.strip(it, imgs[i], marginX+float64(i)*(stripCell+stripGap), y)
			}
		}})
	}
	f.pieces = closed(append(f.pieces, p.lines(s.Caption, captionStyle, 0, textW, true)...))
	return f, nil
}

// stripHeight is the height of a strip that is as wide as its column.
func stripHeight(s Strip) float64 { return stripCell * float64(s.H) / float64(max(1, s.W)) }

// stripRowHeight is the height of strips side by side with their words.
func (p *pdf) stripRowHeight(row []Strip) (h float64) {
	for _, s := range row {
		h = max(h, stripHeight(s)+3+float64(len(p.stripWords(s)))*galleryLabel.height())
	}
	return h + stripGap/2
}

// stripWords are the lines below a strip.
func (p *pdf) stripWords(s Strip) []galleryWord {
	var out []galleryWord
	for _, l := range p.wrap(s.Label, galleryLabel, stripCell) {
		out = append(out, galleryWord{l, galleryLabel})
	}
	for _, w := range s.Words {
		for _, l := range p.wrap(w, galleryDetail, stripCell) {
			out = append(out, galleryWord{l, galleryDetail})
		}
	}
	return out
}

// strip draws one strip with its upper left corner at (x, y), and the words below it.
func (p *pdf) strip(s Strip, img image.Image, x, y float64) {
	p.image(img, x, y, stripCell, stripHeight(s))
	y += stripHeight(s) + 3
	for _, l := range p.stripWords(s) {
		p.write(l.text, l.style, x, y+l.style.size)
		y += l.style.height()
	}
}

// strips writes a table of pictures and words.
func (m *markdown) strips(s Strips) {
	if len(s.Items) > 0 {
		m.printf("|  |  |\n| --- | --- |\n")
	}
	for _, it := range s.Items {
		path := FigureFolder + "/" + it.Name + ".png"
		m.printf("| ![%s](%s) | **%s**", escape(it.Label), path, escape(it.Label))
		for _, w := range it.Words {
			m.printf("<br/>%s", escape(w))
		}
		m.printf(" |\n")
		m.files = append(m.files, File{Name: path, Data: it.PNG})
	}
	m.printf("\n%s\n", escape(s.Caption))
}
