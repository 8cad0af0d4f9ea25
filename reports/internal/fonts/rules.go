package fonts

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
)

// Family is the name of the fonts that Rules makes.
const Family = "Report Sans"

// Used is the text set in each style.
type Used map[Style]string

// Add takes in a text.
func (u Used) Add(s Style, text string) { u[s] += text }

// Rules are the @font-face rules of CSS for the text that is used, with the fonts
// inside as data: URIs, so that a page needs nothing else to show it. Only the glyphs
// of that text are in them. The same text gives the same bytes, in whatever order it
// was added.
func Rules(u Used) (string, error) {
	var b strings.Builder
	for _, s := range []Style{Regular, Bold, Italic} {
		if u[s] == "" {
			continue
		}
		runes := []rune(u[s])
		slices.Sort(runes)
		ttf, err := Of(s).subset(slices.Compact(runes))
		if err != nil {
			return "", fmt.Errorf("cut a font: %w", err)
		}
		weight, slant := 400, "normal"
		switch s {
		case Bold:
			weight = 700
		case Italic:
			slant = "italic"
		}
		fmt.Fprintf(&b, "@font-face { font-family: %q; font-weight: %d; font-style: %s; src: url(\"data:font/ttf;base64,%s\"); }\n",
			Family, weight, slant, base64.StdEncoding.EncodeToString(ttf))
	}
	return b.String(), nil
}
