package invert

import (
	"fmt"

	"repbench/datasets"
	"repbench/eval"
	"repbench/internal/measure"
	"repbench/train/dcgan"
	"repbench/vis"
	"repbench/vis/sheet"
)

// WorkingGap is how many decibels better a generator inverts its own samples than foreign images,
// at least, where the search works.
const WorkingGap = 12.0

// Figure are the sets that were inverted.
type Figure struct {
	// Own are samples of the generator, Foreign the images of the user.
	Own, Foreign Set
	// Train and HeldOut are training images of the generator and images that it was not trained
	// on; nil: there are none.
	Train, HeldOut *Set
}

// Result are the scores of the figure.
func (f *Figure) Result(a dcgan.Arch, o Options) *vis.Result {
	r := vis.NewResult("invert")
	own, foreign := f.Own.PSNR(), f.Foreign.PSNR()
	medianOwn, medianForeign := Median(own), Median(foreign)
	r.Add(vis.Score{Name: "psnr", Value: medianOwn, Control: &medianForeign, CI95: MedianInterval(own, o.Seed), N: len(own), Better: measure.Higher,
		Of: "median decibels of " + f.Own.Name, Against: fmt.Sprintf("%d of %s", len(foreign), f.Foreign.Name)})
	gap, ci := medianOwn-medianForeign, gapInterval(own, foreign, o.Seed)
	r.Add(vis.Score{Name: "gap", Value: gap, CI95: ci, N: len(own) + len(foreign), Better: measure.Higher,
		Of: fmt.Sprintf("decibels by which own images are inverted better than foreign ones; the search works from %g on", WorkingGap)})
	norm := PriorNorm(a)
	r.Add(vis.Score{Name: "norm", Value: f.Foreign.Norm(), Control: &norm, CI95: eval.MeanInterval(f.Foreign.norms()), N: len(foreign),
		Of: "mean length of the z found for " + f.Foreign.Name, Against: fmt.Sprintf("length of z of the prior %s", a.Prior)})
	r.Says = fmt.Sprintf("Own samples come back with %.1f dB (median), %s with %.1f: %s", medianOwn, f.Foreign.Name, medianForeign, verdict(gap, ci))
	if gap < WorkingGap {
		r.Warn("the gap of %.1f dB is below %g: either these images are like the generator's own, or the search needs more steps or restarts", gap, WorkingGap)
	}
	f.flat(r, o.Seed)
	f.memory(r, o.Seed)
	r.Set("lambda", *o.Lambda)
	r.Set("steps", o.Steps)
	r.Set("restarts", o.Restarts)
	r.Set("double", o.Double)
	r.Set("starts_from", startsText(o))
	return r
}

func startsText(o Options) string {
	if o.Z0 != nil {
		return "given"
	}
	return fmt.Sprintf("N(0, %g²)", startStd)
}

// verdict says what the interval of the gap allows to say; ci is nil where there are too few images.
func verdict(gap float64, ci *eval.Interval) string {
	if ci == nil {
		return fmt.Sprintf("%.1f dB apart; an interval needs at least two images of each.", gap)
	}
	apart := fmt.Sprintf("%.1f dB apart (95 %% interval %.1f to %.1f)", gap, ci[0], ci[1])
	switch {
	case ci[0] >= WorkingGap:
		return "the generator makes its own images, and these much worse: " + apart + "."
	case ci[0] > 0 && ci[1] < WorkingGap:
		return fmt.Sprintf("its own come back better, by less than the %g dB of images that a generator cannot make: %s.", WorkingGap, apart)
	case ci[0] > 0:
		return fmt.Sprintf("its own come back better: %s; more images would say whether it is the %g dB of images that a generator cannot make.", apart, WorkingGap)
	case ci[1] < 0:
		return "these come back better than its own: " + apart + "."
	}
	return "no difference is shown: " + apart + "."
}

// flat adds what one colour makes of the images of the user, the mean of each: what is found has to be
// better than that to show anything of an image.
func (f *Figure) flat(r *vis.Result, seed uint64) {
	if f.Foreign.Images.N != len(f.Foreign.Found) {
		return
	}
	found, flat := f.Foreign.PSNR(), f.Foreign.FlatPSNR()
	value, control := Median(found), Median(flat)
	r.Add(vis.Score{Name: "psnr_images", Value: value, Control: &control, CI95: MedianInterval(found, seed), N: len(found), Better: measure.Higher,
		Of: "median decibels of " + f.Foreign.Name, Against: "one flat colour, the mean of each image"})
	r.Says += fmt.Sprintf(" One flat colour, the mean of each image, has %.1f dB.", control)
}

