package duplicates

import (
	"context"

	"repbench/internal/progress"
)

// checkEvery is the number of codes processed between checks of the context.
const checkEvery = 1 << 12

// forest is a union-find structure over images; the root of a tree is its first image.
type forest []int32

func newForest(n int) forest {
	f := make(forest, n)
	for i := range f {
		f[i] = int32(i)
	}
	return f
}

func (f forest) root(i int) int {
	for int(f[i]) != i {
		f[i] = f[f[i]] // halve the path
		i = int(f[i])
	}
	return i
}

func (f forest) join(i, j int) {
	i, j = f.root(i), f.root(j)
	f[max(i, j)] = int32(min(i, j))
}

// groups returns the trees of two images or more, each ascending, in the order of their first
// images.
func (f forest) groups() [][]int {
	size := make(map[int]int)
	for i := range f {
		size[f.root(i)]++
	}
	at := make(map[int]int)
	var out [][]int
	for i := range f {
		r := f.root(i)
		if size[r] < 2 {
			continue
		}
		if r == i {
			at[r] = len(out)
			out = append(out, make([]int, 0, size[r]))
		}
		out[at[r]] = append(out[at[r]], i)
	}
	return out
}

// link joins the images whose codes differ in at most radius of their first bits bits. codes
// holds one code per image of f, or two: the codes of the mirror images then follow those of
// the images. An image is then also joined with the images whose mirror images have codes
// within the radius. Two mirror images are not compared: rounding can bring their codes closer
// than those of the images themselves. Groups are chains of links, so that two images of a
// group may differ by more than radius.
//
// For radius 0 the time is linear in the number of images. Otherwise it is proportional to the
// number of pairs of different codes that share one of radius+1 bands.
func link(ctx context.Context, f forest, codes []Code, bits, radius int, p progress.Reporter) error {
	different, err := holders(ctx, f, codes)
	if err != nil || radius == 0 {
		return err
	}
	task := progress.Or(p).Start("compare codes", int64(radius+1), "bands")
	defer task.Done()
	for band := range radius + 1 {
		if err := linkBand(ctx, f, different, bandMask(bits, radius+1, band), radius); err != nil {
			return err
		}
		task.Add(1)
	}
	return nil
}

// holder holds the images with one code.
type holder struct {
	code Code
	// image is an image that has the code itself, -1 if there is none; all such images are
	// joined.
	image int
	// mirrored are the images whose mirror images have the code. Once an image is joined with
	// all of them, only the first stays in the list.
	mirrored []int
}

// holders finds the images of each code, in the order of their first images, and joins images
// with equal codes. NoCode does not count as a code.
func holders(ctx context.Context, f forest, codes []Code) ([]*holder, error) {
	at := make(map[Code]*holder, len(codes))
	var different []*holder
	for e, c := range codes {
		if e%checkEvery == 0 && ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		if c == NoCode {
			continue
		}
		h := at[c]
		if h == nil {
			h = &holder{code: c, image: -1}
			at[c] = h
			different = append(different, h)
		}
		switch i := e % len(f); {
		case e >= len(f):
			h.mirrored = append(h.mirrored, i)
		case h.image < 0:
			h.image = i
		default:
			f.join(i, h.image)
		}
	}
	for _, h := range different {
		h.joinMirrored(f, h.image)
	}
	return different, nil
}

// joinMirrored joins image, unless it is -1, with the images whose mirror images have the code.
func (h *holder) joinMirrored(f forest, image int) {
	if image < 0 || len(h.mirrored) == 0 {
		return
	}
	for _, i := range h.mirrored {
		f.join(i, image)
	}
	h.mirrored = h.mirrored[:1]
}

// joinNear joins the images of two codes within the radius.
func (h *holder) joinNear(f forest, other *holder) {
	if h.image >= 0 && other.image >= 0 {
		f.join(h.image, other.image)
	}
	h.joinMirrored(f, other.image)
	other.joinMirrored(f, h.image)
}

// bandMask returns the bits of band number band; the bits are dealt out to the bands in turn.
func bandMask(bits, bands, band int) Code {
	var m Code
	for i := band; i < bits; i += bands {
		m.set(i)
	}
	return m
}

// linkBand joins the images of codes within the radius among the codes that are equal under
// mask.
func linkBand(ctx context.Context, f forest, different []*holder, mask Code, radius int) error {
	buckets := make(map[Code][]*holder)
	pairs := 0
	for _, h := range different {
		key := and(h.code, mask)
		for _, other := range buckets[key] {
			if pairs++; pairs%checkEvery == 0 && ctx.Err() != nil {
				return context.Cause(ctx)
			}
			if Distance(h.code, other.code) <= radius {
				h.joinNear(f, other)
			}
		}
		buckets[key] = append(buckets[key], h)
	}
	return nil
}

func and(a, b Code) Code {
	for i := range a {
		a[i] &= b[i]
	}
	return a
}
