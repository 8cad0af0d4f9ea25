package reports

import (
	"fmt"
	"path/filepath"
	"slices"
	"strings"
	"unicode"

	"repbench/reports/internal/foreign"
	"repbench/reports/internal/format"
)

// Fonts are fonts outside the program, which draw in the PDF what its own fonts lack. nil
// is none of them. They are read when a name needs them.
type Fonts struct{ lib *foreign.Library }

// SystemFonts are the fonts that are installed on this machine.
func SystemFonts() *Fonts { return &Fonts{foreign.Open(foreign.Folders())} }

// FontsIn are the fonts in a folder and in its subfolders.
func FontsIn(folder string) *Fonts { return &Fonts{foreign.Open([]string{folder})} }

// library is the library of f, nil if f is nil.
func (f *Fonts) library() *foreign.Library {
	if f == nil {
		return nil
	}
	return f.lib
}

// usedFonts names the fonts that draw parts of a PDF, "" for none.
func usedFonts(t *foreign.Setter) string {
	var parts []string
	for _, f := range t.Used() {
		parts = append(parts, fmt.Sprintf("%s (%s)", format.Text(f.Name, 60), format.Text(filepath.Base(f.File), 60)))
	}
	return and(parts)
}

// and joins words: "a, b and c".
func and(words []string) string {
	n := len(words)
	if n < 2 {
		return strings.Join(words, "")
	}
	return strings.Join(words[:n-1], ", ") + " and " + words[n-1]
}

// packages are Debian's packages of fonts that have these characters.
func packages(missing []rune) []string {
	var out []string
	for _, r := range missing {
		name := "fonts-noto-core"
		switch {
		case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul, unicode.Bopomofo):
			name = "fonts-noto-cjk"
		case unicode.Is(unicode.Co, r), r == unicode.ReplacementChar:
			continue // no font has it
		case unicode.Is(unicode.S, r):
			name = "fonts-symbola"
		}
		if !slices.Contains(out, name) {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// remedy says where fonts for stand-ins come from, "" where there is nothing to do.
func (p inPDF) remedy(f *Fonts) string {
	if f == nil {
		return ""
	}
	names := packages(p.standIns.Missing())
	if len(names) == 0 {
		return ""
	}
	out := ". No font that was found has them; on Debian and Ubuntu install " + and(names) + ", or name a folder of fonts by --fonts"
	if s := f.lib.Skipped(); len(s) > 0 {
		out += fmt.Sprintf(" (%s could not be used, the first: %s)", format.Plural(len(s), "font file"), s[0])
	}
	return out
}
