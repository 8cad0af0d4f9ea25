package suite

import (
	"cmp"
	"errors"
	"fmt"

	"repbench/benchmarks"
	"repbench/eval"
	"repbench/eval/supervised"
	"repbench/train/dcgan"
	"repbench/train/mnistcond"
)

// Supervised are the options of eval supervised. Its cells have no encoder of the suite file: their encoder
// is named after the architecture, and has the suite's seeds.
type Supervised struct {
	Arch           string  `toml:"arch" json:"arch"`
	Width          int     `toml:"width" json:"width,omitempty"`
	Channels       int     `toml:"channels" json:"channels"`
	Trials         int     `toml:"trials" json:"trials"`
	Steps          int64   `toml:"steps" json:"steps"`
	Batch          int     `toml:"batch" json:"batch"`
	HoldOut        float64 `toml:"hold-out" json:"hold-out"`
	LabelsPerClass int     `toml:"labels-per-class" json:"labels-per-class,omitempty"`
	Protocol       string  `toml:"protocol" json:"protocol,omitempty"`

	run supervised.Options
}

func (o *Supervised) complete() (err error) {
	if o.Arch == "" {
		return fmt.Errorf("arch is required: one of %v", dcgan.ArchNames())
	}
	o.Channels, o.Trials, o.Steps = cmp.Or(o.Channels, 3), cmp.Or(o.Trials, supervised.DefaultTrials), cmp.Or(o.Steps, supervised.DefaultSteps)
	o.Batch, o.HoldOut = cmp.Or(o.Batch, supervised.DefaultBatch), cmp.Or(o.HoldOut, supervised.DefaultHoldOut)
	if o.Protocol != "" && o.Protocol != string(eval.SVHN1000) {
		return fmt.Errorf("protocol %q: a supervised search has the protocol %s, or none", o.Protocol, eval.SVHN1000)
	}
	r := &o.run
	if r.Arch, err = dcgan.NewArch(o.Arch, o.Width); err != nil {
		return err
	}
	if r.Arch, err = r.Arch.WithChannels(o.Channels); err != nil {
		return err
	}
	r.Trials, r.Steps, r.Batch, r.HoldOut, r.LabelsPerClass, r.Protocol = o.Trials, o.Steps, o.Batch, o.HoldOut, o.LabelsPerClass, eval.FewShotProtocol(o.Protocol)
	return r.Check()
}

// encoder is what the cell's encoder is called.
func (o *Supervised) encoder() string {
	name := "supervised:" + o.Arch
	if o.Width != 0 {
		name += fmt.Sprintf(",width=%d", o.Width)
	}
	return name
}

func (o *Supervised) cell(s subject) (benchmarks.Cell, error) {
	r := o.run
	r.Seed = s.seed
	return benchmarks.Cell{Source: benchmarks.Source{Data: s.data, Reading: s.reading}, Protocol: benchmarks.Supervised{Options: r}}, nil
}

// NNC are the options of eval nnc, for encoders that are trainings of mnist-cond.
type NNC struct {
	// N are the numbers of samples.
	N          oneOrMore[int] `toml:"n" json:"n"`
	Checkpoint string         `toml:"checkpoint" json:"checkpoint"`
	Bytes      bool           `toml:"bytes" json:"bytes,omitempty"`
	NoReal     bool           `toml:"no-real" json:"no-real,omitempty"`
	evaluationSeed
}

func (o *NNC) complete() error {
	o.fill()
	o.Checkpoint = cmp.Or(o.Checkpoint, mnistcond.Newest)
	if len(o.N) == 0 {
		return errors.New("n is required: the numbers of samples, such as [1000, 10000]")
	}
	for _, n := range o.N {
		if n < 1 || n > 1e12 {
			return fmt.Errorf("n %d is no whole number from 1 to 10^12", n)
		}
	}
	return nil
}

func (o *NNC) cell(s subject) (benchmarks.Cell, error) {
	r := benchmarks.NNC{Run: s.run, Name: s.name, Checkpoint: o.Checkpoint, Seed: o.Seed, Bytes: o.Bytes, NoReal: o.NoReal, Threads: s.threads}
	for _, n := range o.N {
		r.Numbers = append(r.Numbers, int64(n))
	}
	return benchmarks.Cell{Source: benchmarks.Source{Data: s.data, Reading: s.reading}, Protocol: r}, nil
}
