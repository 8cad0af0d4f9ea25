package page

import (
	"image"
	"image/color"
	"math"
	"strings"
	"testing"

	"gonum.org/v1/plot/vg"
)

func TestEnlarge(t *testing.T) {
	img := image.NewRGBA(image.Rect(5, 5, 8, 7)) // 3×2 pixels, not at the origin
	img.SetRGBA(7, 6, color.RGBA{1, 2, 3, 255})
	got := enlarge(img)
	if size := got.Bounds().Size(); size != (image.Point{900, 600}) {
		t.Fatalf("size %v, want 900×600", size)
	}
	for _, p := range []image.Point{{600, 300}, {899, 599}} {
		if c := got.At(p.X, p.Y); c != (color.RGBA{1, 2, 3, 255}) {
			t.Errorf("pixel %v is %v", p, c)
		}
	}
	if c := got.At(599, 300); c == (color.RGBA{1, 2, 3, 255}) {
		t.Error("the last pixel has spread to the left")
	}
	if big := image.NewGray(image.Rect(0, 0, 900, 1)); enlarge(big) != image.Image(big) {
		t.Error("a picture that is large enough was enlarged")
	}
}

// pictureSize keeps pictures within the text and the page.
func TestPictureSize(t *testing.T) {
	p := newTestPDF(t)
	tests := []struct {
		name  string
		items []Picture
		large bool
	}{
		{"none", nil, false},
		{"three of one size", []Picture{{W: 274, H: 274}, {W: 274, H: 274}, {W: 274, H: 274}}, false},
		{"different sizes", []Picture{{W: 10, H: 400}, {W: 800, H: 20}}, false},
		{"one tall", []Picture{{W: 10, H: 8000}}, true},
		{"one wide", []Picture{{W: 8000, H: 10}}, true},
		{"two large", []Picture{{W: 300, H: 300}, {W: 300, H: 900}}, true},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			scale, h := p.pictureSize(Pictures{Items: tt.items, Large: tt.large, Caption: "words"})
			if h > bottom-marginTop {
				t.Errorf("%v points high, more than a page", h)
			}
			var sum, widest float64
			for _, it := range tt.items {
				w := scale * float64(it.W)
				sum, widest = sum+w+pictureGap, max(widest, w)
			}
			if !tt.large {
				widest = sum - pictureGap
			}
			if widest > textW+1e-9 {
				t.Errorf("%v points wide, more than the text", widest)
			}
		})
	}
}

// Large pictures give way and grow, within the page and the text; others do not.
func TestPicturesFlex(t *testing.T) {
	p := newTestPDF(t)
	large := Pictures{Items: []Picture{somePicture(t, "a", 274, 274, 1)}, Large: true, Caption: "words"}
	f, err := p.pictures(large)
	if err != nil {
		t.Fatal(err)
	}
	_, h := p.pictureSize(large)
	if c := f.pieces[0]; c.shrink <= 0 || c.grow <= 0 || c.h+c.grow > body || height(f.pieces) != h || (1+mostShare)*largeShare > 1 {
		t.Errorf("%v high, shrinks by %v, grows by %v", c.h, c.shrink, c.grow)
	}
	large.Large = false
	if f, err = p.pictures(large); err != nil || f.pieces[0].shrink != 0 || f.pieces[0].grow != 0 {
		t.Errorf("a small picture changes its size, %v", err)
	}
}

// The arc is drawn as Bézier curves whose ends lie on it and whose middle is
// off by less than 0.03 % of the radius.
func TestArc(t *testing.T) {
	const r = 100.0
	k := 4.0 / 3 * math.Tan(math.Pi/8)
	// The middle of the first quarter of a circle, by de Casteljau's formula.
	x := (1 + 3 + 3*k) / 8 * r
	if d := math.Abs(math.Hypot(x, x) - r); d > 0.0003*r {
		t.Errorf("the middle is off by %v", d)
	}
	p := newTestPDF(t)
	p.doc.SetCompression(false)
	c := newCanvas(p, 100, 700)
	var path vg.Path
	path.Move(pt(2, 0))
	path.Arc(pt(0, 0), vg.Points(2), 0, 2*math.Pi)
	path.Close()
	c.Fill(path)
	var b strings.Builder
	if err := p.doc.Output(&b); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(b.String(), " c\n"); n != 4 {
		t.Errorf("a circle is %d curves, want 4 quarters", n)
	}
	// Its leftmost point in page coordinates: 100-2, 841.89-700.
	if !strings.Contains(b.String(), " 98.00") || !strings.Contains(b.String(), " 141.89") {
		t.Error("the circle does not pass its leftmost point")
	}
}

// Each image of a document gets another width in pixels, and none is cut.
func TestImageWidths(t *testing.T) {
	p := newTestPDF(t)
	for range 3 {
		p.image(image.NewGray(image.Rect(0, 0, 10, 10)), 0, 0, 50, 50)
	}
	if len(p.widths) != 3 || !p.widths[10] || !p.widths[11] || !p.widths[12] {
		t.Errorf("widths %v, want 10, 11 and 12", p.widths)
	}
	if err := p.doc.Error(); err != nil {
		t.Error(err)
	}
}
