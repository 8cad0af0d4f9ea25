package monitor

import (
	"math"

	"repbench/train/dcgan"
)

// appendBytes appends generated pixels in [-1, 1] as bytes: round((x+1)·127.5), halves to even.
// This is exact for pixels of data sets, which are x/127.5-1.
func appendBytes(dst []uint8, im dcgan.Images) []uint8 {
	for _, x := range im.Data {
		dst = append(dst, uint8(min(max(math.RoundToEven((float64(x)+1)*127.5), 0), 255)))
	}
	return dst
}
