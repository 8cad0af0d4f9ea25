package datasets

import (
	"crypto/sha256"

	"repbench/datasets/resize"
)

// Pictures gives the pictures of a split one by one, decoded when they are asked for: they may have
// any sizes. Several goroutines may use it, each with a PictureDecoder of its own.
type Pictures interface {
	// Picture decodes picture i, of which only the part that the view shows need be right. The
	// pixels have one channel if the file is grey and are valid until the next use of d.
	Picture(d *PictureDecoder, i int, v resize.View) (resize.Image, error)
	// Sum returns the SHA-256 of what decides the pixels of picture i.
	Sum(i int) [sha256.Size]byte
}

// somePictures are the pictures of some rows.
type somePictures struct {
	Pictures
	rows []int
}

func (p somePictures) Picture(d *PictureDecoder, i int, v resize.View) (resize.Image, error) {
	return p.Pictures.Picture(d, p.rows[i], v)
}

func (p somePictures) Sum(i int) [sha256.Size]byte { return p.Pictures.Sum(p.rows[i]) }

// laterPictures are the pictures from one on.
type laterPictures struct {
	Pictures
	from int
}

func (p laterPictures) Picture(d *PictureDecoder, i int, v resize.View) (resize.Image, error) {
	return p.Pictures.Picture(d, p.from+i, v)
}

func (p laterPictures) Sum(i int) [sha256.Size]byte { return p.Pictures.Sum(p.from + i) }

// Picture returns image i as a picture to resize: a decoded one, or the pixels in memory.
func (im Images) Picture(d *PictureDecoder, i int, v resize.View) (resize.Image, error) {
	if im.Pictures != nil {
		return im.Pictures.Picture(d, i, v)
	}
	return resize.Image{Pix: im.At(i), W: im.W, H: im.H, C: im.C}, nil
}

// AnySize reports that the images have any sizes: there are Pictures and no Data.
func (im Images) AnySize() bool { return im.Pictures != nil }
