package inside

import (
	"errors"
	"fmt"
	"io/fs"
	"path/filepath"
	"strings"

	"repbench/benchmarks"
	"repbench/features/store"
	"repbench/internal/atomicfile"
	"repbench/internal/errkind"
	"repbench/internal/outputs"
	"repbench/reports/record"
	"repbench/train/runfolder"
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

// Check says, before any work, why a file cannot be written or would replace an input. more are
// the ends of further files beside the picture: ".webp", "-controls.png".
func (o Output) Check(inputs []string, more ...string) error {
	if o.PNG != "" {
		if filepath.Ext(o.PNG) != ".png" || filepath.Base(o.PNG) == ".png" {
			return errkind.Errorf(ErrName, "--out %s: give a name that ends in .png", o.PNG)
		}
		for _, end := range append([]string{".png", ".json"}, more...) {
			if err := free("--out", o.beside(end), append(inputs, o.Array, o.Record)); err != nil {
				return err
			}
		}
	}
	if o.Array != "" {
		if err := free("--npy", o.Array, append(inputs, o.Record)); err != nil {
			return err
		}
	}
	if o.Record == "" {
		return nil
	}
	if err := outputs.Replaces("--record", o.Record, inputs...); err != nil {
		return err
	}
	_, err := record.Read(o.Record)
	if err == nil || errors.Is(err, fs.ErrNotExist) {
		err = atomicfile.Writable(o.Record)
	}
	if err != nil {
		return fmt.Errorf("%w: %w; or name another file of records", benchmarks.ErrRecords, err)
	}
	return nil
}

// free says why a file cannot be written.
func free(flag, path string, inputs []string) error {
	if err := outputs.Replaces(flag, path, inputs...); err != nil {
		return err
	}
	if err := runfolder.Protects(flag, path); err != nil {
		return err
	}
	dir := filepath.Dir(path)
	if err := outputs.Belongs(flag, path, dir, "folder of features", store.Owns); err != nil && store.Is(dir) {
		return err
	}
	return atomicfile.Writable(path)
}
