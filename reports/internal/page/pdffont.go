package page

import (
	"fmt"
	"strings"
	"unicode"

	"codeberg.org/go-fonts/liberation/liberationsansbold"
	"codeberg.org/go-fonts/liberation/liberationsansitalic"
	"codeberg.org/go-fonts/liberation/liberationsansregular"
	"codeberg.org/go-pdf/fpdf"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/text/unicode/norm"

	"repbench/reports/internal/foreign"
)

// family is the name of the one font family inside the PDF library.
const family = "sans"

// fontStyle is the library's name of a face.
type fontStyle string

const (
	regular fontStyle = ""
	bold    fontStyle = "B"
	italic  fontStyle = "I"
)

// addFonts embeds the faces; only the glyphs that are used get into the file.
func addFonts(doc *fpdf.Fpdf) {
	doc.AddUTF8FontFromBytes(family, string(regular), liberationsansregular.TTF)
	doc.AddUTF8FontFromBytes(family, string(bold), liberationsansbold.TTF)
	doc.AddUTF8FontFromBytes(family, string(italic), liberationsansitalic.TTF)
}

// glyphs makes text fit for the PDF's font.
type glyphs struct {
	font   *sfnt.Font
	buf    sfnt.Buffer
	setter *foreign.Setter
	// seen holds what each rune met so far is written as, first the rune that
	// was met first for each glyph: the library's subset of a font depends on
	// map order when two runes share a glyph.
	seen  map[rune]rune
	first map[sfnt.GlyphIndex]rune
}

func newGlyphs(setter *foreign.Setter) (*glyphs, error) {
	f, err := sfnt.Parse(liberationsansregular.TTF)
	if err != nil {
		return nil, fmt.Errorf("read the built-in font: %w", err)
	}
	g := &glyphs{font: f, setter: setter, seen: map[rune]rune{}, first: map[sfnt.GlyphIndex]rune{}}
	for r := rune(' '); r < 0x7f; r++ {
		g.rune(r)
	}
	return g, nil
}

// text replaces what the font cannot show: white space by a space, a rune
// without a glyph (or beyond the 16 bits that the library writes), and an accent
// that is not one character with its letter, by "?" where no installed font draws it,
// and bytes that are not UTF-8 by one "?" a run. Callers that take text from outside put a stand-in there first.
func (g *glyphs) text(s string) string {
	return strings.Map(g.rune, norm.NFC.String(strings.ToValidUTF8(s, "?")))
}

func (g *glyphs) rune(r rune) rune {
	if out, ok := g.seen[r]; ok {
		return out
	}
	out := g.lookup(r)
	g.seen[r] = out
	return out
}

// has reports whether the PDF's font has a character, other than a mark.
func (g *glyphs) has(r rune) bool {
	i, err := g.font.GlyphIndex(&g.buf, r)
	return err == nil && i != 0 && !unicode.Is(unicode.M, r)
}

func (g *glyphs) lookup(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case g.setter.Draws(r) && (r > 0xFFFF || !g.has(r)):
		return r
	case unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r):
		return -1 // dropped: it has no width of its own
	case r > 0xFFFF, unicode.Is(unicode.M, r):
		return '?'
	}
	i, err := g.font.GlyphIndex(&g.buf, r)
	if err != nil || i == 0 {
		return '?'
	}
	if f, ok := g.first[i]; ok {
		return f
	}
	g.first[i] = r
	return r
}
