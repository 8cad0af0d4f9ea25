package plant

import (
	"fmt"
	"math"
	"math/rand/v2"

	"repbench/datasets"
	"repbench/internal/raster"
)

// CopyKind is a kind of planted copy, by its name in results.
type CopyKind string

// The kinds of planted copies.
const (
	// CopyExact: the training image itself.
	CopyExact CopyKind = "exact"
	// CopyJPEG75: encoded as JPEG of quality 75, colour at half the resolution, and decoded.
	CopyJPEG75 CopyKind = "jpeg75"
	// CopyNoise1: each byte less one, as it was, or plus one, each as likely, within 0 … 255.
	CopyNoise1 CopyKind = "noise1"
	// CopyMirror: left and right exchanged.
	CopyMirror CopyKind = "mirror"
	// CopyShift12: moved by up to two pixels each way, not by none; the border repeats the edge.
	CopyShift12 CopyKind = "shift12"
	// CopyBlend7030: seven tenths of the image and three tenths of another training image, rounded
	// to the nearest whole number, halves to even.
	CopyBlend7030 CopyKind = "blend7030"
	// CopyShiftMirror: mirrored and then moved as CopyShift12.
	CopyShiftMirror CopyKind = "shiftmirror"
)

// CopyKinds are all kinds of planted copies, in the order of reports.
func CopyKinds() []CopyKind {
	return []CopyKind{CopyExact, CopyJPEG75, CopyNoise1, CopyMirror, CopyShift12, CopyBlend7030, CopyShiftMirror}
}

// kindWords are the kinds as a sentence names them: "copies that are …".
var kindWords = map[CopyKind]string{
	CopyExact: "exact", CopyJPEG75: "compressed again", CopyNoise1: "changed by one grey level", CopyMirror: "mirrored",
	CopyShift12: "moved by one or two pixels", CopyBlend7030: "blended with three tenths of another image",
	CopyShiftMirror: "mirrored and moved",
}

// Words are the kind as a sentence names it after "copies that are".
func (k CopyKind) Words() string { return kindWords[k] }

const (
	// plantQuality is the quality of CopyJPEG75.
	plantQuality = 75
	// MaxShift is the largest move of CopyShift12 and CopyShiftMirror, in pixels each way.
	MaxShift = 2
	// blendOwn is the share of the copied image in CopyBlend7030.
	blendOwn = 0.7
	// plantStream tells the random numbers of planting from others of the same seed.
	plantStream = 0x91a17
)

// Planted are copies with known sources.
type Planted struct {
	// Images are the copies, all copies of the first kind first.
	Images datasets.Images
	// PerKind is the number of copies of each kind; image i is of the kind CopyKinds()[i/PerKind].
	PerKind int
	// Sources[i] is the training row that image i is a copy of. The sources of one kind differ.
	Sources []int32
}

// Plant makes n copies of each kind of training images drawn by the seed, at most as many as
// there are images. Equal seeds give equal bytes, and a kind's copies do not depend on the
// other kinds.
func Plant(train datasets.Images, n int, seed uint64) (*Planted, error) {
	if train.C != 1 && train.C != 3 {
		return nil, fmt.Errorf("images have %d channels; copies of 1 (grey) or 3 (RGB) can be planted", train.C)
	}
	n = min(n, train.N)
	kinds := CopyKinds()
	p := &Planted{PerKind: n, Images: datasets.Images{N: n * len(kinds), H: train.H, W: train.W, C: train.C}}
	p.Images.Data = make([]uint8, p.Images.N*train.Stride())
	for k, kind := range kinds {
		r := rand.New(rand.NewPCG(seed, plantStream+uint64(k)))
		for i, source := range r.Perm(train.N)[:n] {
			p.Sources = append(p.Sources, int32(source))
			other := source
			if train.N > 1 {
				other = (source + 1 + r.IntN(train.N-1)) % train.N
			}
			if err := plantOne(p.Images.At(k*n+i), train, kind, source, other, r); err != nil {
				return nil, fmt.Errorf("plant %s of training image %d: %w", kind, source, err)
			}
		}
	}
	return p, nil
}

// plantOne writes a copy of a training image to dst; other is the second image of a blend.
func plantOne(dst []uint8, train datasets.Images, kind CopyKind, source, other int, r *rand.Rand) error {
	src := train.At(source)
	switch kind {
	case CopyJPEG75:
		px, err := raster.Recompress(src, train.H, train.W, train.C, plantQuality)
		copy(dst, px)
		return err
	case CopyNoise1:
		for i, v := range src {
			dst[i] = uint8(min(max(int(v)+r.IntN(3)-1, 0), 255))
		}
	case CopyMirror:
		raster.Mirror(dst, src, train.W, train.C)
	case CopyShift12:
		moveBy(dst, src, train, r)
	case CopyShiftMirror:
		turned := make([]uint8, len(src))
		raster.Mirror(turned, src, train.W, train.C)
		moveBy(dst, turned, train, r)
	case CopyBlend7030:
		for i, v := range train.At(other) {
			dst[i] = uint8(math.RoundToEven(float64(blendOwn*float64(src[i])) + float64((1-blendOwn)*float64(v))))
		}
	default:
		copy(dst, src)
	}
	return nil
}

// moveBy writes src, moved by a drawn number of rows and columns, to dst.
func moveBy(dst, src []uint8, like datasets.Images, r *rand.Rand) {
	const side = 2*MaxShift + 1
	at := r.IntN(side*side - 1)
	if at >= side*side/2 { // the place of no move
		at++
	}
	Move(dst, src, like, at/side-MaxShift, at%side-MaxShift)
}

// Move writes src with its content dy rows down and dx columns right to dst; the new border
// repeats the edge.
func Move(dst, src []uint8, like datasets.Images, dy, dx int) {
	for y := range like.H {
		row := min(max(y-dy, 0), like.H-1) * like.W
		for x := range like.W {
			from := (row + min(max(x-dx, 0), like.W-1)) * like.C
			copy(dst[(y*like.W+x)*like.C:][:like.C], src[from:from+like.C])
		}
	}
}
