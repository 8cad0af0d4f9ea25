package monitor

import (
	"fmt"

	"repbench/datasets"
	"repbench/eval/neighbours"
	"repbench/train"
)

// Random streams that draw the images to compare. No training uses these numbers, so
// that no two are the same.
const (
	streamTrain = 0x3e00 + iota
	streamHeldOut
)

// images are the images that every measurement compares.
type images struct {
	train, heldOut datasets.Images
	// real are the training images that stand in place of generated ones: up to as many as are
	// generated. The first of them are train.
	real  datasets.Images
	split string // of the held-out images, "" for none
}

// choose draws the images: as many held-out as training images, so that the bias of a metric by
// the number of images is the same for both. The validation split is held out, else the test
// split; a set that has neither is measured on its training images alone.
func choose(ds *datasets.Dataset, o Options) (images, error) {
	t, err := ds.Split(datasets.Train)
	if err != nil {
		return images{}, err
	}
	n := min(o.Images, t.Images.N)
	var held *datasets.Split
	for _, name := range []string{datasets.Valid, datasets.Test} {
		if s, err := ds.Split(name); err == nil && held == nil && s.Images.N > 0 {
			held = s
		}
	}
	if held != nil {
		n = min(n, held.Images.N)
	}
	if n < 2 {
		return images{}, fmt.Errorf("%w: %d images to compare the generated ones with; at least 2 are needed", train.ErrOptions, n)
	}
	out := images{real: draw(t.Images, min(o.Images, t.Images.N), o.Seed, streamTrain)}
	out.train = out.real.Slice(0, n)
	if held != nil {
		out.split, out.heldOut = held.Name, draw(held.Images, n, o.Seed, streamHeldOut)
	}
	return out, nil
}

// draw copies n images in random order: the first ones of any number are a sample of the set, also
// where its images stand class by class.
func draw(im datasets.Images, n int, seed uint64, stream int) datasets.Images {
	out := datasets.Images{N: n, H: im.H, W: im.W, C: im.C, Data: make([]uint8, 0, n*im.Stride())}
	for _, r := range train.Random(seed, stream, 0).Perm(im.N)[:n] {
		out.Data = append(out.Data, im.At(r)...)
	}
	return out
}

// searched are images as the search takes them.
func searched(im datasets.Images) neighbours.Images {
	return neighbours.Images{N: im.N, H: im.H, W: im.W, C: im.C, Pix: im.Data}
}
