// Package foreign sets text in scripts that the built-in fonts lack, in fonts that are
// installed: it finds a font for each part of a text, shapes the part (Arabic and
// Devanagari letters take other forms beside one another), puts the parts in the order
// in which they are read (Hebrew and Arabic from right to left) and gives the outlines.
//
//	lib := foreign.Open(foreign.Folders())
//	t := lib.Setter()
//	for _, span := range t.Drawn("猫 cat") { … } // what an installed font draws: "猫"
//	for _, run := range t.Runs("猫 cat") { … }   // from left to right: outlines, then plain text
//	for _, f := range t.Used() { … }              // the fonts that were chosen
//
// The choice depends on the fonts and on the text alone: upright fonts of normal weight
// come first, then fonts whose name says "Sans", then by file name. Font files are
// outside files: files that are too large or damaged are left out.
package foreign
