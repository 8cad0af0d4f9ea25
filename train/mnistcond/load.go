package mnistcond

import (
	"errors"
	"fmt"
	"strconv"

	"repbench/backends"
	"repbench/train"
	"repbench/train/convolution"
	"repbench/train/runfolder"
)

// Names of checkpoints that Load takes beside the number of a step.
const (
	// Newest is the newest checkpoint.
	Newest = "newest"
	// Best is the one with the least validation error, see Measure.Best.
	Best = "best"
)

// Load reads a checkpoint of a run folder: Newest, Best, or the number of a step that was kept.
func Load(run, checkpoint string, b *backends.Backend) (*Model, error) {
	c, err := ReadConfig(run)
	if err != nil {
		return nil, err
	}
	if c.Arch != Name {
		return nil, fmt.Errorf("%s is a run of %q, not of the conditional architecture %s: train one with \"repbench train --arch %s\"", run, c.Arch, Name, Name)
	}
	a := Arch{Width: c.Width, Dense: c.Dense}
	if err := a.validate(); err != nil {
		return nil, fmt.Errorf("%s: config.json: %w; restore it, or use another folder", run, err)
	}
	options, err := runfolder.OptionsHash(c, freeFields...)
	if err != nil {
		return nil, err
	}
	dir, err := checkpointOf(run, checkpoint)
	if err != nil {
		return nil, err
	}
	m := NewModel(a, 1)
	m.Lowering = convolution.LoweringFor(b)
	s, err := train.RestoreFrom(run, dir, options, m.store)
	if err != nil {
		return nil, err
	}
	m.Origin = fmt.Sprintf("trained on %s for %d steps", c.Data, s.Step)
	m.TrainedOn = &train.TrainedOn{Data: c.Data, DataHash: c.DataHash, Steps: s.Step, Seed: c.Seed}
	// D has the minibatches of odd numbers.
	m.EpochsOfD = float64(train.NewBatchesWithRest(max(c.Images, c.Batch), c.Batch, 0).Images(s.Step)) / 2 / float64(c.Images)
	return m, nil
}

// CheckRun says that the config.json of a run folder names other options than its newest checkpoint
// was written with; nil for the run of another model.
func CheckRun(run string) error {
	c, err := ReadConfig(run)
	if err != nil || c.Arch != Name {
		return err
	}
	options, err := runfolder.OptionsHash(c, freeFields...)
	if err != nil {
		return err
	}
	return train.CheckOptions(run, options)
}

// ErrCheckpoint is wrapped by errors about a checkpoint that was chosen and does not exist.
var ErrCheckpoint = errors.New("checkpoint")

// checkpointOf finds the folder of a checkpoint.
func checkpointOf(run, name string) (string, error) {
	if name == Best {
		return runfolder.BestCheckpoint(run)
	}
	step, notNumber := strconv.ParseInt(name, 10, 64)
	if newest := name == Newest || name == ""; !newest && (notNumber != nil || step < 0) {
		return "", fmt.Errorf("%w %q: give %s, %s, or the number of a step", ErrCheckpoint, name, Newest, Best)
	}
	dirs, err := runfolder.Checkpoints(run)
	if err != nil {
		return "", err
	}
	if len(dirs) == 0 {
		return "", fmt.Errorf("%s has no checkpoint yet; let the training go on until it writes one, or start it again", run)
	}
	if name == Newest || name == "" {
		return dirs[len(dirs)-1], nil
	}
	var kept []int64
	for _, dir := range dirs {
		if runfolder.StepOf(dir) == step {
			return dir, nil
		}
		kept = append(kept, runfolder.StepOf(dir))
	}
	return "", fmt.Errorf("%w %d: %s has none of that step; it has checkpoints of the steps %v", ErrCheckpoint, step, run, kept)
}
