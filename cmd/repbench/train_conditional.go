package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"repbench/benchmarks/monitor"
	"repbench/train/dcgan"
	"repbench/train/mnistcond"
)

// runTrainConditional trains mnist-cond; o holds the flags that it shares with a DCGAN.
func (a *app) runTrainConditional(c *cobra.Command, f trainFlags, flags dcgan.Options) error {
	arch, err := mnistcond.NewArch(f.width, f.dense)
	if err != nil {
		return usageError{err}
	}
	changed := c.Flags().Changed
	switch {
	case changed("channels") && f.channels != 1:
		return usageError{fmt.Errorf("%s takes grey images; leave --channels out", mnistcond.Name)}
	case f.alternate != string(dcgan.Released):
		return usageError{fmt.Errorf("%s is trained with the released alternation, G and D in turn; leave --alternate out", mnistcond.Name)}
	}
	t := a.training(f)
	if t.Measure, err = f.measure.classified(); err != nil {
		return err
	}
	o := conditionalOptions(changed, flags)
	o.Arch, o.Seed = arch, new(a.seed)
	s, err := t.Conditional(c.Context(), o, a.machine())
	if err != nil {
		return err
	}
	return a.print(map[string]any{
		"run": f.out, "steps": s.Steps, "resumed_at": s.Resumed, "images": s.Images, "seconds": s.Seconds, "measure_seconds": s.MeasureSeconds, "last": s.Last,
	}, trainedText(f.out, mnistcond.Name, s))
}

// classified are the options of the measurements of mnist-cond, nil if there are none.
func (f measureFlags) classified() (*monitor.Options, error) {
	if f.metrics == nil {
		return nil, nil
	}
	for _, name := range f.metrics {
		if name != string(monitor.NNC) {
			return nil, usageError{fmt.Errorf("--measure %s: a training of %s measures %s alone", name, mnistcond.Name, monitor.NNC)}
		}
	}
	o := f.o
	return &o, nil
}

// conditionalOptions takes over the flags of a training; those that were not given have the
// defaults of this architecture.
func conditionalOptions(changed func(string) bool, f dcgan.Options) mnistcond.Options {
	o := mnistcond.Options{
		Batch: f.Batch, Steps: f.Steps, Epochs: f.Epochs, LearningRate: f.LearningRate, Beta1: f.Beta1,
		LogEvery: f.LogEvery, SampleEvery: f.SampleEvery, CheckpointEvery: f.CheckpointEvery, Keep: f.Keep, TensorBoard: f.TensorBoard,
	}
	if changed("weight-decay") {
		o.WeightDecay = f.WeightDecay
	}
	if changed("samples") {
		o.Samples = f.Samples
	}
	return o
}
