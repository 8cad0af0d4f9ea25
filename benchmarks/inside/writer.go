package inside

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"image"
	"image/png"
	"path/filepath"

	"repbench/datasets"
	"repbench/internal/atomicfile"
	"repbench/internal/jsonfile"
	"repbench/internal/npy"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/sheet"
)

// Writer writes the files of a figure and notes them in its result.
type Writer struct {
	Output
	// Result is the figure's; its Files and Pictures are filled in here.
	Result *vis.Result
}

// Picture writes a picture, FILE.png, or FILE-NAME.png where it has a name. The caption says what
// is seen.
func (w *Writer) Picture(name string, img image.Image, caption string) error {
	if w.PNG == "" {
		return nil
	}
	path := w.PNG
	if name != "" {
		path = w.beside("-" + name + ".png")
	}
	var b bytes.Buffer
	if err := png.Encode(&b, img); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if err := atomicfile.WriteFile(path, b.Bytes(), 0o644); err != nil {
		return err
	}
	sum := sha256.Sum256(b.Bytes())
	w.Result.Files = append(w.Result.Files, path)
	w.Result.Pictures = append(w.Result.Pictures, vis.Picture{Path: path, SHA256: hex.EncodeToString(sum[:]), Caption: caption})
	return nil
}

// Animation writes an animation, FILE.webp.
func (w *Writer) Animation(im datasets.Images, o sheet.AnimationOptions) error {
	if w.PNG == "" {
		return nil
	}
	path := w.beside(".webp")
	if err := sheet.WriteAnimation(path, im, o); err != nil {
		return err
	}
	w.Result.Files = append(w.Result.Files, path)
	return nil
}

// Images writes images as the array, N×H×W×C float32.
func (w *Writer) Images(im dcgan.Images) error {
	if w.Array == "" {
		return nil
	}
	if err := npy.Write(w.Array, []int{im.N, im.H, im.W, im.C}, im.Data); err != nil {
		return err
	}
	w.Result.Files = append(w.Result.Files, w.Array)
	return nil
}

// Close writes FILE.json and the record of a figure of a subject, in which files are named from
// the folder that the JSON or the file of records lies in.
func (w *Writer) Close(s Subject) error {
	if w.PNG != "" {
		path := w.beside(".json")
		w.Result.Files = append(w.Result.Files, path)
		if err := jsonfile.Write(path, from(w.Result, path)); err != nil {
			return err
		}
	}
	if w.Record == "" {
		return nil
	}
	return s.store(w.Record, from(w.Result, w.Record))
}

// from is the result with its files named from the folder of the file at path.
func from(r *vis.Result, path string) *vis.Result {
	out := *r
	dir := filepath.Dir(path)
	rel := func(file string) string {
		a, errA := filepath.Abs(dir)
		b, errB := filepath.Abs(file)
		if name, err := filepath.Rel(a, b); errA == nil && errB == nil && err == nil {
			return filepath.ToSlash(name)
		}
		return file
	}
	out.Files, out.Pictures = make([]string, len(r.Files)), nil
	for i, f := range r.Files {
		out.Files[i] = rel(f)
	}
	for _, p := range r.Pictures {
		p.Path = rel(p.Path)
		out.Pictures = append(out.Pictures, p)
	}
	return &out
}
