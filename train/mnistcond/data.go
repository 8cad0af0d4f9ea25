package mnistcond

import (
	"fmt"

	"repbench/datasets"
	"repbench/internal/released"
)

// Data is a training set with labels, and the validation images that were split off.
type Data struct {
	// Images and Labels are trained on, ValidLabels are the classes of the images Valid.
	Images      datasets.Images
	Labels      []int32
	Valid       datasets.Images
	ValidLabels []int32
	// Name, Source and Hash identify the data set in the run's config.json; Split says which of its
	// training images Images are.
	Name, Source, Hash, Split string
}

// ReleasedSplit names the split of the released code, see Released.
const ReleasedSplit = "released"

// validShare is the part of the training images that is split off: 10,000 of MNIST's 60,000.
const validShare = 6

// Released splits the training images of a set as the released code does with MNIST's: in the order
// of released.Order, the last sixth (10,000 of 60,000) are validation images, and the others are
// trained on.
func Released(ds *datasets.Dataset) (Data, error) {
	s, err := ds.Split(datasets.Train)
	if err != nil {
		return Data{}, err
	}
	if err := CheckImages("data set "+ds.Name, s.Images); err != nil {
		return Data{}, err
	}
	if err := CheckLabels("data set "+ds.Name, s.Labels, s.Images.N); err != nil {
		return Data{}, err
	}
	if s.Images.N < validShare {
		return Data{}, fmt.Errorf("data set %s has %d training images; at least %d are needed to split some off", ds.Name, s.Images.N, validShare)
	}
	order := released.Order(s.Images.N)
	valid := s.Images.N / validShare
	d := Data{Name: ds.Name, Source: ds.Source, Hash: ds.Hash, Split: ReleasedSplit}
	d.Images, d.Labels = pick(s, order[:len(order)-valid])
	d.Valid, d.ValidLabels = pick(s, order[len(order)-valid:])
	return d, nil
}

// pick copies the given rows of a split.
func pick(s *datasets.Split, rows []int32) (datasets.Images, []int32) {
	im := datasets.Images{N: len(rows), H: s.Images.H, W: s.Images.W, C: s.Images.C, Data: make([]uint8, 0, len(rows)*s.Images.Stride())}
	labels := make([]int32, len(rows))
	for i, r := range rows {
		im.Data = append(im.Data, s.Images.At(int(r))...)
		labels[i] = s.Labels[r]
	}
	return im, labels
}
