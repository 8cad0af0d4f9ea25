package filters

import (
	"math"

	"repbench/datasets"
	"repbench/train/dcgan"
)

// grey is the level that 0 has in the picture of a gradient, and that stands for what lies outside
// the image.
const grey = 128

// display are the pixels of a gradient: divided by its largest absolute value, so that 0 is grey
// and both signs have the same scale. A stretch from the least to the largest value would move 0.
func display(gradient []float32) []uint8 {
	scale := 0.0
	for _, v := range gradient {
		scale = max(scale, math.Abs(float64(v)))
	}
	px := make([]uint8, len(gradient))
	for i, v := range gradient {
		px[i] = grey
		if scale > 0 {
			px[i] = uint8(math.Round(grey + 127*float64(v)/scale))
		}
	}
	return px
}

// crop cuts an image [H, W, C] to the receptive field of a unit; what lies outside the image is
// grey, so that all pictures of a layer have one size.
func crop(px []uint8, of datasets.Images, row, column int, f dcgan.Field) []uint8 {
	out := make([]uint8, f.Size*f.Size*of.C)
	for i := range out {
		out[i] = grey
	}
	top, left := row*f.Step-f.Before, column*f.Step-f.Before
	for y := max(top, 0); y < min(top+f.Size, of.H); y++ {
		for x := max(left, 0); x < min(left+f.Size, of.W); x++ {
			copy(out[((y-top)*f.Size+x-left)*of.C:][:of.C], px[(y*of.W+x)*of.C:][:of.C])
		}
	}
	return out
}

// Pair is the picture of a unit, one image: what it sees of the image, a white line, and below it
// the gradient there.
func (f *Figure) Pair(p Picture) datasets.Images {
	data := crop(f.Images.At(p.Image), f.Images, p.Row, p.Column, f.Field)
	for range f.Field.Size * f.Images.C {
		data = append(data, 255)
	}
	data = append(data, crop(display(p.Gradient), f.Images, p.Row, p.Column, f.Field)...)
	return datasets.Images{Data: data, N: 1, H: 2*f.Field.Size + 1, W: f.Field.Size, C: f.Images.C}
}
