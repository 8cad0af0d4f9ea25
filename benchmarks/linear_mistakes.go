package benchmarks

import (
	"bytes"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/png"
	"io/fs"
	"os"
	"strings"

	"golang.org/x/image/draw"

	"repbench/datasets"
	"repbench/datasets/resize"
	"repbench/eval"
	"repbench/features/store"
)

// thumbSide is the longer side, in pixels, to which larger pictures of mistakes
// are reduced.
const thumbSide = 96

// nameMistakes adds the names of the images, and pictures where the images are at
// hand, to the mistakes of a result. Nothing is known of rows of NumPy files.
func (in *input) nameMistakes(r *eval.LinearResult) error {
	if in.folder == nil {
		return nil
	}
	names, err := readIDs(store.IDsPath(in.folder.Dir, datasets.Test), r.NTest)
	if err != nil {
		return err
	}
	images := in.images
	if images != nil && images.N != r.NTest {
		return fmt.Errorf("%s: %d test images for %d test rows", in.name, images.N, r.NTest)
	}
	for i := range r.Mistakes {
		m := &r.Mistakes[i]
		if names != nil {
			m.ID = names[m.Row]
		}
		if images == nil {
			continue
		}
		if m.PNG, err = thumbnail(*images, m.Row); err != nil {
			return fmt.Errorf("picture of test row %d: %w", m.Row, err)
		}
	}
	return nil
}

// readIDs returns the n names of a split, nil where the file is absent or empty.
func readIDs(path string, n int) ([]string, error) {
	text, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) || err == nil && len(bytes.TrimSpace(text)) == 0 {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	names := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(names) != n {
		return nil, fmt.Errorf("%s has %d names for %d rows; extract the features anew", path, len(names), n)
	}
	return names, nil
}

// thumbnail returns image i as a PNG, reduced where it is large.
func thumbnail(im datasets.Images, i int) ([]byte, error) {
	if im.AnySize() {
		var err error
		if im, err = seen(im, i); err != nil {
			return nil, err
		}
		i = 0
	}
	var picture image.Image = pixels(im, i)
	if side := max(im.H, im.W); side > thumbSide {
		small := image.NewRGBA(image.Rect(0, 0, max(1, im.W*thumbSide/side), max(1, im.H*thumbSide/side)))
		draw.ApproxBiLinear.Scale(small, small.Bounds(), picture, picture.Bounds(), draw.Src, nil)
		picture = small
	}
	var out bytes.Buffer
	err := png.Encode(&out, picture)
	return out.Bytes(), err
}

// seen is the middle of an image of any size, as a set of one.
func seen(im datasets.Images, i int) (datasets.Images, error) {
	v := resize.View{W: thumbSide, H: thumbSide, Shorter: thumbSide}
	p, err := im.Picture(new(datasets.PictureDecoder), i, v)
	if err != nil {
		return im, err
	}
	out := datasets.Images{N: 1, H: thumbSide, W: thumbSide, C: p.C, Data: make([]uint8, thumbSide*thumbSide*p.C)}
	return out, new(resize.Scaler).View(out.Data, p, v)
}

// pixels copies an image of one or three channels.
func pixels(im datasets.Images, i int) *image.RGBA {
	out := image.NewRGBA(image.Rect(0, 0, im.W, im.H))
	data := im.At(i)
	for p := range im.H * im.W {
		v := data[p*im.C : (p+1)*im.C]
		c := color.RGBA{v[0], v[0], v[0], 255}
		if im.C >= 3 {
			c.G, c.B = v[1], v[2]
		}
		out.SetRGBA(p%im.W, p/im.W, c)
	}
	return out
}
