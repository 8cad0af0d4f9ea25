package scene

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/datasets"
	"repbench/datasets/resize"
	"repbench/datasets/shapes"
)

// Seen is what was seen in one image.
type Seen struct {
	// Shape is the most probable class of the object, an index into shapes.ClassNames, and
	// Probability the network's probability of it.
	Shape       int32
	Probability float64
	// Windows are the boxes of the second objects, the surest first; empty without one.
	Windows []shapes.Box
}

const (
	// lookBatch is the number of images per run of the network.
	lookBatch = 64
	// minArea is the least number of pixels of the map that make a window; a drawn window has 49
	// or more.
	minArea = 16
	// threshold is the probability from which a pixel belongs to a window.
	threshold = 0.5
)

// looker runs the fitted network.
type looker struct {
	exec  *model.Exec
	stats []any
}

// newLooker compiles the network.
func newLooker(n *network) (*looker, error) {
	running, err := n.net.Running()
	if err != nil {
		return nil, err
	}
	l := &looker{}
	for _, s := range running {
		if s != nil {
			l.stats = append(l.stats, s.Mean, s.Variance)
		}
	}
	l.exec, err = n.looking()
	return l, err
}

// look reads images of any side.
func (l *looker) look(ctx context.Context, im datasets.Images) ([]Seen, error) {
	small, err := toSide(im)
	if err != nil {
		return nil, err
	}
	seen := make([]Seen, im.N)
	for lo := 0; lo < im.N; lo += lookBatch {
		if ctx.Err() != nil {
			return nil, context.Cause(ctx)
		}
		hi := min(lo+lookBatch, im.N)
		windows, shape, err := l.run(small, lo, hi)
		if err != nil {
			return nil, fmt.Errorf("look at images %d to %d: %w", lo, hi-1, err)
		}
		for i := lo; i < hi; i++ {
			p := shape[(i-lo)*classes : (i-lo+1)*classes]
			best := 0
			for k, v := range p {
				if v > p[best] {
					best = k
				}
			}
			seen[i] = Seen{Shape: int32(best), Probability: float64(p[best]), Windows: boxes(windows[(i-lo)*side*side:(i-lo+1)*side*side], im.W)}
		}
	}
	return seen, nil
}

// run is the network's output for images lo … hi-1, followed by that for padding.
func (l *looker) run(im datasets.Images, lo, hi int) (windows, shape []float32, err error) {
	pixels := make([]uint8, lookBatch*im.Stride())
	copy(pixels, im.Data[lo*im.Stride():hi*im.Stride()])
	args := append([]any{tensors.FromFlatDataAndDimensions(pixels, lookBatch, side, side, 3)}, l.stats...)
	out, err := l.exec.Call(args...)
	if err != nil {
		return nil, nil, err
	}
	if windows, err = tensors.CopyFlatData[float32](out[0]); err != nil {
		return nil, nil, err
	}
	shape, err = tensors.CopyFlatData[float32](out[1])
	return windows, shape, err
}

// toSide resamples images to the network's side.
func toSide(im datasets.Images) (datasets.Images, error) {
	if im.H != im.W || im.C != 3 {
		return im, fmt.Errorf("scene: images of %d×%d×%d; the pictures of shapes are square and RGB", im.H, im.W, im.C)
	}
	if im.H == side {
		return im, nil
	}
	out := datasets.Images{N: im.N, H: side, W: side, C: 3, Data: make([]uint8, im.N*side*side*3)}
	var s resize.Scaler
	for i := range im.N {
		if err := s.Square(out.At(i), resize.Image{Pix: im.At(i), W: im.W, H: im.H, C: 3}, side, resize.Bilinear); err != nil {
			return out, err
		}
	}
	return out, nil
}

// region is a connected part of a map of windows.
type region struct {
	box  shapes.Box
	area int
	sum  float64 // of its probabilities
}

// boxes finds the windows in a map: the boxes round its connected regions of probability
// threshold or more, in pixels of an image of the given size, the one with the largest sum of
// probabilities first.
func boxes(p []float32, size int) []shapes.Box {
	var found []region
	done := make([]bool, side*side)
	for y := range side {
		for x := range side {
			if r := flood(p, done, x, y); r.area >= minArea {
				found = append(found, r)
			}
		}
	}
	slices.SortStableFunc(found, func(a, b region) int { return cmp.Compare(b.sum, a.sum) })
	out := make([]shapes.Box, len(found))
	for i, r := range found {
		b := r.box
		up := func(v int) int { return (2*v*size + side) / (2 * side) } // rounded
		out[i] = shapes.Box{X0: up(b.X0), Y0: up(b.Y0), X1: up(b.X1), Y1: up(b.Y1)}
	}
	return out
}

// flood collects the region of the pixel (x, y), unless it was visited or belongs to none.
func flood(p []float32, done []bool, x, y int) region {
	r := region{box: shapes.Box{X0: side, Y0: side}}
	open := [][2]int{{x, y}}
	for len(open) > 0 {
		x, y := open[len(open)-1][0], open[len(open)-1][1]
		open = open[:len(open)-1]
		if x < 0 || y < 0 || x >= side || y >= side || done[y*side+x] || p[place(x, y)] < threshold {
			continue
		}
		done[y*side+x] = true
		r.area++
		r.sum += float64(p[place(x, y)])
		r.box = shapes.Box{X0: min(r.box.X0, x), Y0: min(r.box.Y0, y), X1: max(r.box.X1, x+1), Y1: max(r.box.Y1, y+1)}
		open = append(open, [2]int{x - 1, y}, [2]int{x + 1, y}, [2]int{x, y - 1}, [2]int{x, y + 1})
	}
	return r
}
