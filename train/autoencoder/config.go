package autoencoder

import (
	"fmt"

	"repbench/train"
	"repbench/train/runfolder"
)

// Arch is the architecture name in config.json.
const Arch = "autoencoder"

// Config is the content of config.json in a run folder.
type Config struct {
	Arch         string  `json:"arch"`          // the constant Arch
	Height       int     `json:"height"`        // of the images, pixels
	Width        int     `json:"image_width"`   // of the images, pixels
	Channels     int     `json:"channels"`      // of the images, 1 or 3
	Hidden       int     `json:"hidden"`        // code units
	Dropout      float64 `json:"dropout"`       // probability in [0, 1)
	Data         string  `json:"data"`          // name of the data set
	DataSource   string  `json:"data_source"`   // where the data set was read from
	DataHash     string  `json:"data_hash"`     // hash of the data set
	Images       int     `json:"images"`        // number of training images
	Batch        int     `json:"batch"`         // images per step
	Steps        int64   `json:"steps"`         // updates in all
	Seed         uint64  `json:"seed"`          // seed of all random streams
	LearningRate float64 `json:"learning_rate"` // Adam's step size
	Beta1        float64 `json:"beta1"`         // Adam's decay of the first moment
	Beta2        float64 `json:"beta2"`         // Adam's decay of the second moment
	Epsilon      float64 `json:"epsilon"`       // Adam's ε
	Backend      string  `json:"backend"`       // Spec of the backend

	// The fields below do not decide the result and may change when a run is resumed. LogEvery
	// is the number of steps per log line.
	LogEvery        int64 `json:"log_every"`
	CheckpointEvery int64 `json:"checkpoint_every"` // steps per checkpoint
	Keep            int   `json:"keep"`             // checkpoints kept
	// Record holds the entries added by the caller: versions, commit, command.
	Record map[string]any `json:"record,omitempty"`
}

// free lists the fields that may change when a run is resumed. It includes steps, since nothing
// depends on when a run ends, and the source of the data, since the hash already shows whether
// the data is the same.
var free = []string{"steps", "data_source", "log_every", "checkpoint_every", "keep", "record"}

func newConfig(o Options, d train.Data, backend string) Config {
	a := o.adam()
	return Config{
		Arch: Arch, Height: d.Images.H, Width: d.Images.W, Channels: d.Images.C,
		Hidden: o.Hidden, Dropout: *o.Dropout,
		Data: d.Name, DataSource: d.Source, DataHash: d.Hash, Images: d.Images.N,
		Batch: o.Batch, Steps: o.Steps, Seed: *o.Seed,
		LearningRate: a.LearningRate, Beta1: a.Beta1, Beta2: a.Beta2, Epsilon: a.Epsilon,
		Backend: backend, Record: o.Record,
		LogEvery: o.LogEvery, CheckpointEvery: o.CheckpointEvery, Keep: o.Keep,
	}
}

// CheckRun says that the config.json of a run folder names other options than its newest
// checkpoint was written with.
func CheckRun(run string) error {
	c, err := runfolder.Read[Config](run)
	if err != nil {
		return err
	}
	options, err := runfolder.OptionsHash(c, free...)
	if err != nil {
		return err
	}
	return train.CheckOptions(run, options)
}

// readConfig reads the config.json of a run folder and checks that it belongs to an autoencoder
// of a valid size.
func readConfig(run string) (Config, error) {
	c, err := runfolder.Read[Config](run)
	if err != nil {
		return c, err
	}
	if c.Arch != Arch {
		return c, fmt.Errorf("%s is a run of %q, not of an autoencoder; a DCGAN's run is opened as dcgan:RUN, and a config.json that was changed has to be restored", run, c.Arch)
	}
	for _, n := range []int{c.Height, c.Width, c.Channels} {
		if n < 1 || n > maxImage {
			return c, fmt.Errorf("%s: config.json names images of %d×%d×%d; restore it, or use another folder", run, c.Height, c.Width, c.Channels)
		}
	}
	if c.Height*c.Width > maxImage || c.Height*c.Width*c.Channels > maxImage || c.Hidden < 1 || c.Hidden > maxHidden {
		return c, fmt.Errorf("%s: config.json names images of %d×%d×%d and %d hidden units; the limits are %d values and %d units; restore it, or use another folder",
			run, c.Height, c.Width, c.Channels, c.Hidden, maxImage, maxHidden)
	}
	return c, nil
}
