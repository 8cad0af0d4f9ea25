package reports

import (
	"bytes"
	"compress/zlib"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/reports/internal/foreign/testfont"
)

// streams are the contents of the pages of a PDF.
func streams(pdf string) string {
	var out []byte
	for _, m := range pdfStream.FindAllSubmatch([]byte(pdf), -1) {
		if r, err := zlib.NewReader(bytes.NewReader(m[1])); err == nil {
			b, _ := io.ReadAll(r)
			out = append(out, b...)
		}
	}
	return string(out)
}

// Names that an installed font has are drawn in the PDF, where readers find them, in
// tables and figures; the PDF names the font, and what no font has keeps its stand-in.
func TestInstalledFonts(t *testing.T) {
	fonts := t.TempDir()
	testfont.Write(t, fonts, "Test-Sans.ttf", "猫類犬画像東京都立大学の")
	in := foreignInput(t)
	var pdfs []string
	for range 2 {
		dir := t.TempDir()
		if err := Write(in, dir, Options{Fonts: FontsIn(fonts)}); err != nil {
			t.Fatal(err)
		}
		pdfs = append(pdfs, readReport(t, dir, "report.pdf"))
	}
	if pdfs[0] != pdfs[1] {
		t.Error("the same input and fonts give other bytes")
	}
	pdf := pdfText(t, []byte(pdfs[0]))
	for _, want := range []string{"(Test-Sans.ttf)", "class 2 (U+0639 U+0631 …)", "class 3 (U+1F600)", "some characters of 3 class names. Code"} {
		if !strings.Contains(strings.ReplaceAll(pdf, "\n", " "), want) {
			t.Errorf("report.pdf does not say %q", want)
		}
	}
	if strings.Contains(pdf, "?") || strings.Contains(pdf, "U+985E") {
		t.Error("report.pdf has stand-ins for what the font has")
	}
	// 猫類 for readers to find: once in each of the two rows of names of each figure.
	if n := strings.Count(streams(pdfs[0]), "/ActualText <FEFF732B985E>"); n < 2*len(in.Records) {
		t.Errorf("猫類 is drawn %d times", n)
	}
	notes := Notes(in, FontsIn(fonts))
	if len(notes) != 1 || !strings.HasPrefix(notes[0], "report.pdf shows 3 class names as code points") ||
		!strings.Contains(notes[0], "on Debian and Ubuntu install fonts-noto-core and fonts-symbola, or name a folder of fonts by --fonts") {
		t.Errorf("notes %q", notes)
	}
	testfont.Write(t, fonts, "All-Sans.ttf", "عربي😀x\u0301")
	if notes := Notes(in, FontsIn(fonts)); notes != nil {
		t.Errorf("notes %q of names that all have fonts", notes)
	}
}

func TestPackages(t *testing.T) {
	for text, want := range map[string][]string{
		"猫한か": {"fonts-noto-cjk"}, "عहก": {"fonts-noto-core"}, "😀→": {"fonts-symbola"},
		"\ue000\ufffd": nil, "犬ع": {"fonts-noto-cjk", "fonts-noto-core"},
	} {
		slices.Sort(want)
		if got := packages([]rune(text)); !slices.Equal(got, want) {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// A font file that cannot be read is named where names are left without a font.
func TestDamagedFont(t *testing.T) {
	fonts := t.TempDir()
	b := testfont.Bytes(t, "猫")
	if err := os.WriteFile(filepath.Join(fonts, "cut.ttf"), b[:len(b)/2], 0o644); err != nil {
		t.Fatal(err)
	}
	notes := Notes(foreignInput(t), FontsIn(fonts))
	if len(notes) != 1 || !strings.Contains(notes[0], "(1 font file could not be used, the first: ") || !strings.Contains(notes[0], "cut.ttf: it is cut off") {
		t.Errorf("notes %q", notes)
	}
}
