package foreign

import (
	"slices"
	"strings"
	"unicode"

	"repbench/reports/internal/fonts"
)

// Font is a font that was chosen.
type Font struct{ Name, File string }

// Setter sets the text of one document. Each text that is to be set goes through Drawn
// first; then the fonts that it may be set in are known.
type Setter struct {
	lib    *Library
	faces  []*face // the faces in use, in the order in which they were chosen
	chosen map[string]bool
	runes  map[rune]bool
	runs   map[string][]Run
}

// Setter is a setter for a new document. That of a nil library has no fonts.
func (l *Library) Setter() *Setter {
	if l == nil {
		l = Open(nil)
	}
	return &Setter{lib: l, chosen: map[string]bool{}, runes: map[rune]bool{}, runs: map[string][]Run{}}
}

// Used are the fonts that were chosen.
func (t *Setter) Used() []Font {
	var out []Font
	for _, f := range t.faces {
		out = append(out, Font{f.name, f.path})
	}
	return out
}

// Draws reports whether a character is part of a text that an installed font draws.
func (t *Setter) Draws(r rune) bool { return t.runes[r] }

// Drawn are the parts of a text, as places of bytes, that an installed font draws. Parts
// that the built-in fonts lack and no installed font has are not among them.
func (t *Setter) Drawn(text string) (out [][2]int) {
	runes := []rune(text)
	lacking := lacks(runes)
	for i := 0; i < len(runes); {
		if !lacking[i] {
			i++
			continue
		}
		end := i + 1
		for end < len(runes) && lacking[end] {
			end++
		}
		if t.choose(runes[i:end]) {
			from := len(string(runes[:i]))
			out = append(out, [2]int{from, from + len(string(runes[i:end]))})
		}
		i = end
	}
	return out
}

// lacks says which characters of a text the built-in fonts cannot show. A mark that is
// lacking takes the letters and marks that it stands between along, so that one font
// shows all of the word.
func lacks(runes []rune) []bool {
	out := make([]bool, len(runes))
	letter := func(i int) bool { return unicode.IsLetter(runes[i]) || unicode.Is(unicode.M, runes[i]) }
	for i, r := range runes {
		switch {
		case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Co, r), ignorable(r):
		case unicode.Is(unicode.M, r):
			for j := i; j >= 0 && letter(j); j-- {
				out[j] = true
			}
			for j := i; j < len(runes) && letter(j); j++ {
				out[j] = true
			}
		default:
			out[i] = out[i] || !fonts.Of(fonts.Regular).Shows(r)
		}
	}
	for i, r := range runes { // what joins two of them belongs to them
		out[i] = out[i] || ignorable(r) && i > 0 && out[i-1]
	}
	return out
}

// choose finds fonts for a part of a text that the built-in fonts lack.
func (t *Setter) choose(part []rune) bool {
	key := string(part)
	if ok, known := t.chosen[key]; known {
		return ok
	}
	picked := slices.Clone(t.faces)
	for at := 0; at < len(part); {
		f, n := t.pick(picked, part, at)
		if f == nil {
			t.chosen[key] = false
			return false
		}
		if !slices.Contains(picked, f) {
			picked = append(picked, f)
		}
		at += n
	}
	t.faces, t.chosen[key] = picked, true
	clear(t.runs)
	for _, r := range part {
		t.runes[r] = true
	}
	return true
}

// pick is the font that draws a part from a place on, and how much of it: a font in use
// that draws all of it, else the first font that does, else the first of the fonts that
// draw the most.
func (t *Setter) pick(inUse []*face, part []rune, at int) (*face, int) {
	rest := part[at:]
	for _, f := range inUse {
		if f.prefix(rest) == len(rest) && f.draws(part, at, len(part)) {
			return f, len(rest)
		}
	}
	var best *face
	most := 0
	for _, e := range t.lib.fonts() {
		if most == len(rest) {
			break
		}
		if e.bad || e.cmap != nil && e.prefix(rest) <= most {
			continue
		}
		f := t.face(inUse, e)
		if f == nil {
			continue
		}
		if n := f.prefix(rest); n > most && f.draws(part, at, at+n) {
			best, most = f, n
		}
	}
	return best, most
}

// face is the font of an entry, read once for all of its uses.
func (t *Setter) face(inUse []*face, e *entry) *face {
	if i := slices.IndexFunc(inUse, func(f *face) bool { return f.entry == e }); i >= 0 {
		return inUse[i]
	}
	return t.lib.load(e)
}

// draws reports whether the font draws a part as outlines.
func (f *face) draws(text []rune, from, to int) bool {
	for from < to {
		n := sameScript(text[from:to])
		if strings.TrimSpace(string(text[from:from+n])) != "" {
			if _, ok := f.shape(text, from, from+n, false); !ok {
				return false
			}
		}
		from += n
	}
	return true
}
