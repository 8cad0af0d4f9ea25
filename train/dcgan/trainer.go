package dcgan

import (
	"context"
	"errors"
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/datasets"
	"repbench/train"
	"repbench/train/convolution"
	"repbench/train/runfolder"
)

// Run trains a DCGAN in the folder run, or resumes the training in it; see train.Loop.
//
// It writes config.json, metrics.jsonl, checkpoints/, samples/ (through Options.OnSamples) and
// log.txt.
func Run(ctx context.Context, run string, d train.Data, b *backends.Backend, o Options) (*train.Summary, error) {
	o, err := o.resolve(d)
	if err != nil {
		return nil, err
	}
	c := newConfig(o, d, b.Spec)
	f, old, err := runfolder.Open(run, c, freeFields...)
	if errors.Is(err, runfolder.ErrDiffers) {
		if altered := CheckRun(run); altered != nil { // config.json is wrong, and not what was asked for
			err = altered
		}
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := c.goesOn(old); err != nil {
		return nil, fmt.Errorf("%s: %w", run, err)
	}
	if err := f.MakeSamples(); err != nil {
		return nil, err
	}
	if o.TensorBoard {
		f.TensorBoard()
	}
	m := NewModel(o.Arch, *o.Seed)
	m.Lowering = convolution.LoweringFor(b)
	t, err := newTrainer(m, o, d, b)
	if err != nil {
		return nil, err
	}
	l := train.Loop{
		Folder: f, Config: c, Store: m.store, Title: "train", Recipe: fmt.Sprintf("%s, seed %d", o.Alternate, *o.Seed),
		Steps: o.Steps, Batch: o.Batch, LogEvery: o.LogEvery, SampleEvery: o.SampleEvery, CheckpointEvery: o.CheckpointEvery,
		Keep: o.Keep, Losses: []string{"d_loss", "g_loss", "d_real", "d_fake"}, Update: t.update, Collapse: collapse, Progress: o.Progress,
	}
	if o.OnSamples != nil {
		l.Sample = t.sample
	}
	if o.Measure != nil {
		l.Measuring = t.measuring(o.Measure)
	}
	return l.Run(ctx)
}

// certainty is the probability of an error below which D counts as certain.
const certainty = 1e-4

// collapse returns a description of the collapse if D is nearly certain of real and of
// generated images, and else "".
func collapse(losses map[string]float64) string {
	real, haveReal := losses["d_real"]
	fake, haveFake := losses["d_fake"]
	if !haveReal || !haveFake || real < 1-certainty || fake > certainty {
		return ""
	}
	return fmt.Sprintf("D gave real images a probability above %g and generated ones below %g, "+
		"so G no longer learns; try a smaller learning rate, another seed, or the released alternation", 1-certainty, certainty)
}

// trainer holds the compiled updates of a model.
type trainer struct {
	model   *Model
	opt     Options
	adam    train.Adam
	execs   map[updateKind]*model.Exec
	sampler *model.Exec
	images  datasets.Images
	batches *train.Batches
	fixedZ  *tensors.Tensor
}

// newTrainer prepares a model for training, with a fresh optimiser state.
func newTrainer(m *Model, o Options, d train.Data, b *backends.Backend) (*trainer, error) {
	if err := train.AddMoments(m.store, pathsOf(m.params())); err != nil {
		return nil, err
	}
	m.AddRunning()
	t := &trainer{
		model: m, opt: o, adam: o.adam(), images: d.Images,
		execs:   map[updateKind]*model.Exec{},
		batches: train.NewBatches(d.Images.N, o.Batch, *o.Seed),
	}
	z := m.Arch.Prior.draw(o.Samples*m.Arch.ZDim, train.Random(*o.Seed, streamFixedZ, 0))
	t.fixedZ = tensors.FromFlatDataAndDimensions(z, o.Samples, m.Arch.ZDim)
	u := updater{m, t.adam}
	for _, kind := range kindsOf(o.Alternate) {
		e, err := model.NewExec(b.Compute, m.store, u.build(kind))
		if err != nil {
			return nil, fmt.Errorf("build the training graph: %w", err)
		}
		t.execs[kind] = e
	}
	var err error
	t.sampler, err = m.generatorExec(b)
	return t, err
}

func kindsOf(a Alternation) []updateKind {
	if a == Both {
		return []updateKind{updateBoth}
	}
	return []updateKind{updateG, updateD}
}

// AddRunning creates D's running batch-norm statistics: mean 0, variance 1.
func (m *Model) AddRunning() {
	for i, l := range m.Arch.Discriminator {
		if l.BatchNorm {
			one := make([]float32, l.Maps)
			for j := range one {
				one[j] = 1
			}
			m.mustCreate(runningMean(i), tensors.FromFlatDataAndDimensions(make([]float32, l.Maps), l.Maps))
			m.mustCreate(runningVar(i), tensors.FromFlatDataAndDimensions(one, l.Maps))
		}
	}
}

// update performs update number step (from 0). It queues work on the device and does not wait
// for it.
func (t *trainer) update(step int64) (map[string]*tensors.Tensor, error) {
	kind := t.opt.Alternate.kindAt(step)
	a := t.model.Arch
	z := a.Prior.draw(t.opt.Batch*a.ZDim, train.Random(*t.opt.Seed, streamZ, step))
	args := []any{
		tensors.FromFlatDataAndDimensions(z, t.opt.Batch, a.ZDim),
		t.corrections(step),
	}
	if kind != updateG {
		args = append(args, t.gather(step))
	}
	values, err := t.execs[kind].Call(args...)
	if err != nil {
		return nil, err
	}
	out := map[string]*tensors.Tensor{}
	for i, name := range outputNames(kind) {
		out[name] = values[i]
	}
	return out, nil
}

// corrections returns Adam's corrections for the next update of D and of G, [4].
func (t *trainer) corrections(step int64) *tensors.Tensor {
	d, g := t.opt.Alternate.counts(step)
	return tensors.FromFlatDataAndDimensions(append(t.adam.Corrections(d+1), t.adam.Corrections(g+1)...), 4)
}

// gather copies the images of a step into one batch [N, H, W, C] uint8.
func (t *trainer) gather(step int64) *tensors.Tensor {
	im := t.images
	batch := make([]uint8, 0, t.opt.Batch*im.Stride())
	for _, i := range t.batches.Indices(step) {
		batch = append(batch, im.At(i)...)
	}
	return tensors.FromFlatDataAndDimensions(batch, t.opt.Batch, im.H, im.W, im.C)
}

// sample passes the images of the fixed z to OnSamples.
func (t *trainer) sample(step int64) error {
	im, err := t.model.images(t.sampler, t.fixedZ)
	if err != nil {
		return err
	}
	if err := t.opt.OnSamples(step, im); err != nil {
		return fmt.Errorf("write sample sheet: %w", err)
	}
	return nil
}
