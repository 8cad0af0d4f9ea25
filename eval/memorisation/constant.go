package memorisation

import (
	"fmt"

	"repbench/datasets"
	"repbench/eval/memorisation/plant"
	"repbench/eval/memorisation/search"
)

// constant warns of images in which the window that Correlation compares has one value.
func (r *run) constant() []string {
	if r.first.Space.Metric != search.Correlation {
		return nil
	}
	var w []string
	for _, s := range []struct {
		what string
		set  Set
	}{{"training", r.in.Train}, {"generated", r.in.Generated}, {"held-out", r.in.HeldOut}} {
		n := 0
		for i := range s.set.Images.N {
			if oneValue(s.set.Images, i) {
				n++
			}
		}
		if n > 0 {
			w = append(w, fmt.Sprintf("%d of %d %s images are of one value in the window compared: their correlation with every image counts as 0", n, s.set.Images.N, s.what))
		}
	}
	return w
}

// oneValue reports whether the central window of an image has one value in all its bytes.
func oneValue(im datasets.Images, i int) bool {
	px := im.At(i)
	first := px[(plant.MaxShift*im.W+plant.MaxShift)*im.C]
	for y := plant.MaxShift; y < im.H-plant.MaxShift; y++ {
		for x := plant.MaxShift * im.C; x < (im.W-plant.MaxShift)*im.C; x++ {
			if px[y*im.W*im.C+x] != first {
				return false
			}
		}
	}
	return true
}
