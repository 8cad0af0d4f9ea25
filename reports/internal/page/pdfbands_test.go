package page

import (
	"bytes"
	"image"
	"image/color"
	"image/draw"
	"image/png"
	"math"
	"slices"
	"strings"
	"testing"
)

// rowsPicture is a figure of some rows: a title, then for each row a heading of 20 pixels and images of
// 100 pixels with a caption close below, blank rows between.
func rowsPicture(rows int) *image.RGBA {
	img := image.NewRGBA(image.Rect(0, 0, 600, 60+rows*160))
	draw.Draw(img, img.Bounds(), image.White, image.Point{}, draw.Src)
	ink := func(y, h int) {
		draw.Draw(img, image.Rect(20, y, 500, y+h), image.NewUniform(color.Black), image.Point{}, draw.Src)
	}
	ink(4, 48)
	for i := range rows {
		y := 60 + i*160
		ink(y, 20)
		ink(y+28, 100)
		ink(y+28+100+blankRows-1, 10)
	}
	return img
}

func TestBands(t *testing.T) {
	got := bands(rowsPicture(3))
	want := []image.Rectangle{image.Rect(0, 0, 600, 220), image.Rect(0, 220, 600, 380), image.Rect(0, 380, 600, 540)}
	if !slices.Equal(got, want) {
		t.Errorf("%v, want %v: the title and headings stay with their row, captions with their images", got, want)
	}
	for _, size := range []image.Point{{1, 1}, {300, 900}} {
		flat := image.NewGray(image.Rectangle{Max: size})
		if got := bands(flat); len(got) != 1 || got[0] != flat.Bounds() {
			t.Errorf("a flat picture of %v: %v", size, got)
		}
	}
}

// wordsPicture is a block of one picture with words.
func wordsPicture(t *testing.T, img image.Image) Pictures {
	t.Helper()
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		t.Fatal(err)
	}
	return Pictures{Items: []Picture{{Name: "w", Label: "w.png", PNG: b.Bytes(), W: img.Bounds().Dx(), H: img.Bounds().Dy()}}, Large: true, Words: true, Caption: "words"}
}

// Pictures with words are as wide as the text; one that has no row at which it could be cut fits a page.
func TestPicturesWithWords(t *testing.T) {
	p := newTestPDF(t)
	solid := image.NewGray(image.Rect(0, 0, 300, 900))
	draw.Draw(solid, image.Rect(0, 0, 150, 900), image.White, image.Point{}, draw.Src)
	for name, img := range map[string]image.Image{"rows": rowsPicture(20), "solid": solid} {
		b := wordsPicture(t, img)
		f, err := p.pictures(b)
		if err != nil {
			t.Fatal(err)
		}
		scale := f.pieces[0].h / float64(bands(img)[0].Dy())
		if wide := scale * float64(img.Bounds().Dx()); name == "rows" && math.Abs(wide-textW) > 1e-9 || wide > textW+1e-9 {
			t.Errorf("%s: %v of %v points wide", name, wide, textW)
		}
		if f.movable || height(f.pieces) > body && name == "solid" || f.pieces[0].shrink > 0.16*f.pieces[0].h {
			t.Errorf("%s: movable %v, %v of %v points high", name, f.movable, height(f.pieces), body)
		}
	}
}

// A section with a picture begins on the page on which the picture begins, wherever the page before ends,
// and the settings stay below the picture. A cut picture takes no more pages than it needs.
func TestPicturesOpenTheirSection(t *testing.T) {
	facts := Facts{Caption: "settings"}
	for range 20 {
		facts.Items = append(facts.Items, Fact{"key", "value"})
	}
	for _, rows := range []int{2, 12} {
		for _, lines := range []int{0, 21, 42} {
			d := after(lines)
			d.Sections = append(d.Sections, Section{ID: "v", Title: "Figure", Blocks: []Block{
				Tiles{{Label: "score", Value: "1"}}, Text("Words of the figure."), wordsPicture(t, rowsPicture(rows)), facts}})
			leaves, err := Leaves(d)
			if err != nil {
				t.Fatal(err)
			}
			found := 0
			for _, l := range leaves {
				all := strings.Join(l.Blocks, " ")
				if strings.Contains(all, "tiles text pictures") {
					found++
				}
				if strings.Contains(all, "facts pictures") {
					t.Errorf("%d rows after %d lines: settings before the picture", rows, lines)
				}
			}
			if want := map[int]int{2: 3, 12: 5}[rows]; found != 1 || len(leaves) > want {
				t.Errorf("%d rows after %d lines: %d pages, %+v", rows, lines, len(leaves), leaves)
			}
		}
	}
}
