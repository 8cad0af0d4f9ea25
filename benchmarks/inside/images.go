package inside

import (
	"fmt"
	"slices"
	"strings"

	"repbench/datasets"
	"repbench/internal/npy"
	"repbench/train"
	"repbench/train/dcgan"
	"repbench/vis/sheet"
)

// Images are images that a figure is shown, as bytes and as floats in [-1, 1].
type Images struct {
	// Name is the file or the split they are from.
	Name string
	// Bytes are the images as grey levels, Floats the same in [-1, 1]. Floats that a file holds are
	// not rounded to bytes.
	Bytes  datasets.Images
	Floats dcgan.Images
	// Rows are the numbers of the images in their split, ascending; nil: all of them are there.
	Rows []int
	// Note says how floats became bytes; "" where the file holds bytes.
	Note string
}

// ReadImages reads a NumPy file of images, N×H×W×C uint8, or float32 in [-1, 1], or in [0, 1] where
// no value is negative. Values outside these ranges or not finite are errors that name the image.
func ReadImages(path string) (Images, error) {
	h, err := npy.ReadHeader(path)
	if err != nil {
		return Images{}, err
	}
	s := h.Shape
	if len(s) != 4 || h.DType != npy.Uint8 && h.DType != npy.Float32 || s[3] != 1 && s[3] != 3 {
		return Images{}, fmt.Errorf("%s holds %s of the shape %s; images are uint8 N×H×W×C (C = 3, or 1 for grey ones), or float32 in [-1, 1] or [0, 1]",
			path, h.DType, strings.ReplaceAll(strings.Trim(fmt.Sprint(s), "[]"), " ", "×"))
	}
	if slices.Contains(s, 0) {
		return Images{}, fmt.Errorf("%s holds no images: its shape is %v", path, s)
	}
	if h.DType == npy.Uint8 {
		_, px, err := npy.Read[uint8](path)
		if err != nil {
			return Images{}, err
		}
		return ImagesOf(path, datasets.Images{Data: px, N: s[0], H: s[1], W: s[2], C: s[3]}), nil
	}
	_, data, err := npy.Read[float32](path)
	if err != nil {
		return Images{}, err
	}
	im := Images{Name: path, Floats: dcgan.Images{Data: data, N: s[0], H: s[1], W: s[2], C: s[3]}}
	return im, im.fromFloats()
}

// beyond is how far outside [-1, 1] floats may lie, for a program's rounding.
const beyond = 1e-3

// fromFloats checks the floats and makes the bytes.
func (im *Images) fromFloats() error {
	f := im.Floats
	size := f.H * f.W * f.C
	for i, v := range f.Data {
		if v-v != 0 || v < -1-beyond || v > 1+beyond {
			return fmt.Errorf("%s: image %d holds the value %g; images of floats lie in [-1, 1] or [0, 1] and are finite: scale them, or give uint8", im.Name, i/size, v)
		}
	}
	im.Note = fmt.Sprintf("pixels of %s are in [-1, 1]", im.Name)
	if slices.Min(f.Data) >= 0 {
		im.Note = fmt.Sprintf("pixels of %s are taken to be in [0, 1], as none is negative", im.Name)
		for i := range f.Data {
			f.Data[i] = 2*f.Data[i] - 1
		}
	}
	var err error
	im.Bytes, err = sheet.FromFloat(f.Data, f.N, f.H, f.W, f.C)
	return err
}

// ImagesOf are images of bytes.
func ImagesOf(name string, im datasets.Images) Images {
	out := Images{Name: name, Bytes: im, Floats: dcgan.Images{N: im.N, H: im.H, W: im.W, C: im.C, Data: make([]float32, len(im.Data))}}
	for i, v := range im.Data {
		out.Floats.Data[i] = float32(v)/127.5 - 1
	}
	return out
}

// streamSome draws images of a set.
const streamSome = 41

// Some are n images of a split, drawn at random in the order of the split; all of them where it has
// no more. name is the data set's.
func Some(name string, split *datasets.Split, n int, seed uint64) Images {
	im := split.Images
	var rows []int
	if n < im.N {
		rows = train.Random(seed, streamSome, 0).Perm(im.N)[:n]
		slices.Sort(rows)
		some := datasets.Images{N: n, H: im.H, W: im.W, C: im.C}
		for _, i := range rows {
			some.Data = append(some.Data, im.At(i)...)
		}
		im = some
	}
	out := ImagesOf(name+"/"+split.Name, im)
	out.Rows = rows
	return out
}
