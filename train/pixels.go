package train

import (
	"github.com/gomlx/compute/dtypes"
	. "github.com/gomlx/gomlx/core/graph"
)

const pixelsPerUnit = 127.5 // x/127.5 - 1 maps 0 … 255 to [-1, 1]

// ScalePixels maps uint8 images [N, H, W, C], 0 … 255, to float32 in [-1, 1]
// on the device: x/127.5 - 1.
func ScalePixels(images *Node) *Node {
	x := ConvertDType(images, dtypes.Float32)
	return AddScalar(MulScalar(x, 1/pixelsPerUnit), -1)
}
