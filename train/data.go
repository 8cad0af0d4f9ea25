package train

import (
	"errors"

	"repbench/datasets"
)

// Data is a training set.
type Data struct {
	// Images are the training images, of the size that the model expects.
	Images datasets.Images
	// Name, Source and Hash identify the data set in the run's config.json.
	Name, Source, Hash string
}

// TrainedOn records what a run trained a model on.
type TrainedOn struct {
	// Data and DataHash identify the data set, as in the run's config.json.
	Data, DataHash string
	// Steps is the number of updates done, Seed the seed of the training.
	Steps int64
	Seed  uint64
}

// ErrOptions is wrapped by errors about the options of a training.
var ErrOptions = errors.New("training options")
