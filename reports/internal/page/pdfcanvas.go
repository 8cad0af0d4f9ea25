package page

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"

	"codeberg.org/go-pdf/fpdf"
	xfont "golang.org/x/image/font"
	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"

	"repbench/reports/internal/figures"
	"repbench/reports/internal/fonts"
)

// canvas draws a figure into a rectangle of the current page. Coordinates are
// points with the origin at the figure's lower left corner; the transformation
// is applied here and not by the PDF, whose graphics state the library would
// lose track of.
type canvas struct {
	p     *pdf
	state state
	stack []state
}

var (
	_ vg.Canvas        = (*canvas)(nil)
	_ figures.Measurer = (*canvas)(nil)
)

// state is what Push saves.
type state struct {
	// x' = a·x + c·y + e, y' = b·x + d·y + f, in page points, y downwards.
	a, b, c, d, e, f float64
	width            vg.Length
	dashes           []vg.Length
	offset           vg.Length
	colour           color.Color
}

// newCanvas is a canvas whose origin is at (x, y) of the page, y downwards.
func newCanvas(p *pdf, x, y float64) *canvas {
	c := &canvas{p: p, state: state{a: 1, d: -1, e: x, f: y, colour: color.Black}}
	vg.Initialize(c)
	return c
}

func (c *canvas) SetLineWidth(w vg.Length)                  { c.state.width = w }
func (c *canvas) SetLineDash(d []vg.Length, offs vg.Length) { c.state.dashes, c.state.offset = d, offs }
func (c *canvas) SetColor(col color.Color)                  { c.state.colour = col }
func (c *canvas) Push()                                     { c.stack = append(c.stack, c.state) }

// Pop restores what the last Push saved.
func (c *canvas) Pop() {
	c.state = c.stack[len(c.stack)-1]
	c.stack = c.stack[:len(c.stack)-1]
}

// Rotate turns the following drawing by r radians, counter-clockwise.
func (c *canvas) Rotate(r float64) {
	sin, cos := math.Sincos(r)
	s := c.state
	c.state.a, c.state.b = s.a*cos+s.c*sin, s.b*cos+s.d*sin
	c.state.c, c.state.d = s.c*cos-s.a*sin, s.d*cos-s.b*sin
}

// Translate moves the origin to pt.
func (c *canvas) Translate(pt vg.Point) {
	c.state.e, c.state.f = c.at(pt)
}

// Scale stretches the following drawing.
func (c *canvas) Scale(x, y float64) {
	c.state.a, c.state.b = c.state.a*x, c.state.b*x
	c.state.c, c.state.d = c.state.c*y, c.state.d*y
}

// at is pt on the page.
func (c *canvas) at(pt vg.Point) (x, y float64) {
	s, px, py := c.state, pt.X.Points(), pt.Y.Points()
	return s.a*px + s.c*py + s.e, s.b*px + s.d*py + s.f
}

// scale is how much the drawing is stretched; it is the same in all directions.
func (c *canvas) scale() float64 { return math.Hypot(c.state.a, c.state.b) }

// Stroke draws the outline of a path.
func (c *canvas) Stroke(p vg.Path) {
	if c.state.width <= 0 {
		return
	}
	doc := c.p.doc
	doc.SetLineWidth(c.state.width.Points() * c.scale())
	dashes := make([]float64, len(c.state.dashes))
	for i, d := range c.state.dashes {
		dashes[i] = d.Points() * c.scale()
	}
	doc.SetDashPattern(dashes, c.state.offset.Points()*c.scale())
	c.colours()
	c.path(p, "D")
	c.plain()
}

// Fill fills a path.
func (c *canvas) Fill(p vg.Path) {
	c.colours()
	c.path(p, "F")
	c.plain()
}

// colours sets all colours of the page to the current one.
func (c *canvas) colours() {
	n := color.NRGBAModel.Convert(c.state.colour).(color.NRGBA)
	r, g, b := int(n.R), int(n.G), int(n.B)
	c.p.doc.SetDrawColor(r, g, b)
	c.p.doc.SetFillColor(r, g, b)
	c.p.doc.SetTextColor(r, g, b)
	if n.A != 255 {
		c.p.doc.SetAlpha(float64(n.A)/255, "Normal")
	}
}

// plain undoes what would show in the text after the figure.
func (c *canvas) plain() {
	if a, _ := c.p.doc.GetAlpha(); a != 1 {
		c.p.doc.SetAlpha(1, "Normal")
	}
	c.p.doc.SetDashPattern(nil, 0)
}

// path writes the components of a path and paints it.
func (c *canvas) path(p vg.Path, paint string) {
	doc := c.p.doc
	for _, comp := range p {
		switch comp.Type {
		case vg.MoveComp:
			doc.MoveTo(c.at(comp.Pos))
		case vg.LineComp:
			doc.LineTo(c.at(comp.Pos))
		case vg.ArcComp:
			c.arc(comp)
		case vg.CurveComp:
			c.curve(comp)
		case vg.CloseComp:
			doc.ClosePath()
		}
	}
	doc.DrawPath(paint)
}

