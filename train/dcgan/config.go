package dcgan

import (
	"repbench/train"
	"repbench/train/runfolder"
)

// Config is a run's config.json.
type Config struct {
	Arch         string      `json:"arch"`
	Width        int         `json:"width"`
	Channels     int         `json:"channels"` // 1 (grey) or 3 (RGB)
	ZDim         int         `json:"z_dim"`
	ZPrior       Prior       `json:"z_prior"`
	Data         string      `json:"data"`
	DataSource   string      `json:"data_source"`
	DataHash     string      `json:"data_hash"`
	Images       int         `json:"images"`
	Batch        int         `json:"batch"`
	Steps        int64       `json:"steps"`
	Seed         uint64      `json:"seed"`
	Alternate    Alternation `json:"alternate"`
	LearningRate float64     `json:"learning_rate"`
	Beta1        float64     `json:"beta1"`
	Beta2        float64     `json:"beta2"`
	Epsilon      float64     `json:"epsilon"`
	WeightDecay  float64     `json:"weight_decay"`
	Samples      int         `json:"samples"`
	Backend      string      `json:"backend"`

	// These do not decide the result and may change when a run is resumed.
	LogEvery        int64 `json:"log_every"`
	SampleEvery     int64 `json:"sample_every"`
	CheckpointEvery int64 `json:"checkpoint_every"`
	Keep            int   `json:"keep"`
	// Record is what the caller added: versions, commit, command.
	Record map[string]any `json:"record,omitempty"`
}

func newConfig(o Options, d train.Data, backend string) Config {
	a := o.adam()
	return Config{
		Arch: o.Arch.Name, Width: o.Arch.Width, Channels: o.Arch.Channels, ZDim: o.Arch.ZDim, ZPrior: o.Arch.Prior,
		Data: d.Name, DataSource: d.Source, DataHash: d.Hash, Images: d.Images.N,
		Batch: o.Batch, Steps: o.Steps, Seed: o.Seed, Alternate: o.Alternate,
		LearningRate: a.LearningRate, Beta1: a.Beta1, Beta2: a.Beta2, Epsilon: a.Epsilon, WeightDecay: a.WeightDecay,
		Samples: o.Samples, Backend: backend, Record: o.Record,
		LogEvery: o.LogEvery, SampleEvery: o.SampleEvery, CheckpointEvery: o.CheckpointEvery, Keep: o.Keep,
	}
}

// freeFields are the fields of Config on which a resumed run need not agree: Steps,
// since nothing depends on when a run ends, and the source of the data, since the
// hash tells whether they are the same.
var freeFields = []string{"steps", "data_source", "log_every", "sample_every", "checkpoint_every", "keep", "record"}

// Complete fills in the number of channels, which config.json files of versions that
// trained on RGB images alone do not have.
func (c *Config) Complete() {
	if c.Channels == 0 {
		c.Channels = 3
	}
}

// ReadConfig reads the config.json of a run of a DCGAN.
func ReadConfig(run string) (Config, error) { return runfolder.Read[Config](run) }
