package autoencoder

import (
	"fmt"

	"repbench/train"
	"repbench/train/runfolder"
)

// Arch is the architecture that config.json of a run names.
const Arch = "autoencoder"

// Config is a run's config.json.
type Config struct {
	Arch         string  `json:"arch"`
	Height       int     `json:"height"`
	Width        int     `json:"image_width"`
	Channels     int     `json:"channels"`
	Hidden       int     `json:"hidden"`
	Dropout      float64 `json:"dropout"`
	Data         string  `json:"data"`
	DataSource   string  `json:"data_source"`
	DataHash     string  `json:"data_hash"`
	Images       int     `json:"images"`
	Batch        int     `json:"batch"`
	Steps        int64   `json:"steps"`
	Seed         uint64  `json:"seed"`
	LearningRate float64 `json:"learning_rate"`
	Beta1        float64 `json:"beta1"`
	Beta2        float64 `json:"beta2"`
	Epsilon      float64 `json:"epsilon"`
	Backend      string  `json:"backend"`

	// These do not decide the result and may change when a run is resumed.
	LogEvery        int64 `json:"log_every"`
	CheckpointEvery int64 `json:"checkpoint_every"`
	Keep            int   `json:"keep"`
	// Record is what the caller added: versions, commit, command.
	Record map[string]any `json:"record,omitempty"`
}

// free are the fields that may change when a run is resumed. Steps is one, since
// nothing depends on when a run ends, and the source of the data, since the hash
// tells whether they are the same.
var free = []string{"steps", "data_source", "log_every", "checkpoint_every", "keep", "record"}

func newConfig(o Options, d train.Data, backend string) Config {
	a := o.adam()
	return Config{
		Arch: Arch, Height: d.Images.H, Width: d.Images.W, Channels: d.Images.C,
		Hidden: o.Hidden, Dropout: o.Dropout,
		Data: d.Name, DataSource: d.Source, DataHash: d.Hash, Images: d.Images.N,
		Batch: o.Batch, Steps: o.Steps, Seed: o.Seed,
		LearningRate: a.LearningRate, Beta1: a.Beta1, Beta2: a.Beta2, Epsilon: a.Epsilon,
		Backend: backend, Record: o.Record,
		LogEvery: o.LogEvery, CheckpointEvery: o.CheckpointEvery, Keep: o.Keep,
	}
}

// readConfig reads the config.json of a run folder and checks that it is one of
// an autoencoder, of a size that can be.
func readConfig(run string) (Config, error) {
	c, err := runfolder.Read[Config](run)
	if err != nil {
		return c, err
	}
	if c.Arch != Arch {
		return c, fmt.Errorf("%s is a run of %q, not of an autoencoder", run, c.Arch)
	}
	for _, n := range []int{c.Height, c.Width, c.Channels} {
		if n < 1 || n > maxImage {
			return c, fmt.Errorf("%s: config.json names images of %d×%d×%d", run, c.Height, c.Width, c.Channels)
		}
	}
	if c.Height*c.Width > maxImage || c.Height*c.Width*c.Channels > maxImage || c.Hidden < 1 || c.Hidden > maxHidden {
		return c, fmt.Errorf("%s: config.json names images of %d×%d×%d and %d hidden units; the limits are %d values and %d units",
			run, c.Height, c.Width, c.Channels, c.Hidden, maxImage, maxHidden)
	}
	return c, nil
}
