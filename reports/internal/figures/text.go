package figures

import (
	"image"
	"image/color"
	"math"

	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/font/liberation"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"repbench/reports/internal/fonts"
)

// handler sets all text in Liberation Sans, the font that the forms of a report carry,
// with the widths that it has in them.
var handler text.Handler = plainText{text.Plain{Fonts: font.NewCache(liberation.Collection())}}

// plainText is text.Plain for single lines without kerning, which neither the PDF nor
// the SVG applies, and with room for characters that the font lacks.
type plainText struct{ text.Plain }

// Box is the room that a text takes.
func (h plainText) Box(txt string, fnt font.Font) (width, height, depth vg.Length) {
	_, height, depth = h.Plain.Box("", fnt)
	return vg.Points(fonts.Of(styleOf(fnt)).Width(txt, fnt.Size.Points())), height, depth
}

// Lines takes every text as one line.
func (plainText) Lines(txt string) []string { return []string{txt} }

// Draw writes a text at a point in the manner of its style.
func (h plainText) Draw(c vg.Canvas, txt string, sty text.Style, pt vg.Point) {
	if txt == "" {
		return
	}
	face := h.Fonts.Lookup(sty.Font, sty.Font.Size)
	c.SetColor(sty.Color)
	if sty.Rotation != 0 {
		c.Push()
		defer c.Pop()
		c.Rotate(sty.Rotation)
	}
	sin64, cos64 := math.Sincos(sty.Rotation)
	sin, cos := vg.Length(sin64), vg.Length(cos64)
	pt.X, pt.Y = pt.Y*sin+pt.X*cos, pt.Y*cos-pt.X*sin
	width, _, _ := h.Box(txt, sty.Font)
	if m, ok := under(c).(Measurer); ok {
		width = m.TextWidth(face, txt)
	}
	pt.X += vg.Length(sty.XAlign) * width
	pt.Y += sty.Height(txt)*vg.Length(sty.YAlign) - face.Extents().Ascent + sty.Font.Size
	c.FillString(face, pt, txt)
}

// Measurer is a canvas that knows the room it gives a text, which is at most the room
// that figures are laid out for.
type Measurer interface {
	TextWidth(f font.Face, s string) vg.Length
}

// under is the canvas that the plots' own canvas draws on.
func under(c vg.Canvas) vg.Canvas {
	if d, ok := c.(*draw.Canvas); ok {
		return under(d.Canvas)
	}
	return c
}

// styleOf is the built-in face of a font.
func styleOf(f font.Font) fonts.Style {
	if f.Weight >= xfont.WeightBold {
		return fonts.Bold
	}
	return fonts.Regular
}

// Text is all text of the figure by its style.
func (f Figure) Text() fonts.Used {
	r := textReader{fonts.Used{}}
	f.Draw(r)
	return r.used
}

// textReader is a canvas that keeps the text alone.
type textReader struct{ used fonts.Used }

var _ vg.Canvas = textReader{}

func (textReader) SetLineWidth(vg.Length)              {}
func (textReader) SetLineDash([]vg.Length, vg.Length)  {}
func (textReader) SetColor(color.Color)                {}
func (textReader) Rotate(float64)                      {}
func (textReader) Translate(vg.Point)                  {}
func (textReader) Scale(float64, float64)              {}
func (textReader) Push()                               {}
func (textReader) Pop()                                {}
func (textReader) Stroke(vg.Path)                      {}
func (textReader) Fill(vg.Path)                        {}
func (textReader) DrawImage(vg.Rectangle, image.Image) {}

// FillString takes in a text.
func (r textReader) FillString(f font.Face, _ vg.Point, s string) { r.used.Add(styleOf(f.Font), s) }
