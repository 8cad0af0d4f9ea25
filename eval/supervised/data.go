package supervised

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"repbench/datasets"
	"repbench/internal/measure"
	"repbench/internal/released"
	"repbench/train"
)

// Random streams of one seed.
const (
	streamHyper = 0x5e00 + iota
	streamTrial
	streamHoldOut
	streamHead
	streamDropout
	streamLabels
)

// rows holds some images of a split, by index.
type rows struct {
	images datasets.Images
	labels []int32
	index  []int
}

func (r rows) n() int { return len(r.index) }

// at copies the chosen images, given by their index in r, into dst.
func (r rows) at(dst []uint8, places []int) []uint8 {
	for _, p := range places {
		dst = append(dst, r.images.At(r.index[p])...)
	}
	return dst
}

func (r rows) label(place int) int32 { return r.labels[r.index[place]] }

func allOf(s *datasets.Split) rows { return rows{s.Images, s.Labels, allRows(s.Images.N)} }

func allRows(n int) []int {
	index := make([]int, n)
	for i := range index {
		index[i] = i
	}
	return index
}

// byClass groups the rows at index by their class, 0 … k-1.
func byClass(index []int, y []int32, k int) [][]int {
	out := make([][]int, k)
	for _, i := range index {
		out[y[i]] = append(out[y[i]], i)
	}
	return out
}

func shuffle(r *rand.Rand, rows []int) {
	r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
}

// drawLabels draws n rows of each of k classes with the seed; the result is ascending.
func drawLabels(from rows, k, n int, seed uint64) ([]int, error) {
	r := train.Random(seed, streamLabels, 0)
	var drawn []int
	for class, rows := range byClass(from.index, from.labels, k) {
		if len(rows) < n {
			return nil, fmt.Errorf("%w: class %d has %d images to fit, besides the images held out to choose on, fewer than %d labels: ask for fewer labels, or leave the class out", train.ErrOptions, class, len(rows), n)
		}
		shuffle(r, rows)
		drawn = append(drawn, rows[:n]...)
	}
	slices.Sort(drawn)
	return drawn, nil
}

// searchData holds the images available to the search. The test images are not among them.
type searchData struct {
	fit, valid rows
	// final holds the images for the final fit: all training images or, with few labels, only
	// the labelled ones.
	final      rows
	classes    int
	selectedOn measure.Selection
}

// newSearchData uses the validation split, or holds images out of the training split.
func newSearchData(ds *datasets.Dataset, o Options) (*searchData, error) {
	k := len(ds.Classes)
	if k < 2 {
		return nil, fmt.Errorf("data set %s has %d classes; there must be two or more", ds.Name, k)
	}
	all, err := ds.Split(datasets.Train)
	if err != nil {
		return nil, err
	}
	if err := checkSplit(all, o.Arch, k); err != nil {
		return nil, fmt.Errorf("data set %s: %w", ds.Name, err)
	}
	d := &searchData{classes: k, final: allOf(all), fit: allOf(all), selectedOn: measure.Selection{On: measure.Valid, Of: "hyperparameters"}}
	if err := d.divide(ds, all, o); err != nil {
		return nil, fmt.Errorf("data set %s: %w", ds.Name, err)
	}
	if o.LabelsPerClass > 0 {
		if d.fit.index, err = drawLabels(d.fit, k, o.LabelsPerClass, *o.Seed); err != nil {
			return nil, fmt.Errorf("data set %s: %w", ds.Name, err)
		}
		d.final.index = d.fit.index
	}
	d.selectedOn.Rows = d.valid.n()
	if d.fit.n() < o.Batch {
		return nil, fmt.Errorf("%w: data set %s has %d images to fit, fewer than one batch of %d",
			train.ErrOptions, ds.Name, d.fit.n(), o.Batch)
	}
	return d, nil
}

// divide takes the validation split of a set, or holds images out of its training split.
func (d *searchData) divide(ds *datasets.Dataset, all *datasets.Split, o Options) error {
	valid, err := ds.Split(datasets.Valid)
	switch {
	case err == nil:
		if err := checkSplit(valid, o.Arch, d.classes); err != nil {
			return err
		}
		if o.Protocol != "" && valid.Images.N != released.Validation {
			return fmt.Errorf("%w: a validation split of %d images; %s has %d", train.ErrOptions, valid.Images.N, o.Protocol, released.Validation)
		}
		d.valid = allOf(valid)
		return nil
	case o.Protocol != "" && all.Images.N <= released.Validation:
		return fmt.Errorf("%w: a training split of %d images; %s sets %d of them aside", train.ErrOptions, all.Images.N, o.Protocol, released.Validation)
	case o.Protocol != "":
		d.selectedOn.From = measure.ReleasedRows
		d.fit.index, d.valid.index = releasedSplit(all.Images.N)
	default:
		d.selectedOn.From = measure.HeldOut
		d.fit.index, d.valid.index = holdOut(all.Labels, o.HoldOut, *o.Seed)
	}
	d.valid.images, d.valid.labels = all.Images, all.Labels
	return nil
}

// releasedSplit sets aside the rows that the released code chooses on. Both results are
// ascending.
func releasedSplit(n int) (rest, held []int) {
	for i, row := range released.Order(n) {
		if i < released.Validation {
			held = append(held, int(row))
		} else {
			rest = append(rest, int(row))
		}
	}
	slices.Sort(held)
	slices.Sort(rest)
	return rest, held
}

// holdOut splits off the given share of the rows of each class, drawn with the seed: at least
// one row of each class with two or more. Both results are ascending.
func holdOut(y []int32, share float64, seed uint64) (rest, held []int) {
	r := train.Random(seed, streamHoldOut, 0)
	for _, rows := range byClass(allRows(len(y)), y, int(slices.Max(y))+1) {
		shuffle(r, rows)
		n := min(max(1, int(share*float64(len(rows))+0.5)), max(0, len(rows)-1))
		held, rest = append(held, rows[:n]...), append(rest, rows[n:]...)
	}
	slices.Sort(held)
	slices.Sort(rest)
	return rest, held
}
