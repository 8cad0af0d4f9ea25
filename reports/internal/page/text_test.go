package page

import (
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"repbench/reports/internal/foreign"
)

func newTestPDF(t *testing.T) *pdf {
	t.Helper()
	p, err := newPDF(Document{Title: "test"})
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWrap(t *testing.T) {
	p := newTestPDF(t)
	style := bodyStyle
	texts := []string{
		"", " ", "word", "several words of different lengths, wrapped",
		strings.Repeat("a", 500), "short " + strings.Repeat("0f", 64) + " end", "path/to/some-file_name.with,many:parts;in=it/" + strings.Repeat("x/", 80),
		"naïve café – “quoted” … 4×4 ± ≤",
	}
	for _, s := range texts {
		for _, w := range []float64{12, 40, 100, 480} {
			lines := p.wrap(s, style, w)
			for _, l := range lines {
				if p.width(l, style) > w && utf8.RuneCountInString(l) > 1 {
					t.Errorf("line %q is wider than %v", l, w)
				}
			}
			// Nothing is lost and nothing is added but line ends.
			want := strings.ReplaceAll(s, " ", "")
			if got := strings.ReplaceAll(strings.Join(lines, ""), " ", ""); got != want {
				t.Errorf("%q became %q", want, got)
			}
		}
	}
}

// A number stays on one line with its unit where both fit.
func TestWrapKeepsUnits(t *testing.T) {
	p := newTestPDF(t)
	w := p.width("the accuracy is 43.85", bodyStyle) + 0.1
	if got, want := p.wrap("the accuracy is 43.85 % here", bodyStyle, w), []string{"the accuracy is", "43.85 % here"}; !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
}

func TestSplitPrefersSeparators(t *testing.T) {
	p := newTestPDF(t)
	word := "runs/svhn32-cifar10"
	w := p.width("runs/svhn32-cif", bodyStyle)
	if head, tail := p.split(word, bodyStyle, w); head != "runs/svhn32-" || tail != "cifar10" {
		t.Errorf("split into %q and %q", head, tail)
	}
	if head, _ := p.split("abc", bodyStyle, 0); head != "a" {
		t.Errorf("without room the first character stands alone, not %q", head)
	}
}

func TestFit(t *testing.T) {
	p := newTestPDF(t)
	for _, w := range []float64{5, 30, 100} {
		got := p.fit("a title that is too long for its place", bodyStyle, w)
		if p.width(got, bodyStyle) > w && got != "…" {
			t.Errorf("%q is wider than %v", got, w)
		}
	}
	if got := p.fit("fits", bodyStyle, 100); got != "fits" {
		t.Errorf("a text that fits became %q", got)
	}
}

func TestGlyphs(t *testing.T) {
	g, err := newGlyphs(foreign.Open(nil).Setter())
	if err != nil {
		t.Fatal(err)
	}
	tests := []struct{ name, in, want string }{
		{"plain", "a b", "a b"},
		{"Latin and Greek and Cyrillic", "é Δ ж", "é Δ ж"},
		{"symbols of the reports", "± × – … “”", "± × – … “”"},
		{"white space", "a\tb\nc\u00a0d", "a b c d"},
		{"control and direction characters are dropped", "a\x00\u202eb\u200d", "ab"},
		{"no glyph", "界", "?"},
		{"beyond 16 bits", "😀", "?"},
		{"not UTF-8", "a\xff\xfeb", "a?b"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := g.text(tt.in); got != tt.want {
				t.Errorf("%q becomes %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// Two runes of one glyph would make the library's subset of the font depend on
// the order of a map.
func TestGlyphsOneRuneEach(t *testing.T) {
	g, err := newGlyphs(foreign.Open(nil).Setter())
	if err != nil {
		t.Fatal(err)
	}
	seen := map[uint16]rune{}
	for r := rune(' '); r < 0x3000; r++ {
		for _, out := range g.text(string(r)) {
			i, err := g.font.GlyphIndex(&g.buf, out)
			if err != nil {
				t.Fatal(err)
			}
			if was, ok := seen[uint16(i)]; ok && was != out {
				t.Fatalf("glyph %d is written as %q and as %q", i, was, out)
			}
			seen[uint16(i)] = out
		}
	}
	if len(seen) < 200 {
		t.Errorf("only %d glyphs", len(seen))
	}
}

func TestEscape(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"plain", "plain text, 4×4 (69.74 %)", "plain text, 4×4 (69.74 %)"},
		{"table cell", "a|b", `a\|b`},
		{"markup", "*a* _b_ `c` [d](e) ~f~", "\\*a\\* \\_b\\_ \\`c\\` \\[d\\](e) \\~f\\~"},
		{"HTML", "<b>&amp;", "&lt;b&gt;&amp;amp;"},
		{"line breaks", "a\n\n# b\r\nc", "a # b c"},
		{"heading", "# a", `\# a`},
		{"list", "- a", `\- a`},
		{"numbered list", "1. a", `1\. a`},
		{"number", "1.5 a", "1.5 a"},
		{"rule", "---", `\---`},
		{"backslash", `a\|b`, `a\\\|b`},
		{"empty", "  ", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := escape(tt.in); got != tt.want {
				t.Errorf("%q becomes %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

func TestFirstSentence(t *testing.T) {
	for in, want := range map[string]string{"One. Two.": "One", "One 4.5 two.": "One 4.5 two", "": ""} {
		if got := firstSentence(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}

func TestShare(t *testing.T) {
	tests := []struct {
		name  string
		total float64
		asked [][]float64
		gets  []float64
	}{
		{"room to spare is spread", 100, [][]float64{{20, 40}, {10, 10}}, []float64{40, 60}},
		{"exact", 60, [][]float64{{20, 40}, {10, 10}}, []float64{20, 40}},
		{"wide ones give way", 50, [][]float64{{20, 100}, {20, 20}}, []float64{20, 30}},
		{"words stay whole", 70, [][]float64{{20, 100}, {20, 40}, {10, 10}}, []float64{20, 50}},
		{"words give way", 40, [][]float64{{20, 100}, {20, 40}, {10, 10}}, []float64{15, 25}},
		{"all give way in proportion", 30, [][]float64{{20, 100}, {20, 40}}, []float64{10, 20}},
		{"no column", 30, [][]float64{nil, nil}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := share(tt.total, tt.asked...); !slices.Equal(got, tt.gets) {
				t.Errorf("%v, want %v", got, tt.gets)
			}
		})
	}
}
