package benchmarks

import (
	"context"

	"repbench/backends"
	"repbench/benchmarks/monitor"
	"repbench/datasets"
	"repbench/internal/progress"
	"repbench/internal/version"
	"repbench/train"
	"repbench/train/autoencoder"
	"repbench/train/dcgan"
	"repbench/train/mnistcond"
	"repbench/train/runfolder"
)

// TrainingData opens a data set, and its training images, for a model that takes images
// of size×size pixels; 0: as they are. Catalog and Progress are the ones of the machine.
func TrainingData(ctx context.Context, spec string, reading datasets.Options, size int, m Machine) (train.Data, *datasets.Dataset, error) {
	ds, err := m.openData(ctx, spec, reading, size)
	if err != nil {
		return train.Data{}, nil, err
	}
	s, err := ds.Split(datasets.Train)
	if err != nil {
		return train.Data{}, nil, err
	}
	return train.Data{Images: s.Images, Name: ds.Name, Source: ds.Source, Hash: ds.Hash}, ds, nil
}

// Training is a training in a run folder, as plain data: one that was stopped goes on in it.
type Training struct {
	// Data is a specification as datasets.Open takes it, Reading says how the set is read.
	Data    string
	Reading datasets.Options
	// Out is the run folder.
	Out string
	// Measure says what is measured in the course of the training; nil: nothing. Its Seed, Backend and
	// Progress are set here.
	Measure *monitor.Options
	// Notes receives what a user should know about the measurements; nil: notes are not shown.
	Notes func([]string)
}

// versions are entries of config.json that say which program trained.
func versions() map[string]any {
	return map[string]any{"versions": version.All(), "git_commit": version.Commit()}
}

// DCGAN trains a DCGAN. Of the options OnSamples, Measure, Record and Progress are set here.
func (t Training) DCGAN(ctx context.Context, o dcgan.Options, m Machine) (*train.Summary, error) {
	b, err := backends.Open(m.Backend)
	if err != nil {
		return nil, err
	}
	d, ds, err := TrainingData(ctx, t.Data, t.Reading, o.Arch.ImageSize, m)
	if err != nil {
		return nil, err
	}
	o.Progress, o.Record = progress.Or(m.Progress), versions()
	if t.Measure != nil {
		watch := *t.Measure
		watch.Seed, watch.Backend, watch.Progress = 1, b, o.Progress
		if o.Seed != nil {
			watch.Seed = *o.Seed
		}
		w, err := monitor.New(ds, o.Arch, watch)
		if err != nil {
			return nil, err
		}
		defer w.Close()
		if t.Notes != nil {
			t.Notes(w.Notes())
		}
		o.Measure = w.Measure()
	}
	o.OnSamples = func(step int64, im dcgan.Images) error { return WriteSheet(runfolder.Sheet(t.Out, step), im) }
	return dcgan.Run(ctx, t.Out, d, b, o)
}

// Conditional trains mnist-cond. Of the options OnSamples, Measure, Record and Progress are set here.
func (t Training) Conditional(ctx context.Context, o mnistcond.Options, m Machine) (*train.Summary, error) {
	b, err := backends.Open(m.Backend)
	if err != nil {
		return nil, err
	}
	_, ds, err := TrainingData(ctx, t.Data, t.Reading, mnistcond.Side, m)
	if err != nil {
		return nil, err
	}
	d, err := mnistcond.Released(ds)
	if err != nil {
		return nil, err
	}
	o.Progress, o.Record = progress.Or(m.Progress), versions()
	if t.Measure != nil {
		watch := *t.Measure
		watch.Progress = o.Progress
		if o.Measure, err = monitor.Classified(d, watch); err != nil {
			return nil, err
		}
	}
	o.OnSamples = func(step int64, s mnistcond.Samples) error {
		return WriteDigits(runfolder.Sheet(t.Out, step), s, mnistcond.Classes, "")
	}
	return mnistcond.Run(ctx, t.Out, d, b, o)
}

// Autoencoder trains the denoising autoencoder on images that are brought to a side of size pixels; 0:
// as they are. Of the options Record and Progress are set here.
func (t Training) Autoencoder(ctx context.Context, o autoencoder.Options, size int, m Machine) (*train.Summary, error) {
	b, err := backends.Open(m.Backend)
	if err != nil {
		return nil, err
	}
	d, _, err := TrainingData(ctx, t.Data, t.Reading, size, m)
	if err != nil {
		return nil, err
	}
	o.Progress, o.Record = progress.Or(m.Progress), versions()
	return autoencoder.Run(ctx, t.Out, d, b, o)
}
