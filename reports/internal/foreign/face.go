package foreign

import (
	"fmt"
	"unicode"

	"github.com/go-text/typesetting/di"
	"github.com/go-text/typesetting/font"
	"github.com/go-text/typesetting/font/opentype"
	"github.com/go-text/typesetting/language"
	"github.com/go-text/typesetting/shaping"
	"golang.org/x/image/math/fixed"
)

// face is an installed font that was chosen.
type face struct {
	*entry
	font *font.Face
	em   float64 // units a font size
}

// load reads the font whole; nil means that it cannot be used.
func (l *Library) load(e *entry) *face {
	var out *face
	err := withLoaders(e.path, func(lds []*opentype.Loader) error {
		if e.index >= len(lds) {
			return fmt.Errorf("the file was changed")
		}
		f, err := font.NewFont(lds[e.index])
		if err != nil {
			return err
		}
		if f.Cmap == nil || f.Upem() == 0 {
			return fmt.Errorf("the font has no characters")
		}
		e.cmap = f.Cmap
		out = &face{entry: e, font: font.NewFace(f), em: float64(f.Upem())}
		out.font.SetVariations([]font.Variation{{Tag: opentype.MustNewTag("wght"), Value: 400}})
		return nil
	})
	if err != nil {
		e.bad = true
		l.skip(e.path, err)
		return nil
	}
	return out
}

// prefix is the number of the runes from the first one on that the font has; a rune goes
// with the marks behind it. Runes that take no room count as there.
func (e *entry) prefix(runes []rune) int {
	n := 0
	for i, r := range runes {
		if _, ok := e.cmap.Lookup(r); !ok && !ignorable(r) {
			break
		}
		if i+1 == len(runes) || !unicode.Is(unicode.M, runes[i+1]) {
			n = i + 1
		}
	}
	return n
}

// ignorable are characters that choose forms and take no room.
func ignorable(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Variation_Selector, r)
}

// shape is the glyphs of a part of a text whose characters are of one script; false
// means that the font cannot draw them as outlines.
func (f *face) shape(text []rune, from, to int, rtl bool) (out Run, ok bool) {
	defer func() {
		if recover() != nil { // a damaged font
			out, ok = Run{}, false
		}
	}()
	in := shaping.Input{
		Text: text, RunStart: from, RunEnd: to, Direction: di.DirectionLTR,
		Face: f.font, Size: fixed.I(int(f.em)), Script: scriptOf(text[from:to]),
	}
	if rtl {
		in.Direction = di.DirectionRTL
	}
	var shaper shaping.HarfbuzzShaper
	got := shaper.Shape(in)
	out = Run{Text: string(text[from:to]), Width: float64(got.Advance) / 64 / f.em}
	x, drawn := 0.0, false
	for _, g := range got.Glyphs {
		at := Point{x + float64(g.XOffset)/64/f.em, float64(g.YOffset) / 64 / f.em}
		x += float64(g.Advance) / 64 / f.em
		if g.GlyphID == font.EmptyGlyph {
			continue
		}
		outline, has := f.font.GlyphDataOutline(g.GlyphID)
		if g.GlyphID == 0 || !has {
			return Run{}, false
		}
		drawn = drawn || len(outline.Segments) > 0
		out.Outline = f.add(out.Outline, outline, at)
	}
	return out, drawn
}

// add puts the outline of a glyph at a point.
func (f *face) add(to []Segment, g font.GlyphOutline, at Point) []Segment {
	for _, s := range g.Segments {
		args := s.ArgsSlice()
		seg := Segment{Points: make([]Point, len(args))}
		seg.Move = s.Op == opentype.SegmentOpMoveTo
		for i, p := range args {
			seg.Points[i] = Point{at.X + float64(p.X)/f.em, at.Y + float64(p.Y)/f.em}
		}
		to = append(to, seg)
	}
	return to
}

// scriptOf is the script of the first character that has one of its own.
func scriptOf(runes []rune) language.Script {
	for _, r := range runes {
		if s := language.LookupScript(r); !general(s) {
			return s
		}
	}
	return language.Common
}

// general are the scripts of characters that go with any other.
func general(s language.Script) bool {
	return s == language.Common || s == language.Inherited || s == language.Unknown
}
