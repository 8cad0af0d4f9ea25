package sheet

import (
	"image"
	"image/color"
	"strings"
	"testing"

	"repbench/datasets"
)

// one is an image of one colour.
func one(h, w int, px ...uint8) datasets.Images {
	im := datasets.Images{N: 1, H: h, W: w, C: len(px)}
	for range h * w {
		im.Data = append(im.Data, px...)
	}
	return im
}

func pairRow(heading string, marked bool) PairRow {
	red, blue := one(32, 32, 200, 0, 0), one(32, 32, 0, 0, 200)
	return PairRow{Heading: heading, Text: []string{"image 17", "p 0.0005"},
		Cells: []PairCell{{Image: red}, {Image: blue, Caption: []string{"row 3", "moved"}, Marked: marked}}}
}

func TestDrawPairs(t *testing.T) {
	img, err := DrawPairs([]PairRow{pairRow("first", true), pairRow("", false)}, PairOptions{Title: "pairs", Note: []string{"of two"}, Heads: []string{"generated", "nearest"}})
	if err != nil {
		t.Fatal(err)
	}
	// 32 pixels three times as large, two columns: text, image, wide gap, image.
	if w := img.Bounds().Dx(); w != pairMargin+pairText+96+pairWide+96+pairMargin {
		t.Errorf("width %d", w)
	}
	top := pairMargin + pairHead + pairLine + pairLine + pairBelow + pairHead + pairBelow // of the first row's images
	left, right := pairMargin+pairText, pairMargin+pairText+96+pairWide
	for p, want := range map[image.Point]color.RGBA{
		{left, top}:           {200, 0, 0, 255},
		{left + 95, top + 95}: {200, 0, 0, 255},
		{right, top}:          {0, 0, 200, 255},
		{right - 3, top - 3}:  markedColour,
		{left - 3, top - 3}:   {255, 255, 255, 255},
	} {
		if got := img.At(p.X, p.Y); got != want {
			t.Errorf("pixel %v is %v, want %v", p, got, want)
		}
	}
	for line := range 2 {
		if y := top + 96 + line*pairLine; !isReddish(img, image.Rect(right, y+4, right+96, y+pairLine+4)) {
			t.Errorf("line %d of the caption of a marked image has another colour than the frame", line)
		}
	}
	second := top + 96 + 2*pairLine + 2*pairBelow
	if got := img.At(right, second); got != (color.RGBA{0, 0, 200, 255}) {
		t.Errorf("the second row's image begins with %v", got)
	}
	if got := img.At(right-3, second-3); got != (color.RGBA{255, 255, 255, 255}) {
		t.Errorf("an image that is not marked has a frame of %v", got)
	}
}

// Text that is too long for its place does not run into the images.
func TestDrawPairsLongText(t *testing.T) {
	r := pairRow("", false)
	r.Text = []string{strings.Repeat("W", 100)}
	img, err := DrawPairs([]PairRow{r}, PairOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for y := range img.Bounds().Dy() {
		if got := img.At(pairMargin+pairText-2, y); got != (color.RGBA{255, 255, 255, 255}) {
			t.Fatalf("line %d: text beside the image: %v", y, got)
		}
	}
}

func TestDrawPairsErrors(t *testing.T) {
	other := pairRow("", false)
	other.Cells[1].Image = one(16, 16, 1, 2, 3)
	two := pairRow("", false)
	two.Cells[0].Image = flat(2, 32, 32, 3)
	for want, rows := range map[string][]PairRow{
		"no rows":            nil,
		"row 0: no images":   {{}},
		"16×16×3":            {other},
		"2 images in one":    {two},
		"row 1: image 0: no": {pairRow("", false), {Cells: []PairCell{{}}}},
	} {
		if _, err := DrawPairs(rows, PairOptions{}); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := DrawPairs([]PairRow{pairRow("", false)}, PairOptions{Scale: 1 << 12}); err == nil || !strings.Contains(err.Error(), "at most") {
		t.Errorf("a sheet that is too large: %v", err)
	}
}

// isReddish reports whether a pixel of img in r has clearly more red than blue, as letters of the
// frame's colour have and grey ones have not.
func isReddish(img image.Image, r image.Rectangle) bool {
	for y := r.Min.Y; y < r.Max.Y; y++ {
		for x := r.Min.X; x < r.Max.X; x++ {
			if c := img.At(x, y).(color.RGBA); int(c.R) > int(c.B)+40 {
				return true
			}
		}
	}
	return false
}
