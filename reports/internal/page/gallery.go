package page

import (
	"bytes"
	"fmt"
	"image"
	"image/draw"
	"image/png"

	scale "golang.org/x/image/draw"
)

// Gallery is many small pictures in a grid, each with a few words below it.
type Gallery struct {
	// Items are the pictures; their labels stand in bold below them.
	Items []GalleryItem
	// Caption stands below the grid.
	Caption string
}

// GalleryItem is one picture of a gallery.
type GalleryItem struct {
	Picture
	// Detail is a second line below the label.
	Detail string
}

func (Gallery) block() {}

// The grid of a gallery: its columns, and in the PDF a row as a strip of pixels,
// cells of galleryPixels a side and one every galleryPitch, as wide as the text.
const (
	galleryColumns   = 8
	galleryPixels    = 128
	galleryPitch     = 145
	galleryPoint     = textW / ((galleryColumns-1)*galleryPitch + galleryPixels) // points a pixel
	galleryCell      = galleryPixels * galleryPoint
	galleryRowGap    = 6.0
	galleryMaxLines  = 4  // of a label
	gallerySide      = 96 // of a cell on a web page, in CSS pixels
	galleryColumnsMD = 5
)

var (
	galleryLabel  = textStyle{bold, 6.5, ink}
	galleryDetail = textStyle{regular, 6.5, muted}
)

// galleryWidth is the width in CSS pixels at which a picture is shown: the
// greatest whole multiple of its own that fits the cell.
func galleryWidth(p Picture) int {
	side := max(1, p.W, p.H)
	if side >= gallerySide {
		return max(1, p.W*gallerySide/side)
	}
	return p.W * (gallerySide / side)
}

// gallery is the grid row by row; a row is never split over pages, and the last one
// stays with the caption.
func (p *pdf) gallery(g Gallery) (flow, error) {
	f := flow{movable: true}
	for start := 0; start < len(g.Items); start += galleryColumns {
		row := g.Items[start:min(start+galleryColumns, len(g.Items))]
		strip, err := galleryStrip(row)
		if err != nil {
			return flow{}, err
		}
		f.pieces = append(f.pieces, piece{h: p.galleryRowHeight(row), keep: start+len(row) == len(g.Items), draw: func(y, _ float64) {
			p.galleryRow(row, strip, y)
		}})
	}
	f.pieces = closed(append(f.pieces, p.lines(g.Caption, captionStyle, 0, textW, true)...))
	return f, nil
}

func (p *pdf) galleryRowHeight(row []GalleryItem) float64 {
	if len(row) == 0 {
		return 0
	}
	lines := 0
	for _, it := range row {
		lines = max(lines, len(p.galleryWords(it)))
	}
	return galleryCell + 2 + float64(lines)*galleryLabel.height() + galleryRowGap
}

// galleryWord is one line below a picture.
type galleryWord struct {
	text  string
	style textStyle
}

func (p *pdf) galleryWords(it GalleryItem) []galleryWord {
	var out []galleryWord
	lines := p.wrap(it.Label, galleryLabel, galleryCell)
	if len(lines) > galleryMaxLines {
		lines = lines[:galleryMaxLines]
		lines[galleryMaxLines-1] = p.fit(lines[galleryMaxLines-1]+" …", galleryLabel, galleryCell)
	}
	for _, l := range lines {
		out = append(out, galleryWord{l, galleryLabel})
	}
	if it.Detail != "" {
		out = append(out, galleryWord{p.fit(it.Detail, galleryDetail, galleryCell), galleryDetail})
	}
	return out
}

// galleryStrip is a row as one image, for each image of the document costs a width of
// its own.
func galleryStrip(row []GalleryItem) (*image.RGBA, error) {
	strip := image.NewRGBA(image.Rect(0, 0, len(row)*galleryPitch-(galleryPitch-galleryPixels), galleryPixels))
	draw.Draw(strip, strip.Bounds(), image.White, image.Point{}, draw.Src)
	for i, it := range row {
		img, err := png.Decode(bytes.NewReader(it.PNG))
		if err != nil {
			return nil, fmt.Errorf("picture %s: %w", it.Name, err)
		}
		fitInto(strip, image.Rect(i*galleryPitch, 0, i*galleryPitch+galleryPixels, galleryPixels), img)
	}
	return strip, nil
}

// galleryRow draws a row below y, and the words below its pictures.
func (p *pdf) galleryRow(row []GalleryItem, strip *image.RGBA, y float64) {
	p.image(strip, marginX, y, float64(strip.Bounds().Dx())*galleryPoint, galleryCell)
	for i, it := range row {
		x := marginX + float64(i*galleryPitch)*galleryPoint
		y := y + galleryCell + 2
		for _, l := range p.galleryWords(it) {
			p.write(l.text, l.style, x, y+l.style.size)
			y += l.style.height()
		}
	}
}

// fitInto draws img into the box, as large as fits, at its upper left, its
// pixels as blocks.
func fitInto(dst *image.RGBA, box image.Rectangle, img image.Image) {
	b := img.Bounds()
	side := max(1, b.Dx(), b.Dy())
	size := image.Pt(b.Dx()*box.Dx()/side, b.Dy()*box.Dy()/side)
	scale.NearestNeighbor.Scale(dst, image.Rectangle{box.Min, box.Min.Add(size)}, img, b, draw.Over, nil)
}

// gallery writes the grid as a table of pictures.
func (m *markdown) gallery(g Gallery) {
	for start := 0; start < len(g.Items); start += galleryColumnsMD {
		n := min(galleryColumnsMD, len(g.Items))
		m.b.WriteByte('|')
		for i := range n {
			if start+i >= len(g.Items) {
				m.b.WriteString("  |")
				continue
			}
			m.galleryCell(g.Items[start+i])
		}
		m.b.WriteByte('\n')
		if start == 0 {
			m.b.WriteByte('|')
			for range n {
				m.b.WriteString(" --- |")
			}
			m.b.WriteByte('\n')
		}
	}
	m.printf("\n%s\n", escape(g.Caption))
}

func (m *markdown) galleryCell(it GalleryItem) {
	path := FigureFolder + "/" + it.Name + ".png"
	m.printf(" ![%s](%s)<br/>**%s**<br/>%s |", escape(it.Label), path, escape(it.Label), escape(it.Detail))
	m.files = append(m.files, File{Name: path, Data: it.PNG})
}
