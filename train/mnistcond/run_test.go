package mnistcond

import (
	"math/rand/v2"

	"repbench/datasets"
)

// noise is a training set of random images.
func noise(n int) Data {
	r := rand.New(rand.NewPCG(1, 2))
	d := Data{Name: "noise", Split: ReleasedSplit, Images: datasets.Images{N: n, H: Side, W: Side, C: 1}}
	for range n * Side * Side {
		d.Images.Data = append(d.Images.Data, uint8(r.IntN(256)))
	}
	for range n {
		d.Labels = append(d.Labels, int32(r.IntN(Classes)))
	}
	return d
}
