package standin

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// Entry is a stand-in whose text it does not spell out itself.
type Entry struct {
	// Shown is the stand-in.
	Shown string
	// Points are the code points that it stands for, "U+732B U+985E", where a text has
	// characters that can be shown these themselves.
	Points string
}

// Set is the stand-ins of one document.
type Set struct {
	shows   func(rune) bool
	drawn   func(string) [][2]int
	entries []Entry
	known   map[Entry]bool
	texts   map[string]string // stand-ins of long parts
	changed map[string]bool   // texts other than the names of classes
	classes int
	missing map[rune]bool
}

// New is an empty set for fonts that show these characters. Drawn gives the parts of a
// text, as places of bytes, that are shown although these fonts lack some of their
// characters; they have no stand-ins. It may be nil.
func New(shows func(rune) bool, drawn func(string) [][2]int) *Set {
	if drawn == nil {
		drawn = func(string) [][2]int { return nil }
	}
	return &Set{shows: shows, drawn: drawn, known: map[Entry]bool{}, texts: map[string]string{}, changed: map[string]bool{}, missing: map[rune]bool{}}
}

// Entries are the stand-ins of classes and of long parts of texts, in the order in which
// they were met.
func (s *Set) Entries() []Entry { return s.entries }

// Classes is the number of different names of classes that have stand-ins.
func (s *Set) Classes() int { return s.classes }

// Texts is the number of texts other than the names of classes that have stand-ins.
func (s *Set) Texts() int { return len(s.changed) }

// Missing are the characters that stand-ins were needed for, in the order of their numbers.
func (s *Set) Missing() []rune { return slices.Sorted(maps.Keys(s.missing)) }

// add takes in an entry; false means that it is there already.
func (s *Set) add(e Entry) bool {
	if s.known[e] {
		return false
	}
	s.known[e] = true
	s.entries = append(s.entries, e)
	return true
}

// lacks reports whether a character cannot be shown. Accents that do not go together
// with their letter into one character cannot, for the fonts would put them elsewhere.
func (s *Set) lacks(r rune) bool {
	switch {
	case unicode.IsSpace(r), unicode.IsControl(r), unicode.Is(unicode.Cf, r):
		return false // it takes no room or is a space
	case unicode.Is(unicode.M, r), unicode.Is(unicode.Co, r):
		return true
	}
	return !s.shows(r)
}

// composed is a text with each letter and its accents as one character where there is
// one, and without the marks that choose between the forms of a picture.
func composed(t string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Variation_Selector, r) {
			return -1
		}
		return r
	}, norm.NFC.String(strings.ToValidUTF8(t, "�")))
}

// mostPoints is the number of code points that stand in the middle of a text.
const mostPoints = 4

// Text is a text with stand-ins for the parts that cannot be shown.
func (s *Set) Text(t string) string {
	c := composed(t)
	if !s.misses(c) {
		return c
	}
	s.changed[t] = true
	return s.parts(c, func(part string) string {
		if len([]rune(part)) <= mostPoints {
			return "(" + points(part) + ")"
		}
		if s.texts[part] == "" {
			s.texts[part] = fmt.Sprintf("(text %d)", len(s.texts)+1)
			s.add(Entry{s.texts[part], points(part)})
		}
		return s.texts[part]
	})
}

// misses reports whether a text has parts that cannot be shown.
func (s *Set) misses(t string) (some bool) {
	s.parts(t, func(p string) string {
		some = true
		return p
	})
	return some
}

// parts replaces the longest parts that cannot be shown.
func (s *Set) parts(t string, replace func(string) string) string {
	var b strings.Builder
	at := 0
	for _, d := range s.drawn(t) {
		b.WriteString(s.replaced(t[at:d[0]], replace) + t[d[0]:d[1]])
		at = d[1]
	}
	return b.String() + s.replaced(t[at:], replace)
}

// replaced replaces the longest parts of a text that cannot be shown, spaces inside them
// included.
func (s *Set) replaced(t string, replace func(string) string) string {
	var b strings.Builder
	for t != "" {
		from := strings.IndexFunc(t, s.lacks)
		if from < 0 {
			break
		}
		b.WriteString(t[:from])
		t = t[from:]
		end := strings.IndexFunc(t, func(r rune) bool { return !s.lacks(r) && !unicode.IsSpace(r) })
		if end < 0 {
			end = len(t)
		}
		end = len(strings.TrimRightFunc(t[:end], unicode.IsSpace))
		for _, r := range t[:end] {
			if s.lacks(r) {
				s.missing[r] = true
			}
		}
		b.WriteString(replace(t[:end]))
		t = t[end:]
	}
	return b.String() + t
}

// Names are the names of classes, numbered from 0, with stand-ins for names that cannot
// be shown, and for names that would look the same.
func (s *Set) Names(names []string) []string {
	if names == nil {
		return nil
	}
	alike := map[string]int{}
	for _, n := range names {
		alike[visible(n)]++
	}
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = composed(n)
		if n == "" || alike[visible(n)] < 2 && !s.misses(out[i]) {
			continue
		}
		spelled := out[i]
		if alike[visible(n)] > 1 {
			spelled = n // the name as it is written tells it from the others
		}
		e := Entry{fmt.Sprintf("class %d (%s)", i, s.short(spelled)), s.spelled(spelled, alike[visible(n)] > 1)}
		if s.add(e) {
			s.classes++
		}
		out[i] = e.Shown
	}
	return out
}

// visible is what a reader sees of a name.
func visible(n string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, composed(n))
}

// spelled is a name with code points for what cannot be shown, or for all of it.
func (s *Set) spelled(n string, all bool) string {
	if all {
		return points(n)
	}
	return strings.Join(strings.Fields(s.parts(n, func(p string) string { return " " + points(p) + " " })), " ")
}

// mostShort is the number of characters of a name inside the stand-in of a class: two
// code points fit.
const mostShort = 15

// short is spelled, cut so that it fits into figures.
func (s *Set) short(n string) string {
	all := s.spelled(n, false)
	r := []rune(all)
	if len(r) <= mostShort {
		return all
	}
	head := string(r[:mostShort-2])
	if r[mostShort-2] != ' ' { // inside a code point
		head = cmp.Or(head[:max(0, strings.LastIndex(head, " "))], head)
	}
	return head + " …"
}

// points are the code points of a text: "U+732B U+985E".
func points(t string) string {
	var out []string
	for _, r := range t {
		out = append(out, fmt.Sprintf("U+%04X", r))
	}
	return strings.Join(out, " ")
}
