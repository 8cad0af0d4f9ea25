package mnistcond

import (
	"repbench/train"
	"repbench/train/runfolder"
)

// Config is the content of config.json in a run folder.
type Config struct {
	Arch         string  `json:"arch"`          // Name
	Width        int     `json:"width"`         // maps of D's first layer
	Dense        int     `json:"dense"`         // units of the dense layers
	Channels     int     `json:"channels"`      // 1
	ZDim         int     `json:"z_dim"`         // length of z
	ZPrior       string  `json:"z_prior"`       // distribution of z
	Data         string  `json:"data"`          // name of the data set
	DataSource   string  `json:"data_source"`   // where the data set was read from
	DataHash     string  `json:"data_hash"`     // hash of the data set
	Split        string  `json:"split"`         // which of its training images are trained on
	Images       int     `json:"images"`        // number of training images
	Valid        int     `json:"valid"`         // number of validation images
	Batch        int     `json:"batch"`         // images per minibatch
	Steps        int64   `json:"steps"`         // updates in all
	Seed         uint64  `json:"seed"`          // seed of all random streams
	Alternate    string  `json:"alternate"`     // "released": G and D in turn
	LearningRate float64 `json:"learning_rate"` // Adam's step size in the first epochs
	DecayFrom    int64   `json:"decay_from"`    // epochs with this step size
	DecayEpochs  int64   `json:"decay_epochs"`  // epochs in which it then falls to 0
	Beta1        float64 `json:"beta1"`         // Adam's decay of the first moment
	Beta2        float64 `json:"beta2"`         // Adam's decay of the second moment
	Epsilon      float64 `json:"epsilon"`       // Adam's ε
	WeightDecay  float64 `json:"weight_decay"`  // factor of the L2 term, see train.Adam
	Samples      int     `json:"samples"`       // images per sample sheet
	Backend      string  `json:"backend"`       // Spec of the backend

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

func newConfig(o Options, d Data, backend string) Config {
	a := o.adam()
	c := Config{
		Arch: Name, Width: o.Arch.Width, Dense: o.Arch.Dense, Channels: 1, ZDim: ZDim, ZPrior: "uniform",
		Data: d.Name, DataSource: d.Source, DataHash: d.Hash, Split: d.Split, Images: d.Images.N, Valid: d.Valid.N,
		Batch: o.Batch, Steps: o.Steps, Seed: *o.Seed, Alternate: "released",
		LearningRate: a.LearningRate, DecayFrom: decayFrom, DecayEpochs: decayEpochs, Beta1: a.Beta1, Beta2: a.Beta2, Epsilon: a.Epsilon, WeightDecay: a.WeightDecay,
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

// goesOn takes over what earlier sittings wrote into config.json: the first one's record, and the
// measurements where this sitting makes none. Measurements that do not compare with the earlier ones
// are an error.
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
	return c.Measure.Compatible(*old.Measure)
}

// freeFields lists the fields of Config that may change when a run is resumed. It includes steps,
// since nothing depends on when a run ends.
var freeFields = []string{"steps", "data_source", "log_every", "sample_every", "checkpoint_every", "keep", "measure", "record"}

// ReadConfig reads the config.json of a run.
func ReadConfig(run string) (Config, error) { return runfolder.Read[Config](run) }

// IsRun reports whether a folder is a run of this architecture.
func IsRun(run string) bool {
	c, err := ReadConfig(run)
	return err == nil && c.Arch == Name
}
