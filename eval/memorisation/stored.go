package memorisation

import (
	"bytes"
	"fmt"
	"image"
	"image/color"
	"image/png"

	scale "golang.org/x/image/draw"

	"repbench/datasets"
)

// Stored is a Result as a record keeps it: with pictures of its examples.
type Stored struct {
	Result
	// Pairs are the examples with their pictures.
	Pairs []Shown `json:"pairs,omitempty"`
}

// Shown is an example with its picture.
type Shown struct {
	// Group says why it is shown: GroupSuspicious, GroupSpaced, GroupNull or a kind of planted
	// copies.
	Group string `json:"group"`
	// Name names the image: "test/0017".
	Name string `json:"name"`
	Flag
	// Rank is the place of the image among the Of images of its set by p-value and score, from
	// 1; 0: it has none.
	Rank int `json:"rank,omitempty"`
	// Of is the number of images that Rank counts.
	Of int `json:"of,omitempty"`
	// Source is the training row that a planted copy is a copy of; nil: it is none.
	Source *int32 `json:"source,omitempty"`
	// Nearest are the training images in the picture, the nearest first.
	Nearest []Pair `json:"nearest,omitempty"`
	// PNG is a picture of the image and then of Nearest, side by side, each moved and mirrored
	// as it matched; nil: there is none.
	PNG []byte `json:"png,omitempty"`
}

// storedSide is the greatest side in pixels of an image in a stored picture; larger images are
// reduced.
const storedSide = 64

// Store is the result with pictures of its examples.
func Store(r *Result) (*Stored, error) {
	s := &Stored{Result: *r}
	for _, e := range r.Examples {
		shown := Shown{Group: e.Group, Name: e.Name, Flag: e.Flag, Rank: e.Rank, Of: e.Of}
		if e.Source >= 0 {
			shown.Source = &e.Source
		}
		images := []datasets.Images{e.Image}
		for _, n := range e.Nearest {
			shown.Nearest, images = append(shown.Nearest, n.Pair), append(images, n.Image)
		}
		var err error
		if shown.PNG, err = strip(images); err != nil {
			return nil, fmt.Errorf("picture of %s: %w", e.Name, err)
		}
		s.Pairs = append(s.Pairs, shown)
	}
	return s, nil
}

// strip draws images of one size side by side, without a gap, as PNG.
func strip(images []datasets.Images) ([]byte, error) {
	h, w := images[0].H, images[0].W
	k := float64(min(storedSide, max(h, w))) / float64(max(h, w))
	dh, dw := max(1, int(k*float64(h)+0.5)), max(1, int(k*float64(w)+0.5))
	out := image.NewRGBA(image.Rect(0, 0, dw*len(images), dh))
	for i, im := range images {
		if im.H != h || im.W != w || im.N != 1 || im.C != images[0].C || im.C != 1 && im.C != 3 {
			return nil, fmt.Errorf("%d images of %d×%d×%d beside %d×%d×%d", im.N, im.H, im.W, im.C, h, w, images[0].C)
		}
		to := image.Rect(i*dw, 0, (i+1)*dw, dh)
		if dh == h && dw == w {
			scale.Draw(out, to, picture(im), image.Point{}, scale.Src)
		} else {
			scale.CatmullRom.Scale(out, to, picture(im), image.Rect(0, 0, w, h), scale.Src, nil)
		}
	}
	var b bytes.Buffer
	err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, out)
	return b.Bytes(), err
}

// picture is one image as package image has it.
func picture(im datasets.Images) image.Image {
	out := image.NewRGBA(image.Rect(0, 0, im.W, im.H))
	for i := range im.H * im.W {
		c := color.RGBA{A: 255}
		if px := im.Data[i*im.C : (i+1)*im.C]; im.C == 3 {
			c.R, c.G, c.B = px[0], px[1], px[2]
		} else {
			c.R, c.G, c.B = px[0], px[0], px[0]
		}
		out.SetRGBA(i%im.W, i/im.W, c)
	}
	return out
}
