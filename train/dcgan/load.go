package dcgan

import (
	"fmt"
	"strings"

	"repbench/backends"
	"repbench/train"
	"repbench/train/convolution"
	"repbench/train/runfolder"
)

// Load reads the newest checkpoint of a run folder, including D's running statistics, for
// sampling and for features.
func Load(run string, b *backends.Backend) (*Model, error) {
	c, a, options, err := configured(run)
	if err != nil {
		return nil, err
	}
	m := NewModel(a, 1)
	m.Lowering = convolution.LoweringFor(b)
	m.AddRunning()
	s, err := train.Restore(run, options, m.store)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, fmt.Errorf("%s has no checkpoint yet; let the training go on until it writes one, or start it again", run)
	}
	m.Origin = fmt.Sprintf("trained on %s for %d steps", c.Data, s.Step)
	m.TrainedOn = &train.TrainedOn{Data: c.Data, DataHash: c.DataHash, Steps: s.Step, Seed: c.Seed}
	return m, nil
}

// conditional is the architecture of package mnistcond.
const conditional = "mnist-cond"

// configured reads the config.json of a run folder, with the architecture that it names
// and the hash of its options, which has to be the one that the newest checkpoint keeps.
func configured(run string) (c Config, a Arch, options string, err error) {
	if c, err = ReadConfig(run); err != nil {
		return c, a, "", err
	}
	if c.Arch == conditional {
		return c, a, "", fmt.Errorf("%s is a run of %s, whose generator makes images of a class and which is no encoder: \"repbench sample\" and \"repbench eval nnc\" open it; for other commands write its images with \"repbench sample %s --labels uniform --n N --npy X.npy\"",
			run, c.Arch, run)
	}
	if _, ok := recipes[c.Arch]; !ok {
		return c, a, "", fmt.Errorf("%s is a run of %q, not of a DCGAN (%s); an autoencoder's run is opened as autoencoder:RUN, and a config.json that was changed has to be restored",
			run, c.Arch, strings.Join(ArchNames(), ", "))
	}
	if options, err = runfolder.OptionsHash(c, freeFields...); err != nil {
		return c, a, "", err
	}
	if err = train.CheckOptions(run, options); err != nil {
		return c, a, "", err
	}
	if a, err = archOf(c.Arch, c.Width, c.Channels); err != nil {
		return c, a, "", fmt.Errorf("%s: config.json: %w; restore it, or use another folder", run, err)
	}
	if a.ZDim != c.ZDim || a.Prior != c.ZPrior {
		return c, a, "", fmt.Errorf("%s: config.json names %d-dimensional %s as z, and architecture %s has %d-dimensional %s; restore it, or use another folder",
			run, c.ZDim, c.ZPrior, a.Name, a.ZDim, a.Prior)
	}
	return c, a, options, nil
}

// CheckRun says that the config.json of a run folder names other options than its newest
// checkpoint was written with; nil for the run of another model that is none of this package.
func CheckRun(run string) error {
	c, err := ReadConfig(run)
	if err != nil {
		return err
	}
	if c.Arch == conditional {
		return nil // its options are other ones
	}
	options, err := runfolder.OptionsHash(c, freeFields...)
	if err != nil {
		return err
	}
	return train.CheckOptions(run, options)
}

// Running copies D's running batch-norm statistics to the host: mean and biased variance per
// layer, nil for a layer without batch norm. A model that this package did not train has no
// running statistics, which is an error.
func (m *Model) Running() ([]*HostStats, error) {
	out := make([]*HostStats, len(m.Arch.Discriminator))
	for i, l := range m.Arch.Discriminator {
		if !l.BatchNorm {
			continue
		}
		if m.store.GetVariable(runningMean(i)) == nil {
			return nil, fmt.Errorf("this model (%s) has no running batch-norm statistics; use the mode fixed or batch", m.Origin)
		}
		mean, err := m.values(runningMean(i))
		if err != nil {
			return nil, err
		}
		variance, err := m.values(runningVar(i))
		if err != nil {
			return nil, err
		}
		out[i] = &HostStats{Mean: mean, Variance: variance}
	}
	return out, nil
}

// HostStats holds the mean and the biased variance per channel of one batch-norm layer, on the
// host.
type HostStats struct{ Mean, Variance []float32 }
