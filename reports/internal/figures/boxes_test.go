package figures

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"testing"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// boxes is a canvas that remembers where text stands.
type boxes struct {
	a, b, c, d, e, f float64 // x' = a·x + c·y + e, y' = b·x + d·y + f
	stack            [][6]float64
	texts            []textBox
	images           int
}

// textBox is a text with the rectangle around it, in points.
type textBox struct {
	text           string
	x0, y0, x1, y1 float64
}

func (t textBox) String() string {
	return fmt.Sprintf("%q at %.1f,%.1f–%.1f,%.1f", t.text, t.x0, t.y0, t.x1, t.y1)
}

func (m *boxes) SetLineWidth(vg.Length)                     {}
func (m *boxes) SetLineDash([]vg.Length, vg.Length)         {}
func (m *boxes) SetColor(color.Color)                       {}
func (m *boxes) Stroke(vg.Path)                             {}
func (m *boxes) Fill(vg.Path)                               {}
func (m *boxes) DrawImage(rect vg.Rectangle, _ image.Image) { m.images++ }

func (m *boxes) Rotate(r float64) {
	sin, cos := math.Sincos(r)
	m.a, m.b, m.c, m.d = m.a*cos+m.c*sin, m.b*cos+m.d*sin, m.c*cos-m.a*sin, m.d*cos-m.b*sin
}

func (m *boxes) Translate(p vg.Point) { m.e, m.f = m.at(p.X.Points(), p.Y.Points()) }

func (m *boxes) Scale(x, y float64) {
	m.a, m.b, m.c, m.d = m.a*x, m.b*x, m.c*y, m.d*y
}

func (m *boxes) at(x, y float64) (float64, float64) {
	return m.a*x + m.c*y + m.e, m.b*x + m.d*y + m.f
}

func (m *boxes) Push() { m.stack = append(m.stack, [6]float64{m.a, m.b, m.c, m.d, m.e, m.f}) }

func (m *boxes) Pop() {
	s := m.stack[len(m.stack)-1]
	m.stack = m.stack[:len(m.stack)-1]
	m.a, m.b, m.c, m.d, m.e, m.f = s[0], s[1], s[2], s[3], s[4], s[5]
}

// FillString keeps the box from the baseline to the height of capitals, which
// is where collisions would be seen.
func (m *boxes) FillString(f font.Face, p vg.Point, s string) {
	w, h := f.Width(s).Points(), 0.72*f.Font.Size.Points()
	x0, y0 := m.at(p.X.Points(), p.Y.Points())
	x1, y1 := m.at(p.X.Points()+w, p.Y.Points()+h)
	m.texts = append(m.texts, textBox{s, min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)})
}

// texts draws the figure and returns its texts.
func texts(f Figure) []textBox {
	m := &boxes{a: 1, d: 1}
	f.Draw(m)
	return m.texts
}

// checkTexts fails for text outside the figure and for texts on one another.
func checkTexts(t *testing.T, f Figure) {
	t.Helper()
	ts := texts(f)
	const edge = 0.5 // points by which a box may pass the edge unseen
	for i, a := range ts {
		if a.x0 < -edge || a.y0 < -edge || a.x1 > f.W.Points()+edge || a.y1 > f.H.Points()+edge {
			t.Errorf("%v is outside the figure of %v×%v", a, f.W, f.H)
		}
		for _, b := range ts[:i] {
			if a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1 {
				t.Errorf("%v collides with %v", a, b)
			}
		}
	}
	if f.W > Width || f.H > MaxHeight {
		t.Errorf("the figure has %v×%v points; at most %v×%v fit a page", f.W, f.H, Width, MaxHeight)
	}
}

func TestBoxesFindsCollision(t *testing.T) {
	// The check itself: two texts at one place, and one beyond the edge.
	m := &boxes{a: 1, d: 1}
	face := label(normal, Ink)
	handler.Draw(m, "left", face, vg.Point{X: 10, Y: 10})
	handler.Draw(m, "left", face, vg.Point{X: 12, Y: 12})
	a, b := m.texts[0], m.texts[1]
	if !(a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1) {
		t.Errorf("%v and %v are not seen to collide", a, b)
	}
}
