package features

import (
	"fmt"

	"repbench/datasets"
	"repbench/features/store"
	"repbench/internal/released"
)

// Shuffled is the order in which the mode Fixed gathers its statistics on a set whose
// training images are ordered by class, as folders and archives of a folder for each
// class are: there a minibatch in the set's order would be of one class. A set is
// taken to be so ordered when more than half of its training images are followed by
// one of their own class. The order is that of released.Order, always the same.
const Shuffled = "shuffled"

// ordered are images in an order: im.At(at[0]), im.At(at[1]), …, or all of im in its
// own order where at is nil.
type ordered struct {
	im datasets.Images
	at []int32
}

func (o ordered) len() int {
	if o.at == nil {
		return o.im.N
	}
	return len(o.at)
}

// slice returns the images [lo, hi) of the order, which are copied unless it is the
// images' own.
func (o ordered) slice(lo, hi int) datasets.Images {
	if o.at == nil {
		return o.im.Slice(lo, hi)
	}
	part := o.im
	part.N, part.Data = hi-lo, make([]uint8, 0, (hi-lo)*o.im.Stride())
	for _, i := range o.at[lo:hi] {
		part.Data = append(part.Data, o.im.At(int(i))...)
	}
	return part
}

// statsImages are the training images that a mode gathers its statistics from.
func statsImages(ds *datasets.Dataset, mode store.BatchNorm) (ordered, error) {
	split, err := ds.Split(datasets.Train)
	if err != nil {
		return ordered{}, err
	}
	o := ordered{im: split.Images}
	switch {
	case mode == store.Fixed && byClass(ds):
		o.at = released.Order(o.im.N)
	case mode == store.Released:
		o.at = released.Order(o.im.N)
		if _, err := ds.Split(datasets.Valid); err == nil {
			break // the set has its validation images apart
		}
		if o.im.N <= released.Validation {
			return o, fmt.Errorf("%d of them are set aside, and data set %s has %d; use the mode %s", released.Validation, ds.Name, o.im.N, store.Fixed)
		}
		o.at = o.at[released.Validation:]
	}
	return o, nil
}

// byClass reports whether the training images are ordered by class, see Shuffled.
// Images without labels, or all of one class, are not.
func byClass(ds *datasets.Dataset) bool {
	split, err := ds.Split(datasets.Train)
	if err != nil {
		return false
	}
	changes := 0
	for i := 1; i < len(split.Labels); i++ {
		if split.Labels[i] != split.Labels[i-1] {
			changes++
		}
	}
	return changes > 0 && 2*changes < len(split.Labels)-1
}
