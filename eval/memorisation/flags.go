package memorisation

import (
	"math"

	"repbench/datasets"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/plant"
	"repbench/eval/neighbours"
	"repbench/internal/raster"
)

// flags are the generated images with their nearest training images and p-values.
func (r *run) flags(p []float64) []Flag {
	out := make([]Flag, len(p))
	for i := range out {
		d := r.decisive(i, func(d *detector) nearest.Scored { return d.generatedScores })
		out[i] = Flag{r.pair(r.in.Generated, i, d, d.nearGenerated.Of(i)[0], d.generatedScores.Values[i]), p[i]}
	}
	return out
}

// pair describes an image of a set and a training image near it. The score is the score of the first
// test or, where the second decides, of that one.
func (r *run) pair(s Set, i int, d *detector, m neighbours.Match, score float64) Pair {
	p := Pair{Image: i, Train: m.Row, Score: score, Distance: m.Distance, Mirrored: m.Mirrored, Offset: [2]int{int(m.DY), int(m.DX)}}
	if s.IDs != nil {
		p.ImageID = s.IDs[i]
	}
	if r.in.Train.IDs != nil {
		p.TrainID = r.in.Train.IDs[m.Row]
	}
	if s.Images.N > 0 {
		p.GreyLevels = greyLevels(s.Images, i, r.in.Train.Images, m, d.Space.Metric.Windows())
	}
	return p
}

// greyLevels is the root mean square difference of image i and a training image as they matched:
// of the window that was compared, or of all pixels.
func greyLevels(images datasets.Images, i int, train datasets.Images, m neighbours.Match, window bool) float64 {
	moved := aligned(train, m)
	edge := 0
	if window {
		edge = plant.MaxShift
	}
	// Where the windows lie, in the image mirrored as it matched.
	px := images.At(i)
	top, left := edge+int(m.DY), edge+int(m.DX)
	h, w := train.H-2*edge, train.W-2*edge
	if m.Mirrored { // in the image as it is
		left = train.W - left - w
	}
	sum := 0.0
	for y := top; y < top+h; y++ {
		for x := left * train.C; x < (left+w)*train.C; x++ {
			d := float64(px[y*train.W*train.C+x]) - float64(moved[y*train.W*train.C+x])
			sum += d * d
		}
	}
	return math.Sqrt(sum / float64(h*w*train.C))
}

// aligned is a training image moved and mirrored as the other image matched it.
func aligned(train datasets.Images, m neighbours.Match) []uint8 {
	src := train.At(int(m.Row))
	if m.DY == 0 && m.DX == 0 && !m.Mirrored {
		return src
	}
	out := make([]uint8, len(src))
	plant.Move(out, src, train, int(m.DY), int(m.DX))
	if !m.Mirrored {
		return out
	}
	turned := make([]uint8, len(src))
	raster.Mirror(turned, out, train.W, train.C)
	return turned
}

// describeNull says what the null is, and which of its images have a near duplicate among the
// training images.
func (r *run) describeNull() Null {
	d := r.first
	n := Null{Kind: r.in.HeldOut.Name, Rows: len(r.null)}
	if d.nearNull.K < 2 {
		return n
	}
	for i, row := range r.null {
		near := d.nearNull.Of(i)
		if near[0].Distance < nearest.YoonThreshold*near[1].Distance || near[1].Distance == 0 {
			p := r.pair(r.in.HeldOut, int(row), d, near[0], d.nullScores.Values[i])
			n.NearDuplicates = append(n.NearDuplicates, p)
		}
	}
	return n
}
