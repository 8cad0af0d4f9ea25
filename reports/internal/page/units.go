package page

import (
	"fmt"
	"regexp"
	"strings"
)

// amount is a number and its unit with a space between them. Parts of paths are none:
// there a slash stands right before the number's word or right behind the unit's.
var amount = regexp.MustCompile(`((?:^|\s)[^\s/\\]*[0-9]) (%|s|ms|min|h|B|KiB|MiB|GiB|TiB|kB|MB|GB|TB|px)($|[\s.,;:!?()\[\]–…])`)

// noBreak is the space at which no line ends.
const noBreak = "\u00a0"

// bound is a text whose numbers stay on one line with their units.
func bound(s any) string {
	out := amount.ReplaceAllString(fmt.Sprint(s), "$1"+noBreak+"$2$3")
	return amount.ReplaceAllString(out, "$1"+noBreak+"$2$3") // the amounts right behind others
}

// inHTML is a text whose numbers stay with their units, and in which what stands on the
// left of an arrow stays there: between two names from right to left a browser would
// turn the names around and not the arrow.
func inHTML(s any) string { return strings.ReplaceAll(bound(s), "→", "→\u200e") }
