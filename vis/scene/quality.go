package scene

import (
	"context"
	"fmt"

	"repbench/datasets/shapes"
)

// Quality says how well the network reads held-out drawn images.
type Quality struct {
	// Images is the number of held-out drawn images.
	Images int `json:"images"`
	// Windows is the number of windows drawn in them, Boxes the number of boxes found, Right the
	// number of boxes that overlap the drawn window by half or more (intersection over union).
	Windows int `json:"windows"`
	Boxes   int `json:"boxes"`
	Right   int `json:"right"`
	// Precision is Right/Boxes, Recall is Right/Windows.
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	// Accuracy is the share of images whose shape is named rightly.
	Accuracy float64 `json:"shape_accuracy"`
}

// overlapRight is the intersection over union from which a found box is right.
const overlapRight = 0.5

// heldOut is the number of held-out drawn images.
const heldOut = 1000

// judge measures the network on drawn images that it was not fitted on.
func (l *looker) judge(ctx context.Context, size int) (Quality, error) {
	im, factors := draw(size, shapes.Test, 0, heldOut)
	seen, err := l.look(ctx, im)
	if err != nil {
		return Quality{}, err
	}
	q := Quality{Images: heldOut}
	named := 0
	for i, f := range factors {
		if seen[i].Shape == f.Class {
			named++
		}
		q.Boxes += len(seen[i].Windows)
		if !f.Window.Present {
			continue
		}
		q.Windows++
		for _, b := range seen[i].Windows {
			if overlap(b, f.Window.Box) >= overlapRight {
				q.Right++ // two boxes that overlap one window by half would overlap each other
				break
			}
		}
	}
	q.Precision, q.Recall = share(q.Right, q.Boxes), share(q.Right, q.Windows)
	q.Accuracy = share(named, heldOut)
	return q, nil
}

// share is a/b, and 0 where b is 0.
func share(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// overlap is the intersection of two boxes divided by their union.
func overlap(a, b shapes.Box) float64 {
	w := min(a.X1, b.X1) - max(a.X0, b.X0)
	h := min(a.Y1, b.Y1) - max(a.Y0, b.Y0)
	if w <= 0 || h <= 0 {
		return 0
	}
	area := func(b shapes.Box) int { return (b.X1 - b.X0) * (b.Y1 - b.Y0) }
	return float64(w*h) / float64(area(a)+area(b)-w*h)
}

// String says it in words.
func (q Quality) String() string {
	return fmt.Sprintf("on %d held-out drawn images: windows with precision %.3f and recall %.3f, shapes named rightly %.1f %%",
		q.Images, q.Precision, q.Recall, 100*q.Accuracy)
}
