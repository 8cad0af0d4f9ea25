package sheet

import (
	"image"
	"image/color"
	"image/draw"
	"strings"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"golang.org/x/image/font"
	"golang.org/x/image/font/opentype"
	"golang.org/x/image/math/fixed"
)

// Colours of sheets with text.
var (
	inkColour    = color.RGBA{0x22, 0x22, 0x22, 255}
	greyColour   = color.RGBA{0x6a, 0x6a, 0x6a, 255}
	ruleColour   = color.RGBA{0xc8, 0xc8, 0xc8, 255}
	markedColour = color.RGBA{0xb3, 0x3a, 0x00, 255}
)

// Sizes of text in pixels.
const (
	titleSize   = 17
	headingSize = 14
	textSize    = 11.5
)

// pen writes on a white picture.
type pen struct {
	on                  *image.RGBA
	title, bold, normal font.Face
}

// newPen is a pen on a new picture.
func newPen(w, h int) (pen, error) {
	p := pen{on: image.NewRGBA(image.Rect(0, 0, w, h))}
	for _, f := range []struct {
		face *font.Face
		ttf  []byte
		size float64
	}{
		{&p.title, liberationsansbold.TTF, titleSize},
		{&p.bold, liberationsansbold.TTF, headingSize},
		{&p.normal, liberationsansregular.TTF, textSize},
	} {
		parsed, err := opentype.Parse(f.ttf)
		if err != nil {
			return p, err
		}
		if *f.face, err = opentype.NewFace(parsed, &opentype.FaceOptions{Size: f.size, DPI: 72, Hinting: font.HintingFull}); err != nil {
			return p, err
		}
	}
	draw.Draw(p.on, p.on.Bounds(), image.White, image.Point{}, draw.Src)
	return p, nil
}

// text writes a line whose letters stand on y; what is wider than width pixels ends in "…".
func (p pen) text(face font.Face, x, y, width int, line string, c color.Color) {
	d := font.Drawer{Dst: p.on, Src: image.NewUniform(c), Face: face, Dot: fixed.P(x, y)}
	letters := []rune(line)
	for len(letters) > 1 && d.MeasureString(line).Ceil() > width {
		letters = letters[:len(letters)-1]
		line = string(letters) + "…"
	}
	d.DrawString(line)
}

// wrapped breaks a text between words into lines of at most width pixels; a longer word is broken
// between letters. No text is no line.
func (p pen) wrapped(face font.Face, text string, width int) []string {
	fits := func(s string) bool { return font.MeasureString(face, s).Ceil() <= width }
	var lines []string
	line := ""
	for _, word := range strings.Fields(text) {
		joined := strings.TrimSpace(line + " " + word)
		if fits(joined) {
			line = joined
			continue
		}
		if line != "" {
			lines = append(lines, line)
		}
		for line = word; !fits(line); {
			letters := []rune(line)
			n := len(letters) - 1
			for n > 1 && !fits(string(letters[:n])) {
				n--
			}
			if n < 1 {
				break // one letter wider than the place
			}
			lines, line = append(lines, string(letters[:n])), string(letters[n:])
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}
