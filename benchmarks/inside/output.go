package inside

import (
	"errors"
	"path/filepath"
	"strings"

	"repbench/benchmarks"
	"repbench/internal/errkind"
	"repbench/internal/outputs"
)

// ErrName is wrapped by errors about the name of a file to be written; a command reports them as
// wrong usage.
var ErrName = errors.New("the name of an output")

// Output names what a figure writes. The zero value writes nothing.
type Output struct {
	// PNG is the picture, FILE.png. Further pictures are FILE-NAME.png; an animation is FILE.webp;
	// scores and settings are FILE.json. "": none of them is written.
	PNG string
	// Array is a NumPy file of the images; "": none.
	Array string
	// Record is the records.jsonl to which the result is added; "": none.
	Record string
}

// beside is the file beside the picture with another end: beside("-a.png") of "walk.png" is
// "walk-a.png".
func (o Output) beside(end string) string { return strings.TrimSuffix(o.PNG, ".png") + end }

// Check says, before any work, why a file cannot be written: the figure reads it (r), two outputs
// name it, or it is a part of something else. more are the ends of further files beside the picture
// (".webp", "-controls.png"), others are further outputs.
func (o Output) Check(r outputs.Reads, others []outputs.File, more ...string) error {
	files := []outputs.File{{Flag: "--npy", Path: o.Array}}
	if o.PNG != "" {
		if filepath.Ext(o.PNG) != ".png" || filepath.Base(o.PNG) == ".png" {
			return errkind.Errorf(ErrName, "--out %s: give a name that ends in .png", o.PNG)
		}
		for _, end := range append([]string{".png", ".json"}, more...) {
			files = append(files, outputs.File{Flag: "--out", Path: o.beside(end)})
		}
	}
	return benchmarks.CheckFiles(r, outputs.File{Flag: "--record", Path: o.Record}, append(files, others...)...)
}
