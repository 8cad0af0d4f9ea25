// Package standin puts code points in the place of characters that the fonts of a PDF
// lack, in a copy of what is to be shown, so that everything that is made from the copy
// measures and draws the same text:
//
//	s := standin.New(fonts.Of(fonts.Regular).Shows, setter.Drawn)
//	in = standin.Copy(s, in)
//	for _, e := range s.Entries() { … } // e.Shown stands for e.Points
//
// A class is named by its number and code points, "class 3 (U+732B U+985E)"; other text
// keeps what can be shown, "folder:(U+732B U+985E)/train", and names long parts by
// numbers, "(text 1)". Different texts have different stand-ins.
package standin
