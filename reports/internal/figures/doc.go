// Package figures draws the pictures of a report: plain numbers in, a vector
// drawing of a known size out. It knows nothing of records or of pages.
//
// A Figure is drawn on any gonum/plot canvas, so that the same code makes the
// SVG of the web page and the vectors of the PDF:
//
//	f := figures.Bars([]figures.Row{{Label: "conv1", Value: 0.61, Lo: 0.60, Hi: 0.62}}, figures.BarsOptions{})
//	svg, err := figures.SVG(f, figures.Inline, "Accuracy of each layer")
//
// Values that are shares (accuracies, probabilities) are fractions in [0, 1]
// and drawn as percent. A NaN means "not known" and is left out. Colours come
// from one palette that can be told apart with any colour vision; in an inline
// SVG they are CSS variables, so that the page decides between light and dark.
package figures
