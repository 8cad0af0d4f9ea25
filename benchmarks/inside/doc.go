// Package inside is what the commands that look inside a network do besides the figure itself:
// check what is going to be written, write pictures, arrays and JSON beside one another, and store
// the record with the hashes of its pictures.
//
//	out := inside.Output{PNG: "walk.png", Record: "records.jsonl"}
//	err := out.Check(reads, nil, ".webp") // before any work
//	w := inside.Writer{Output: out, Result: result}
//	err = w.Picture("", img, "A walk.")   // walk.png
//	err = w.Animation(frames, options)    // walk.webp
//	err = w.Close(subject)                // walk.json, and the record
package inside
