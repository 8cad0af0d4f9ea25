package forget

import (
	"context"
	"fmt"

	"repbench/eval"
	"repbench/internal/measure"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/scene"
	"repbench/vis/sheet"
)

// reading is what a reader says of images after a drop, as shares of the images.
type reading struct {
	windows float64 // with a second object
	shapes  float64 // whose shape is named as before the drop
}

// look reads generated images.
func look(ctx context.Context, r Reader, im dcgan.Images) ([]scene.Seen, error) {
	bytes, err := sheet.FromFloat(im.Data, im.N, im.H, im.W, im.C)
	if err != nil {
		return nil, err
	}
	return r.Look(ctx, bytes)
}

// BoxesOf are the boxes of the windows that a reader saw, image by image.
func BoxesOf(seen []scene.Seen) []Box {
	var boxes []Box
	for i, s := range seen {
		for _, w := range s.Windows {
			boxes = append(boxes, Box{i, w.X0, w.Y0, w.X1, w.Y1})
		}
	}
	return boxes
}

// read reads images after a drop.
func (r *run) read(ctx context.Context, im dcgan.Images) (reading, error) {
	seen, err := look(ctx, r.Reader, im)
	if err != nil {
		return reading{}, err
	}
	var out reading
	for i, s := range seen {
		if len(s.Windows) > 0 {
			out.windows += 1 / float64(len(seen))
		}
		if s.Shape == r.before[i].Shape {
			out.shapes += 1 / float64(len(seen))
		}
	}
	return out, nil
}

// addReading adds what became of the second object and of the shapes, and how well the reader
// reads.
func (r *run) addReading(after reading, random []reading) {
	var mean reading
	for _, d := range random {
		mean.windows += d.windows / float64(len(random))
		mean.shapes += d.shapes / float64(len(random))
	}
	with := 0
	for _, s := range r.before {
		if len(s.Windows) > 0 {
			with++
		}
	}
	res, against := r.out.Result, fmt.Sprintf("mean of %d draws of random maps", r.Draws)
	before := float64(with) / float64(r.n)
	res.Add(vis.Score{Name: "second_object_before", Value: before, CI95: new(eval.WilsonShare(before, float64(r.n))), N: r.n, Of: "share of images with a second object before the drop"})
	res.Add(vis.Score{Name: "second_object_after", Value: after.windows, Control: &mean.windows, CI95: new(eval.WilsonShare(after.windows, float64(r.n))), N: r.n, Better: measure.Lower,
		Of: "share of images with a second object after the drop", Against: against})
	res.Add(vis.Score{Name: "shape_kept", Value: after.shapes, Control: &mean.shapes, CI95: new(eval.WilsonShare(after.shapes, float64(r.n))), N: r.n, Better: measure.Higher,
		Of: "share of images whose shape is named as before the drop", Against: against})
	q := r.Reader.Quality()
	res.Add(vis.Score{Name: "detector_precision", Value: q.Precision, CI95: new(eval.Wilson(q.Right, q.Boxes)), N: q.Boxes, Better: measure.Higher, Of: "boxes found in held-out drawn images that are right"})
	res.Add(vis.Score{Name: "detector_recall", Value: q.Recall, CI95: new(eval.Wilson(q.Right, q.Windows)), N: q.Windows, Better: measure.Higher, Of: "second objects of held-out drawn images that are found"})
	res.Add(vis.Score{Name: "classifier_accuracy", Value: q.Accuracy, CI95: new(eval.WilsonShare(q.Accuracy, float64(q.Images))), N: q.Images, Better: measure.Higher, Of: "shapes of held-out drawn images named rightly"})
	res.Says += fmt.Sprintf(" %.1f %% of the images have a second object before and %.1f %% after (random maps: %.1f %%); %.1f %% keep their shape (random maps: %.1f %%).",
		100*before, 100*after.windows, 100*mean.windows, 100*after.shapes, 100*mean.shapes)
}