// gapInterval is the interval of a difference of medians; nil where there is none.
func gapInterval(a, b []float64, seed uint64) *eval.Interval {
	_, ci, err := Gap(a, b, seed)
	if err != nil {
		return nil
	}
	return (*eval.Interval)(&ci)
}

// memory adds the score of memorisation, if there are training and held-out images.
func (f *Figure) memory(r *vis.Result, seed uint64) {
	if f.Train == nil || f.HeldOut == nil {
		return
	}
	train, held := f.Train.PSNR(), f.HeldOut.PSNR()
	gap, ci, err := Gap(train, held, seed)
	if err != nil {
		r.Warn("training against held-out images: %v", err)
		return
	}
	r.Add(vis.Score{Name: "train_gap", Value: gap, Control: new(0.0), CI95: (*eval.Interval)(&ci), N: len(train) + len(held), Better: measure.Lower,
		Of:      fmt.Sprintf("decibels by which training images (median %.2f) are inverted better than held-out ones (%.2f)", Median(train), Median(held)),
		Against: "no memorisation"})
	r.Set("memorisation_images", fmt.Sprintf("%d of %s, %d of %s", len(train), f.Train.Name, len(held), f.HeldOut.Name))
	switch {
	case ci[0] > 0:
		r.Says += fmt.Sprintf(" Training images come back %.2f dB better than held-out ones (%.2f to %.2f): a sign of memorisation.", gap, ci[0], ci[1])
	default:
		r.Says += fmt.Sprintf(" Training images against held-out ones: %+.2f dB (%.2f to %.2f), no sign of memorisation.", gap, ci[0], ci[1])
	}
}

// columns is the number of images of a row of the figure, and mostShown of a set in it.
const (
	columns   = 8
	mostShown = 16
)

// Rows are the figure for sheet.DrawRows: the first images of each set above what the generator
// makes of the z found, which make returns for a set.
func (f *Figure) Rows(make func(z []float32, n int) (dcgan.Images, error)) ([]sheet.Row, error) {
	var rows []sheet.Row
	for _, s := range []*Set{&f.Own, &f.Foreign, f.Train, f.HeldOut} {
		if s == nil || len(s.Found) == 0 || s == f.HeldOut && s.Name == f.Foreign.Name {
			continue // the held-out images are the user's where there are no others
		}
		part, err := s.rows(make)
		if err != nil {
			return nil, err
		}
		rows = append(rows, part...)
	}
	return rows, nil
}

// rows are the rows of one set.
func (s *Set) rows(make func(z []float32, n int) (dcgan.Images, error)) ([]sheet.Row, error) {
	n := min(len(s.Found), mostShown)
	var z []float32
	for _, f := range s.Found[:n] {
		z = append(z, f.Z...)
	}
	made, err := make(z, n)
	if err != nil {
		return nil, err
	}
	below, err := sheet.FromFloat(made.Data, made.N, made.H, made.W, made.C)
	if err != nil {
		return nil, err
	}
	size := s.Images.H * s.Images.W * s.Images.C
	above, err := sheet.FromFloat(s.Images.Data[:n*size], n, s.Images.H, s.Images.W, s.Images.C)
	if err != nil {
		return nil, err
	}
	var rows []sheet.Row
	for lo := 0; lo < n; lo += columns {
		hi := min(lo+columns, n)
		row := sheet.Row{Images: datasets.Images{H: 2*above.H + 1, W: above.W, C: above.C}}
		if lo == 0 {
			row.Heading = fmt.Sprintf("%s: median %.1f dB of %d", s.Name, Median(s.PSNR()), len(s.Found))
		}
		row.Label = []string{fmt.Sprintf("%d to %d", lo, hi-1), "above: the image", "below: G(z)"}
		for i := lo; i < hi; i++ {
			row.Images.Data = append(row.Images.Data, above.At(i)...)
			for range above.W * above.C {
				row.Images.Data = append(row.Images.Data, 255)
			}
			row.Images.Data = append(row.Images.Data, below.At(i)...)
			row.Images.N++
			row.Captions = append(row.Captions, fmt.Sprintf("%.1f dB", s.Found[i].PSNR))
		}
		rows = append(rows, row)
	}
	return rows, nil
}
