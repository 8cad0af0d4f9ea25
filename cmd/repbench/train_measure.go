package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"repbench/benchmarks/monitor"
)

// measureFlags are the flags of train that say what is measured in its course.
type measureFlags struct {
	metrics []string
	o       monitor.Options
}

// add adds the flags.
func (f *measureFlags) add(c *cobra.Command) {
	fl := c.Flags()
	fl.StringSliceVar(&f.metrics, "measure", nil, "measure the generator while it is trained: nnd, frechet, or both with a comma, or nnc of mnist-cond; the training stays the same bit for bit")
	fl.Int64Var(&f.o.Every, "measure-every", monitor.DefaultEvery, "steps between measurements")
	fl.IntVar(&f.o.Images, "measure-images", monitor.DefaultImages, "generated images of a measurement, and at most as many training and held-out images")
	fl.StringVar(&f.o.Encoder, "measure-encoder", "", "encoder of frechet, as extract takes it (default: the architecture's discriminator, not trained, 16 maps wide)")
}

// check refuses settings of measurements that are not made.
func (f *measureFlags) check(c *cobra.Command) error {
	if err := positive(c, "measure-every", "measure-images"); err != nil {
		return err
	}
	if c.Flags().Changed("measure") {
		return nil
	}
	for _, name := range []string{"measure-every", "measure-images", "measure-encoder"} {
		if c.Flags().Changed(name) {
			return usageError{fmt.Errorf("--%s needs --measure nnd, frechet or nnd,frechet", name)}
		}
	}
	return nil
}

// options are the options of the measurements; nil if there are none.
func (f measureFlags) options() (*monitor.Options, error) {
	if f.metrics == nil {
		return nil, nil
	}
	metrics, err := monitor.ParseMetrics(f.metrics)
	if err != nil {
		return nil, err
	}
	o := f.o
	o.Metrics = metrics
	return &o, nil
}
