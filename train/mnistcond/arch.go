package mnistcond

import (
	"fmt"

	"repbench/datasets"
)

// Name is the name of the architecture.
const Name = "mnist-cond"

// What does not vary.
const (
	// ZDim is the length of z, whose prior is U(-1, 1).
	ZDim = 100
	// Classes is the number of classes.
	Classes = 10
	// Side is the side of the images, which have one channel.
	Side = 28

	kernel   = 5
	stride   = 2
	baseSide = Side / stride / stride // side of the maps of the innermost layers
)

// Widths of the paper.
const (
	DefaultWidth = 64
	DefaultDense = 1024
)

// Arch holds the two widths of the networks.
//
//	G: [z, y] dense Dense, BN, ReLU; [h, y] dense 7×7×2·Width, BN of each unit, ReLU;
//	   [h, y] transposed 5×5 to Width maps of 14×14, BN, ReLU; [h, y] transposed 5×5, sigmoid
//	D: [x, y] 5×5 to Width maps of 14×14, LeakyReLU; [h, y] 5×5 to 2·Width of 7×7, BN, LeakyReLU;
//	   flat, [h, y] dense Dense, BN, LeakyReLU; [h, y] dense 1, sigmoid
//
// y is the one-hot of the label. Batch normalisation has neither scale nor shift.
type Arch struct {
	// Width is the number of maps of D's first layer.
	Width int
	// Dense is the number of units of the dense layers.
	Dense int
}

// NewArch returns the architecture of these widths; 0 means the width of the paper.
func NewArch(width, dense int) (Arch, error) {
	if width == 0 {
		width = DefaultWidth
	}
	if dense == 0 {
		dense = DefaultDense
	}
	a := Arch{Width: width, Dense: dense}
	return a, a.validate()
}

func (a Arch) validate() error {
	if a.Width < 1 || a.Width > 1024 {
		return fmt.Errorf("width %d of architecture %s is outside 1 … 1024", a.Width, Name)
	}
	if a.Dense < 1 || a.Dense > 16384 {
		return fmt.Errorf("%d units of the dense layers of architecture %s are outside 1 … 16384", a.Dense, Name)
	}
	return nil
}

// base is the number of values of the innermost maps.
func (a Arch) base() int { return baseSide * baseSide * 2 * a.Width }

// CheckImages returns an error if images, which it calls what, are not 28×28 and grey.
func CheckImages(what string, im datasets.Images) error {
	if im.H == Side && im.W == Side && im.C == 1 {
		return nil
	}
	return fmt.Errorf("%s wants grey images of %d×%d, %s has %d×%d×%d; \"repbench data prepare SET --size %d --channels 1 --out DIR\" makes such images, opened as prepared:DIR",
		Name, Side, Side, what, im.H, im.W, im.C, Side)
}

// CheckLabels returns an error if the n labels, which it calls what, are not all 0 … 9.
func CheckLabels(what string, labels []int32, n int) error {
	if len(labels) != n {
		return fmt.Errorf("%s has %d labels for %d images; %s needs the class of each", what, len(labels), n, Name)
	}
	for i, l := range labels {
		if l < 0 || l >= Classes {
			return fmt.Errorf("%s: label %d is %d; %s has the classes 0 to %d", what, i, l, Name, Classes-1)
		}
	}
	return nil
}
