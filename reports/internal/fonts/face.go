package fonts

import (
	"fmt"
	"sync"
	"unicode"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansitalic"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// Style is a face of the one family that reports are set in.
type Style int

const (
	// Regular is upright and of normal weight.
	Regular Style = iota
	// Bold is upright and heavy.
	Bold
	// Italic is slanted and of normal weight.
	Italic
)

// Face is a built-in face. It is safe for use by several goroutines at once.
type Face struct {
	// TTF is the font file.
	TTF  []byte
	font *sfnt.Font
	em   int // units a font size
}

// faces are parsed once; they are constants of the program.
var faces = sync.OnceValue(func() map[Style]*Face {
	out := map[Style]*Face{}
	for style, ttf := range map[Style][]byte{
		Regular: liberationsansregular.TTF, Bold: liberationsansbold.TTF, Italic: liberationsansitalic.TTF,
	} {
		f, err := sfnt.Parse(ttf)
		if err != nil {
			panic(fmt.Sprintf("fonts: the built-in font is damaged: %v", err))
		}
		out[style] = &Face{TTF: ttf, font: f, em: int(f.UnitsPerEm())}
	}
	return out
})

// Of is the face of a style.
func Of(s Style) *Face { return faces()[s] }

// Glyph is the face's glyph of a character; false means that it has none.
func (f *Face) Glyph(r rune) (sfnt.GlyphIndex, bool) {
	var buf sfnt.Buffer
	i, err := f.font.GlyphIndex(&buf, r)
	return i, err == nil && i != 0
}

// Has reports whether the face shows a character.
func (f *Face) Has(r rune) bool {
	_, ok := f.Glyph(r)
	return ok
}

// Shows reports whether a PDF shows a character in the face: the face has it, and its
// number has 16 bits, which is what the PDF library writes.
func (f *Face) Shows(r rune) bool { return r <= 0xFFFF && f.Has(r) }

// advance is the width of a character in the face's units, without kerning.
func (f *Face) advance(r rune) (int, bool) {
	i, ok := f.Glyph(r)
	if !ok {
		return 0, false
	}
	var buf sfnt.Buffer
	a, err := f.font.GlyphAdvance(&buf, i, fixed.Int26_6(f.em), xfont.HintingNone)
	return int(a), err == nil
}

// Width is the width of a text of the given size, in the unit of size, without kerning. A
// character that the face lacks counts as wide as others usually are in fonts that
// have it; figures hold it to that width where they can.
func (f *Face) Width(s string, size float64) float64 {
	var units float64
	for _, r := range s {
		if a, ok := f.advance(r); ok {
			units += float64(a)
		} else {
			units += foreignWidth(r) * float64(f.em)
		}
	}
	return units / float64(f.em) * size
}

// foreignWidth is the usual width of a character of other scripts, as a part of the
// font size.
func foreignWidth(r rune) float64 {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf, unicode.Cc):
		return 0
	case r >= 0x1F000: // emoji
		return 1.3
	case r >= 0x1100 && r < 0x1200, r >= 0x2E80 && r < 0xA4D0, r >= 0xAC00 && r < 0xD7B0, r >= 0xF900 && r < 0xFB00, r >= 0xFE30 && r < 0xFE70, r >= 0xFF00 && r < 0xFFE7:
		return 1 // Hangul, Han, Kana and other square scripts
	}
	return 0.65
}
