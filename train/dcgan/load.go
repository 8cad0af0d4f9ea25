package dcgan

import (
	"fmt"

	"repbench/backends"
	"repbench/train"
	"repbench/train/runfolder"
)

// Load reads the newest checkpoint of a run folder, including D's running statistics, for
// sampling and for features.
func Load(run string, b *backends.Backend) (*Model, error) {
	c, err := ReadConfig(run)
	if err != nil {
		return nil, err
	}
	a, err := archOf(c.Arch, c.Width, c.Channels)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", run, err)
	}
	if a.ZDim != c.ZDim || a.Prior != c.ZPrior {
		return nil, fmt.Errorf("%s: z is %d-dimensional %s, architecture %s has %d-dimensional %s",
			run, c.ZDim, c.ZPrior, a.Name, a.ZDim, a.Prior)
	}
	options, err := runfolder.OptionsHash(c, freeFields...)
	if err != nil {
		return nil, err
	}
	m := NewModel(a, 1)
	m.Lowering = LoweringFor(b)
	m.AddRunning()
	s, err := train.Restore(run, options, m.store)
	if err != nil {
		return nil, err
	}
	if s == nil {
		return nil, fmt.Errorf("%s has no checkpoint yet", run)
	}
	m.Origin = fmt.Sprintf("trained on %s for %d steps", c.Data, s.Step)
	m.TrainedOn = &train.TrainedOn{Data: c.Data, DataHash: c.DataHash, Steps: s.Step}
	return m, nil
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
