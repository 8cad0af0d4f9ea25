package scene

import (
	"context"
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/tensors"

	"repbench/datasets"
	"repbench/datasets/shapes"
	"repbench/internal/progress"
	"repbench/train"
)

// Settings of the fit. A change of any of them needs a new version.
const (
	updates      = 800
	batch        = 32
	windowWeight = 10.0 // of the loss of windows beside the loss of shapes
	// drawSeed selects the drawn images. It is not the seed of the built-in set, so that they are
	// no training images of a generator; it also draws the initial weights.
	drawSeed = 20151119
	// streamHead is the random stream of the heads' initial weights; dcgan has those up to 6.
	streamHead  = 16
	streamRough = 17 // of what roughens images
)

// adam is the optimiser; its step shrinks to 0 in a half cosine.
var adam = train.Adam{LearningRate: 2e-3, Beta1: 0.9, Beta2: 0.999, Epsilon: 1e-8, WeightDecay: 1e-5}

// fit trains the network on images that are drawn for it, each used once.
func (n *network) fit(ctx context.Context, size int, report progress.Reporter) error {
	e, err := n.update()
	if err != nil {
		return err
	}
	defer e.Finalize()
	task := progress.Or(report).Start("fitting the detector of shapes", updates, "steps")
	defer task.Done()
	outputs := train.Outputs{}
	for step := range updates {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		images, factors := draw(size, shapes.Train, step*batch, batch)
		rough := train.Random(drawSeed, streamRough, int64(step))
		fade(images, factors, rough)
		if images, err = toSide(images); err != nil {
			return err
		}
		roughen(images, rough)
		windows, named := wanted(factors, size)
		corrections := adam.Corrections(int64(step) + 1)
		corrections[0] *= float32((1 + math.Cos(math.Pi*float64(step)/updates)) / 2)
		out, err := e.Call(
			tensors.FromFlatDataAndDimensions(images.Data, batch, side, side, 3),
			tensors.FromFlatDataAndDimensions(windows, batch, cells, cells, block*block),
			tensors.FromFlatDataAndDimensions(named, batch, classes), corrections)
		if err != nil {
			return fmt.Errorf("step %d: %w", step+1, err)
		}
		if err := outputs.Take(map[string]*tensors.Tensor{"window loss": out[0], "shape loss": out[1]}); err != nil {
			return err
		}
		task.Add(1)
	}
	_, err = outputs.Read()
	return err
}

// draw draws images lo … lo+n-1 of a split of the set that the network is fitted on.
func draw(size int, split shapes.Split, lo, n int) (datasets.Images, []shapes.Factors) {
	im := datasets.Images{N: n, H: size, W: size, C: 3, Data: make([]uint8, n*size*size*3)}
	factors := make([]shapes.Factors, n)
	for i := range n {
		factors[i] = shapes.At(drawSeed, split, lo+i, size)
		shapes.Render(im.At(i), size, factors[i])
	}
	return im, factors
}

// wanted is what the network should say of drawn images.
func wanted(factors []shapes.Factors, size int) (windows, named []float32) {
	windows = make([]float32, len(factors)*side*side)
	named = make([]float32, len(factors)*classes)
	for i, f := range factors {
		named[i*classes+int(f.Class)] = 1
		b := f.Window.Box
		for y := range side {
			for x := range side {
				// The middle of the pixel, in pixels of the drawn image.
				px, py := (2*x+1)*size, (2*y+1)*size
				if px >= 2*side*b.X0 && px < 2*side*b.X1 && py >= 2*side*b.Y0 && py < 2*side*b.Y1 {
					windows[i*side*side+place(x, y)] = 1
				}
			}
		}
	}
	return windows, named
}

// place is the position of a pixel in the map of windows of one image.
func place(x, y int) int {
	return ((y/block)*cells+x/block)*block*block + y%block*block + x%block
}
