package duplicates

import (
	"fmt"
	"image"
	"math/rand/v2"

	xdraw "golang.org/x/image/draw"

	"repbench/datasets"
	"repbench/internal/raster"
)

// Kind is a way to make a near duplicate.
type Kind int

// The kinds of near duplicates, in the order in which Plant cycles through them.
const (
	// JPEG: encoded at quality 75 (chroma at half resolution) and decoded.
	JPEG Kind = iota
	// Crop: a square, smaller than the image by 3 to 10 % of its sides (1 to 3 of
	// 32 pixels), from a random place, brought back to the size bilinearly.
	Crop
	// Brightness: 8 to 32 grey levels more or less in all channels, clamped.
	Brightness
	// Flip: left and right exchanged.
	Flip
	kinds
)

// String returns "jpeg", "crop", "brightness" or "flip".
func (k Kind) String() string { return [kinds]string{"jpeg", "crop", "brightness", "flip"}[k] }

// Planted holds near duplicates with known sources.
type Planted struct {
	// Images are the near duplicates, of the same size as their sources.
	Images datasets.Images
	// Sources[i] is the index of the image that Images[i] was made from; all sources differ.
	Sources []int
	// Kinds[i] is the kind of Images[i].
	Kinds []Kind
}

// Plant makes n near duplicates, 1 … N, of images [N, H, W, C] drawn without replacement, a
// quarter of each kind. Equal seeds give equal bytes. Errors wrap ErrOptions.
func Plant(im datasets.Images, n int, seed uint64) (*Planted, error) {
	if n < 1 || n > im.N {
		return nil, fmt.Errorf("%w: %d near duplicates of %d images; 1 to %d can be made", ErrOptions, n, im.N, im.N)
	}
	if im.C != 1 && im.C != 3 {
		return nil, fmt.Errorf("%w: images have %d channels, not 1 or 3", ErrOptions, im.C)
	}
	r := rand.New(rand.NewPCG(seed, 0xd0b1e))
	p := &Planted{
		Images:  datasets.Images{Data: make([]uint8, 0, n*im.Stride()), N: n, H: im.H, W: im.W, C: im.C},
		Sources: r.Perm(im.N)[:n],
	}
	for i, source := range p.Sources {
		kind := Kind(i % int(kinds))
		px, err := alter(im.Slice(source, source+1), kind, r)
		if err != nil {
			return nil, fmt.Errorf("near duplicate %d (%s): %w", i, kind, err)
		}
		p.Kinds = append(p.Kinds, kind)
		p.Images.Data = append(p.Images.Data, px...)
	}
	return p, nil
}

// alter makes a near duplicate of one image.
func alter(im datasets.Images, kind Kind, r *rand.Rand) ([]uint8, error) {
	switch kind {
	case JPEG:
		return raster.Recompress(im.Data, im.H, im.W, im.C, jpegQuality)
	case Crop:
		return crop(im, r), nil
	case Brightness:
		shift := 8 + r.IntN(25)
		if r.IntN(2) == 0 {
			shift = -shift
		}
		return brighten(im.Data, shift), nil
	}
	return mirror(im).Data, nil
}

// jpegQuality is the JPEG quality of re-encoded images.
const jpegQuality = 75

func crop(im datasets.Images, r *rand.Rand) []uint8 {
	margin := func(n int) (lo, size int) {
		cut := min(max(1, (n*(3+r.IntN(8))+50)/100), n-1)
		return r.IntN(cut + 1), n - cut
	}
	top, h := margin(im.H)
	left, w := margin(im.W)
	dst := image.NewRGBA(image.Rect(0, 0, im.W, im.H))
	xdraw.BiLinear.Scale(dst, dst.Bounds(), raster.Picture(im.Data, im.H, im.W, im.C), image.Rect(left, top, left+w, top+h), xdraw.Src, nil)
	return raster.Pixels(dst, im.C)
}

func brighten(px []uint8, shift int) []uint8 {
	out := make([]uint8, len(px))
	for i, v := range px {
		out[i] = uint8(min(max(int(v)+shift, 0), 255))
	}
	return out
}
