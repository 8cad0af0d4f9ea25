package dcgan

import (
	"repbench/train"
	"repbench/train/runfolder"
)

// Config is the content of config.json in a run folder.
type Config struct {
	Arch         string      `json:"arch"`          // name of the architecture, see ArchNames
	Width        int         `json:"width"`         // maps of D's first layer
	Channels     int         `json:"channels"`      // 1 (grey) or 3 (RGB)
	ZDim         int         `json:"z_dim"`         // length of z
	ZPrior       Prior       `json:"z_prior"`       // distribution of z
	Data         string      `json:"data"`          // name of the data set
	DataSource   string      `json:"data_source"`   // where the data set was read from
	DataHash     string      `json:"data_hash"`     // hash of the data set
	Images       int         `json:"images"`        // number of training images
	Batch        int         `json:"batch"`         // images per minibatch
	Steps        int64       `json:"steps"`         // updates in all
	Seed         uint64      `json:"seed"`          // seed of all random streams
	Alternate    Alternation `json:"alternate"`     // which network an update trains
	LearningRate float64     `json:"learning_rate"` // Adam's step size
	Beta1        float64     `json:"beta1"`         // Adam's decay of the first moment
	Beta2        float64     `json:"beta2"`         // Adam's decay of the second moment
	Epsilon      float64     `json:"epsilon"`       // Adam's ε
	WeightDecay  float64     `json:"weight_decay"`  // factor of the L2 term, see train.Adam
	Samples      int         `json:"samples"`       // images per sample sheet
	Backend      string      `json:"backend"`       // Spec of the backend

	// The fields below do not decide the result and may change when a run is resumed. LogEvery
	// is the number of steps per log line.
	LogEvery        int64 `json:"log_every"`
	SampleEvery     int64 `json:"sample_every"`     // steps per sample sheet
	CheckpointEvery int64 `json:"checkpoint_every"` // steps per checkpoint
	Keep            int   `json:"keep"`             // checkpoints kept
	// Measure says what was measured in the course of the training; nil: nothing was.
	Measure *train.MeasureConfig `json:"measure,omitempty"`
	// Record holds the entries added by the caller: versions, commit, command.
	Record map[string]any `json:"record,omitempty"`
}

func newConfig(o Options, d train.Data, backend string) Config {
	a := o.adam()
	c := Config{
		Arch: o.Arch.Name, Width: o.Arch.Width, Channels: o.Arch.Channels, ZDim: o.Arch.ZDim, ZPrior: o.Arch.Prior,
		Data: d.Name, DataSource: d.Source, DataHash: d.Hash, Images: d.Images.N,
		Batch: o.Batch, Steps: o.Steps, Seed: *o.Seed, Alternate: o.Alternate,
		LearningRate: a.LearningRate, Beta1: a.Beta1, Beta2: a.Beta2, Epsilon: a.Epsilon, WeightDecay: a.WeightDecay,
		Samples: o.Samples, Backend: backend, Record: o.Record,
		LogEvery: o.LogEvery, SampleEvery: o.SampleEvery, CheckpointEvery: o.CheckpointEvery, Keep: o.Keep,
	}
	if o.Measure != nil {
		settings := o.Measure.Settings
		settings.Every = o.Measure.Every
		c.Measure = &settings
	}
	return c
}

// goesOn takes over what earlier sittings wrote into config.json: the first one's record (log.txt
// lists the later ones), and the measurements where this sitting makes none. Measurements that do
// not compare with the earlier ones are an error.
func (c *Config) goesOn(old *Config) error {
	if old == nil {
		return nil
	}
	if old.Record != nil {
		c.Record = old.Record
	}
	if old.Measure == nil {
		return nil
	}
	if c.Measure == nil {
		c.Measure = old.Measure
		return nil
	}
	if err := c.Measure.Compatible(*old.Measure); err != nil {
		return err
	}
	if c.Measure.Encoder == "" { // what the earlier lines were made with
		c.Measure.Encoder, c.Measure.Features = old.Measure.Encoder, old.Measure.Features
	}
	return nil
}

// freeFields lists the fields of Config that may change when a run is resumed. It includes
// steps, since nothing depends on when a run ends, and the source of the data, since the hash
// already shows whether the data is the same.
var freeFields = []string{"steps", "data_source", "log_every", "sample_every", "checkpoint_every", "keep", "measure", "record"}

// Complete fills in the number of channels, which is missing in config.json files of versions
// that trained on RGB images alone.
func (c *Config) Complete() {
	if c.Channels == 0 {
		c.Channels = 3
	}
}

// ReadConfig reads the config.json of a run of a DCGAN.
func ReadConfig(run string) (Config, error) { return runfolder.Read[Config](run) }
