package netfile

import (
	"errors"
	"fmt"
	"math"
)

// ErrMixed: the features of an image depend on the images that are in its batch.
var ErrMixed = errors.New("the network mixes the images of a batch")

// mixedShare is the part of the largest value by which features may change with the images beside
// theirs. Rounding changes them by less than a hundredth of it.
const mixedShare = 1e-3

// Mixed is ErrMixed if the features of an image in a batch of that size, and with other images
// beside it, differ.
func Mixed(features, beside []float32, batch int) error {
	largest, change := 0.0, 0.0
	for i, v := range features {
		largest = max(largest, math.Abs(float64(v)))
		change = max(change, math.Abs(float64(v)-float64(beside[i])))
	}
	if change <= mixedShare*largest {
		return nil
	}
	return fmt.Errorf("%w: with other images beside it, its features change by up to %.3g, and the largest is %.3g. "+
		"Give --batch 1, so that each image is encoded alone, or export the network in evaluation mode and without operations over the batch axis (batches have %d images here)",
		ErrMixed, change, largest, batch)
}
