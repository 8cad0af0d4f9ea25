package latent

import (
	"context"
	"fmt"
	"strconv"

	"repbench/eval"
	"repbench/internal/measure"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/sheet"
)

// Grid is a sheet of samples with their numbers.
type Grid struct {
	// Images are the samples.
	Images dcgan.Images
	// Result has the scores.
	Result *vis.Result
	// Rows are the sheet, to be drawn by sheet.DrawRows.
	Rows []sheet.Row
}

// gridColumns is the number of images of a row of a sheet.
const gridColumns = 10

// mostPairs bounds the pairs of images behind the scores of a sheet.
const mostPairs = 64

// DrawGrid generates the images of a pool and numbers them from 0.
func DrawGrid(ctx context.Context, g *vis.Generator, p Pool) (*Grid, error) {
	im, err := g.Images(ctx, p.Z, p.N)
	if err != nil {
		return nil, err
	}
	out := &Grid{Images: im, Result: vis.NewResult("grid")}
	shown, err := bytes(im)
	if err != nil {
		return nil, err
	}
	for lo := 0; lo < p.N; lo += gridColumns {
		hi := min(lo+gridColumns, p.N)
		row := sheet.Row{Images: shown.Slice(lo, hi)}
		for i := lo; i < hi; i++ {
			row.Captions = append(row.Captions, strconv.Itoa(i))
		}
		out.Rows = append(out.Rows, row)
	}
	r := out.Result
	p.Origin().set(r, p.Seed)
	r.Set("z_hash", hashOf(p.Z))
	r.Set("bn", string(g.BatchNorm))
	var pairs []float64
	for i := range min(p.N, mostPairs) {
		for j := range i {
			pairs = append(pairs, rms(at(im, i), at(im, j)))
		}
	}
	typical := median(pairs)
	nearest := quantile(pairs, 0)
	r.Says = "1 sample, number 0. There is no second one that it could be compared with."
	if len(pairs) > 0 {
		r.Add(vis.Score{Name: "nearest_pair_rms", Value: nearest, Control: &typical, N: len(pairs), Better: measure.Higher,
			Of: "smallest difference of two images, root mean square of pixels in [-1, 1]", Against: "median of all pairs"})
		r.Says = fmt.Sprintf("%d samples, numbered from 0. The two that are most alike differ by %.2g, two typical ones by %.2g.", p.N, nearest, typical)
	}
	sharp := make([]float64, p.N)
	for i := range sharp {
		sharp[i] = Sharpness(slice(im, i, i+1))
	}
	r.Add(vis.Score{Name: "sharpness", Value: Sharpness(im), CI95: eval.MeanInterval(sharp), N: p.N, Of: "mean length of the gradient of pixels in [-1, 1]"})
	return out, nil
}
