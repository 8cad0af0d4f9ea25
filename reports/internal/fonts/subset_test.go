package fonts

import (
	"bytes"
	"testing"

	xfont "golang.org/x/image/font"
	"golang.org/x/image/font/sfnt"
	"golang.org/x/image/math/fixed"
)

// A subset shows its characters with the outlines and widths of the whole font; é is
// a composite glyph.
func TestSubset(t *testing.T) {
	const text = "accuracy 95.3 % – é Ǻ × Ж α"
	for _, style := range []Style{Regular, Bold, Italic} {
		f := Of(style)
		ttf, err := f.subset([]rune(text))
		if err != nil {
			t.Fatal(err)
		}
		if len(ttf) > 12_000 {
			t.Errorf("the subset has %d bytes, the whole font %d", len(ttf), len(f.TTF))
		}
		small, err := sfnt.Parse(ttf)
		if err != nil {
			t.Fatal(err)
		}
		em := fixed.Int26_6(f.em)
		var a, b sfnt.Buffer
		for _, r := range text {
			i, _ := f.Glyph(r)
			j, err := small.GlyphIndex(&b, r)
			if err != nil || j == 0 {
				t.Fatalf("%q has no glyph, %v", r, err)
			}
			w, _ := f.font.GlyphAdvance(&a, i, em, xfont.HintingNone)
			v, err := small.GlyphAdvance(&b, j, em, xfont.HintingNone)
			if err != nil || w != v {
				t.Errorf("%q is %v wide, want %v; %v", r, v, w, err)
			}
			want, err := f.font.LoadGlyph(&a, i, em, nil)
			if err != nil {
				t.Fatal(err)
			}
			got, err := small.LoadGlyph(&b, j, em, nil)
			if err != nil || len(got) != len(want) {
				t.Fatalf("%q has %d segments, want %d; %v", r, len(got), len(want), err)
			}
			for k := range got {
				if got[k] != want[k] {
					t.Fatalf("%q: segment %d is %v, want %v", r, k, got[k], want[k])
				}
			}
		}
		if j, _ := small.GlyphIndex(&b, 'Q'); j != 0 {
			t.Error("the subset holds a character that was not asked for")
		}
	}
}

// The order in which text is added does not matter, and what the face lacks is left out.
func TestRulesSameBytes(t *testing.T) {
	a, err := Rules(Used{Regular: "abc猫😀", Bold: "x"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := Rules(Used{Bold: "xx", Regular: "cabbac"})
	if err != nil || a != b {
		t.Errorf("%v; the rules differ", err)
	}
	if none, err := Rules(Used{}); none != "" || err != nil {
		t.Errorf("no text gives %q, %v", none, err)
	}
}

func TestSubsetOfDamagedFont(t *testing.T) {
	whole := Of(Regular)
	for _, n := range []int{0, 11, 12, 40, 1000, 20_000, len(whole.TTF) / 2} {
		f := *whole
		f.TTF = bytes.Clone(whole.TTF[:n])
		if _, err := f.subset([]rune("abc")); err == nil {
			t.Errorf("a font cut off after %d bytes is taken", n)
		}
	}
}

func TestWidth(t *testing.T) {
	// Widths of Liberation Sans in units of 2048: A 1366, V 1366, space 569; no kerning.
	if got, want := Of(Regular).Width("A V", 2048), 1366.0+569+1366; got != want {
		t.Errorf("%v, want %v", got, want)
	}
	for s, want := range map[string]float64{"猫類": 2, "e\u0301": 0.55615, "한": 1, "😀": 1.3, "عر": 1.3} {
		if got := Of(Regular).Width(s, 1); got < want-1e-3 || got > want+1e-3 {
			t.Errorf("%q: %v, want %v", s, got, want)
		}
	}
}
