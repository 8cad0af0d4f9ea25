package fonts_test

import (
	"fmt"
	"strings"

	"repbench/reports/internal/fonts"
)

// The width of a word, and the rules of a page that shows it.
func Example() {
	face := fonts.Of(fonts.Regular)
	w := face.Width("accuracy", 8.5) // points
	css, err := fonts.Rules(map[fonts.Style]string{fonts.Regular: "accuracy"})
	fmt.Printf("%.2f %v %d rule\n", w, err, strings.Count(css, "@font-face"))
	// Output: 34.01 <nil> 1 rule
}
