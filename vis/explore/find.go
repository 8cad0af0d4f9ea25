package explore

import (
	"context"

	"repbench/internal/errkind"
	"repbench/vis/forget"
	"repbench/vis/sheet"
)

// findRequest asks for the boxes that are found in the first N samples, for maps of a layer.
type findRequest struct {
	N     int    `json:"n"`
	Layer string `json:"layer"`
}

// findAnswer has them, and says how far the detector is to be trusted.
type findAnswer struct {
	Boxes []forget.Box `json:"boxes"`
	// Small is the number of boxes that were left out, as they hold the centre of no cell of the
	// layer's maps.
	Small int `json:"small"`
	// Precision and Recall are the detector's on Drawn held-out drawn images.
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
	Drawn     int     `json:"drawn"`
}

// maxFind bounds the samples in which boxes are found.
const maxFind = 1000

// findBoxes handles api/forget/boxes.
func (e *Explorer) findBoxes(ctx context.Context, in findRequest) (findAnswer, error) {
	out := findAnswer{Boxes: []forget.Box{}}
	if e.o.Reader == nil {
		return out, errkind.Errorf(errChoice, "boxes are found only in samples of models that were trained on the set shapes; draw them")
	}
	if in.N < 1 || in.N > min(maxFind, e.o.Pool.N) {
		return out, errkind.Errorf(errChoice, "boxes in %d samples; 1 to %d can be looked at", in.N, min(maxFind, e.o.Pool.N))
	}
	a := e.o.Generator.Model.Arch
	layer, err := forget.ParseLayer(a, in.Layer)
	if err != nil {
		return out, err
	}
	reader, err := e.readerOf(ctx)
	if err != nil {
		return out, err
	}
	found, err := e.windows(ctx, reader, in.N)
	if err != nil {
		return out, err
	}
	grid := forget.Grid{Images: in.N, Size: a.ImageSize, Cells: a.HiddenLayers()[layer].Side}
	kept, small := grid.Holding(found)
	q := reader.Quality()
	out.Boxes, out.Small = append(out.Boxes, kept...), small
	out.Precision, out.Recall, out.Drawn = q.Precision, q.Recall, q.Images
	return out, nil
}

// windows are the boxes that a reader sees in the first n samples.
func (e *Explorer) windows(ctx context.Context, reader forget.Reader, n int) ([]forget.Box, error) {
	im, err := e.o.Generator.Images(ctx, e.o.Pool.Z[:n*e.o.Pool.Dim], n)
	if err != nil {
		return nil, err
	}
	shown, err := sheet.FromFloat(im.Data, im.N, im.H, im.W, im.C)
	if err != nil {
		return nil, err
	}
	seen, err := reader.Look(ctx, shown)
	if err != nil {
		return nil, err
	}
	return forget.BoxesOf(seen), nil
}
