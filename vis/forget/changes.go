package forget

import (
	"math"

	"repbench/train/dcgan"
)

// Changes are how much images change by a drop inside boxes and outside.
type Changes struct {
	// Inside and Outside are the mean |change| of pixels in [-1, 1]; NaN where there are none.
	Inside, Outside float64
	// Rest is the root mean square change outside.
	Rest float64
}

// Ratio is Inside / Outside; NaN where nothing outside changes, or where there is nothing outside.
func (c Changes) Ratio() float64 {
	if c.Outside == 0 {
		return math.NaN()
	}
	return c.Inside / c.Outside
}

// ChangesOf compares images before and after a drop. Where boxes were found in all images, an image
// without one holds no object and is outside whole: everywhere. Where somebody drew boxes in some of the
// images, the others can hold objects, too, and only images with a box count.
func ChangesOf(before, after dcgan.Images, boxes []Box, everywhere bool) Changes {
	masks := Masks(boxes, before.H, before.W)
	var sum, squares [2]float64
	var count [2]float64
	size := before.H * before.W
	for image := range before.N {
		mask := masks[image]
		if mask == nil && !everywhere {
			continue
		}
		for k := range size * before.C {
			at := image*size*before.C + k
			part := 0
			if mask != nil && mask[k/before.C] {
				part = 1
			}
			d := math.Abs(float64(after.Data[at]) - float64(before.Data[at]))
			sum[part], squares[part] = sum[part]+d, squares[part]+d*d
			count[part]++
		}
	}
	return Changes{Inside: sum[1] / count[1], Outside: sum[0] / count[0], Rest: math.Sqrt(squares[0] / count[0])}
}
