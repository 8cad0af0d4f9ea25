package foreign

import (
	"strings"

	"github.com/go-text/typesetting/bidi"
	xbidi "golang.org/x/text/unicode/bidi"
)

// levels are the levels of characters by the Unicode bidirectional algorithm, in a line
// that goes from left to right and has no formatting characters: 0 and 2 from left to
// right, 2 of numbers inside text from right to left, which has 1. An arrow counts as
// Latin, because what stands on its left is to stay there.
func levels(runes []rune) []int {
	var p bidi.Paragraph
	runs := p.SegmentString(strings.ReplaceAll(string(runes), "→", "a"), bidi.LeftToRight)
	out := make([]int, len(runes))
	for i := range runs.NumRuns() {
		run := runs.Run(i)
		if !run.IsLeftToRight() {
			for j := run.Start; j < run.End; j++ {
				out[j] = int(run.Level)
			}
			continue
		}
		// The library puts what has level 0 and 2 into one run, with the level of its
		// first character.
		for j := run.Start; j < run.End; {
			n := 0
			if c := class(runes[j]); c == xbidi.AN || run.Level == 2 && j == run.Start {
				n = number(runes[j:run.End])
			}
			for k := range n {
				out[j+k] = 2
			}
			j += max(n, 1)
		}
	}
	return out
}

// class is the class of a character in the bidirectional algorithm.
func class(r rune) xbidi.Class {
	p, _ := xbidi.LookupRune(r)
	return p.Class()
}

// number is the length of the number that begins with the first character, with the
// separators inside it.
func number(runes []rune) int {
	n := 1
	for n < len(runes) {
		switch c := class(runes[n]); {
		case c == xbidi.AN, c == xbidi.EN, c == xbidi.NSM, c == xbidi.ET && class(runes[n-1]) != xbidi.AN:
			n++
		case (c == xbidi.CS || c == xbidi.ES) && n+1 < len(runes) && class(runes[n+1]) == class(runes[n-1]):
			n += 2
		default:
			return n
		}
	}
	return n
}