func (c *canvas) curve(comp vg.PathComp) {
	x, y := c.at(comp.Pos)
	switch len(comp.Control) {
	case 1:
		cx, cy := c.at(comp.Control[0])
		c.p.doc.CurveTo(cx, cy, x, y)
	case 2:
		ax, ay := c.at(comp.Control[0])
		bx, by := c.at(comp.Control[1])
		c.p.doc.CurveBezierCubicTo(ax, ay, bx, by, x, y)
	}
}

// arc writes an arc as cubic Bézier curves of at most a quarter turn, each with
// control points at 4/3·tan(θ/4) along its tangents; the error is below 0.03 %
// of the radius.
func (c *canvas) arc(comp vg.PathComp) {
	n := max(1, int(math.Ceil(math.Abs(comp.Angle)/(math.Pi/2)-1e-9)))
	step := comp.Angle / float64(n)
	k := 4.0 / 3 * math.Tan(step/4)
	on := func(t, tangent float64) (x, y float64) {
		sin, cos := math.Sincos(t)
		return c.at(vg.Point{
			X: comp.Pos.X + comp.Radius*vg.Length(cos-tangent*sin),
			Y: comp.Pos.Y + comp.Radius*vg.Length(sin+tangent*cos),
		})
	}
	c.p.doc.LineTo(on(comp.Start, 0))
	for i := range n {
		t0 := comp.Start + float64(i)*step
		ax, ay := on(t0, k)
		bx, by := on(t0+step, -k)
		x, y := on(t0+step, 0)
		c.p.doc.CurveBezierCubicTo(ax, ay, bx, by, x, y)
	}
}

// FillString writes text with its baseline's start at pt.
func (c *canvas) FillString(f font.Face, pt vg.Point, s string) {
	face, _ := faceOf(f)
	c.p.font(face, f.Font.Size.Points()*c.scale())
	c.colours()
	defer c.plain()
	x, y := c.at(pt)
	s = c.p.glyphs.text(s)
	size := f.Font.Size.Points() * c.scale()
	squeeze := c.squeeze(f, s, size)
	if c.state.b == 0 {
		c.p.line(s, size, x, y, squeeze)
		return
	}
	c.p.doc.TransformBegin()
	c.p.doc.TransformRotate(math.Atan2(-c.state.b, c.state.a)*180/math.Pi, x, y)
	c.p.line(s, size, x, y, squeeze)
	c.p.doc.TransformEnd()
}

// faceOf is the PDF's face of a font and the one that the figure was laid out with.
func faceOf(f font.Face) (fontStyle, fonts.Style) {
	if f.Font.Weight >= xfont.WeightBold {
		return bold, fonts.Bold
	}
	return regular, fonts.Regular
}

// squeeze is the factor by which the outlines in a text are narrower than usual, so that
// it takes no more room than the figure was laid out for.
func (c *canvas) squeeze(f font.Face, s string, size float64) float64 {
	_, style := faceOf(f)
	plain, drawn := c.p.measure(s, size)
	room := fonts.Of(style).Width(s, size) - plain
	if drawn <= room || drawn == 0 {
		return 1
	}
	return max(0.1, room/drawn)
}

// TextWidth is the room that FillString gives a text.
func (c *canvas) TextWidth(f font.Face, s string) vg.Length {
	face, _ := faceOf(f)
	size := f.Font.Size.Points()
	c.p.font(face, size)
	s = c.p.glyphs.text(s)
	plain, drawn := c.p.measure(s, size)
	return vg.Points(plain + c.squeeze(f, s, size)*drawn)
}

// DrawImage draws img over r, upright.
func (c *canvas) DrawImage(r vg.Rectangle, img image.Image) {
	x, y := c.at(vg.Point{X: r.Min.X, Y: r.Max.Y})
	size := r.Size()
	c.p.image(img, x, y, size.X.Points(), size.Y.Points())
}

// image draws img at (x, y), its upper left corner, in a box of w×h points,
// over white. Each image of the document gets another width in pixels, by white
// columns on its right outside the box's share: the library orders images of
// the same width by a map's order, and the bytes of the file would differ from
// run to run.
func (p *pdf) image(img image.Image, x, y, w, h float64) {
	b := img.Bounds()
	pixels := b.Dx()
	for p.widths[pixels] {
		pixels++
	}
	p.widths[pixels] = true
	flat := image.NewRGBA(image.Rect(0, 0, pixels, b.Dy()))
	draw.Draw(flat, flat.Bounds(), image.White, image.Point{}, draw.Src)
	draw.Draw(flat, image.Rect(0, 0, b.Dx(), b.Dy()), img, b.Min, draw.Over)
	var buf bytes.Buffer
	if err := png.Encode(&buf, flat); err != nil {
		p.doc.SetError(fmt.Errorf("encode picture: %w", err))
		return
	}
	o := fpdf.ImageOptions{ImageType: "PNG"}
	name := fmt.Sprintf("w%d", pixels)
	p.doc.RegisterImageOptionsReader(name, o, &buf)
	p.doc.ImageOptions(name, x, y, w*float64(pixels)/float64(b.Dx()), h, false, o, 0, "")
}
