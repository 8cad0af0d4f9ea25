package foreign

import (
	"slices"

	"github.com/go-text/typesetting/language"
	xbidi "golang.org/x/text/unicode/bidi"
)

// Point is a place in parts of the font size, upwards.
type Point struct{ X, Y float64 }

// Segment is a piece of an outline: the beginning of another contour, or a straight line
// (1 point), a quadratic (2) or a cubic (3) Bézier curve; its end is the last point.
type Segment struct {
	Move   bool
	Points []Point
}

// Run is a part of a line that one font sets.
type Run struct {
	// Text is the part. Of a plain run it is in the order in which it is seen.
	Text string
	// Plain is set when a built-in font sets the part. Other parts have Width and Outline.
	Plain bool
	// Width is the room that the part takes, in parts of the font size.
	Width float64
	// Outline begins at the origin and stands on the line y = 0.
	Outline []Segment
}

// Runs are the parts of a line of text from left to right. A line goes from left to right
// as a whole, whatever it begins with.
func (t *Setter) Runs(text string) []Run {
	if simple(text) {
		return []Run{{Text: text, Plain: true}}
	}
	if out, ok := t.runs[text]; ok {
		return out
	}
	runes := []rune(text)
	parts := t.parts(runes)
	order(parts)
	var out []Run
	for _, p := range parts {
		out = append(out, p.run(runes))
	}
	t.runs[text] = out
	return out
}

// simple texts go from left to right in a built-in font.
func simple(text string) bool {
	for _, r := range text {
		if r >= 0x300 && (r < 0x370 || r > 0x52F) && (r < 0x1E00 || r > 0x2BFF) {
			return false
		}
	}
	return true
}

// part is a part of a line with one font, one script and one direction.
type part struct {
	from, to int
	face     *face // nil for the built-in ones
	level    int
}

// parts are the parts of a line in the order in which they are written.
func (t *Setter) parts(runes []rune) []part {
	faces, levels := t.assign(runes), levels(runes)
	var out []part
	for at := 0; at < len(runes); {
		end := at + 1
		for end < len(runes) && faces[end] == faces[at] && levels[end] == levels[at] {
			end++
		}
		if faces[at] != nil {
			end = at + sameScript(runes[at:end])
		}
		out = append(out, part{at, end, faces[at], levels[at]})
		at = end
	}
	return out
}

// assign gives each character its font.
func (t *Setter) assign(runes []rune) []*face {
	out := make([]*face, len(runes))
	lacking := lacks(runes)
	for i := 0; i < len(runes); {
		end := i
		for end < len(runes) && lacking[end] {
			end++
		}
		if end == i {
			i++
			continue
		}
		for i < end {
			f, n := t.inUse(runes, i, end)
			for j := i; j < i+n; j++ {
				out[j] = f
			}
			i += n
		}
	}
	return out
}

// inUse is the font in use that draws the most of a part.
func (t *Setter) inUse(runes []rune, from, to int) (best *face, n int) {
	for _, f := range t.faces {
		if m := f.prefix(runes[from:to]); m > n && f.draws(runes, from, from+m) {
			best, n = f, m
		}
	}
	return best, max(n, 1)
}

// sameScript is the number of the runes from the first one on that are of one script.
func sameScript(runes []rune) int {
	var script language.Script
	for i, r := range runes {
		s := language.LookupScript(r)
		if general(s) {
			continue
		}
		if script != 0 && s != script {
			return i
		}
		script = s
	}
	return len(runes)
}

// order puts parts in the order in which they are seen: rule L2 of the Unicode
// bidirectional algorithm.
func order(parts []part) {
	most := 0
	for _, p := range parts {
		most = max(most, p.level)
	}
	for level := most; level > 0; level-- {
		for i := 0; i < len(parts); i++ {
			end := i
			for end < len(parts) && parts[end].level >= level {
				end++
			}
			slices.Reverse(parts[i:end])
			i = max(i, end-1)
		}
	}
}

// run sets a part.
func (p part) run(runes []rune) Run {
	rtl := p.level%2 == 1
	if p.face != nil {
		if r, ok := p.face.shape(runes, p.from, p.to, rtl); ok {
			return r
		}
	}
	text := string(runes[p.from:p.to])
	if rtl {
		text = xbidi.ReverseString(text)
	}
	return Run{Text: text, Plain: true}
}
