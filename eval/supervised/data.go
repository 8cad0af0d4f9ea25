package supervised

import (
	"fmt"
	"math/rand/v2"
	"slices"

	"repbench/datasets"
	"repbench/train"
)

// Random streams of one seed.
const (
	streamHyper = 0x5e00 + iota
	streamTrial
	streamHoldOut
	streamHead
	streamDropout
)

// random is the random stream of one use at one position.
func random(seed uint64, stream int, position int64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(stream)<<48^uint64(position)))
}

// rows are some images of a split, by index.
type rows struct {
	images datasets.Images
	labels []int32
	index  []int
}

func (r rows) n() int { return len(r.index) }

// at copies the chosen images, places in r, into dst.
func (r rows) at(dst []uint8, places []int) []uint8 {
	for _, p := range places {
		dst = append(dst, r.images.At(r.index[p])...)
	}
	return dst
}

func (r rows) label(place int) int32 { return r.labels[r.index[place]] }

func allOf(s *datasets.Split) rows {
	index := make([]int, s.Images.N)
	for i := range index {
		index[i] = i
	}
	return rows{s.Images, s.Labels, index}
}

// searchData is what the search may see. The test images are not part of it.
type searchData struct {
	fit, valid rows
	// final is what the chosen hyperparameters are fitted on: all training images.
	final      rows
	classes    int
	selectedOn string
}

// newSearchData takes the validation split, or holds images out of the training
// split.
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
	d := &searchData{classes: k, final: allOf(all), fit: allOf(all)}
	if valid, err := ds.Split(datasets.Valid); err == nil {
		if err := checkSplit(valid, o.Arch, k); err != nil {
			return nil, fmt.Errorf("data set %s: %w", ds.Name, err)
		}
		d.valid, d.selectedOn = allOf(valid), datasets.Valid
	} else {
		d.fit.index, d.valid = nil, rows{all.Images, all.Labels, nil}
		d.fit.index, d.valid.index = holdOut(all.Labels, o.HoldOut, o.Seed)
		d.selectedOn = fmt.Sprintf("%g %% of each class held out of train", 100*o.HoldOut)
	}
	if d.fit.n() < o.Batch {
		return nil, fmt.Errorf("%w: data set %s has %d images to fit, fewer than one batch of %d",
			train.ErrOptions, ds.Name, d.fit.n(), o.Batch)
	}
	return d, nil
}

// holdOut splits off the share of the rows of each class, at least one where
// there are two or more, drawn with the seed. Both parts ascend.
func holdOut(y []int32, share float64, seed uint64) (rest, held []int) {
	byClass := make([][]int, slices.Max(y)+1)
	for i, k := range y {
		byClass[k] = append(byClass[k], i)
	}
	r := random(seed, streamHoldOut, 0)
	for _, rows := range byClass {
		r.Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		n := min(max(1, int(share*float64(len(rows))+0.5)), max(0, len(rows)-1))
		held, rest = append(held, rows[:n]...), append(rest, rows[n:]...)
	}
	slices.Sort(held)
	slices.Sort(rest)
	return rest, held
}
