// Package fonts holds the faces that reports are set in, measures text in them and
// cuts the small fonts out of them that web pages and SVG files carry.
//
//	face := fonts.Of(fonts.Regular)
//	w := face.Width("accuracy", 8.5) // points
//	css, err := fonts.Rules(map[fonts.Style]string{fonts.Regular: "accuracy"})
//
// The faces are Liberation Sans, built into the program, so that text is shown with
// the widths it was measured with, whatever the reader's machine has.
package fonts
