package mnistcond

import (
	"context"
	"errors"
	"fmt"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/train"
	"repbench/train/convolution"
	"repbench/train/runfolder"
)

// Run trains a model in the folder run, or resumes the training in it; see train.Loop.
//
// It writes config.json, metrics.jsonl, checkpoints/, samples/ (through Options.OnSamples) and
// log.txt.
func Run(ctx context.Context, run string, d Data, b *backends.Backend, o Options) (*train.Summary, error) {
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
		Folder: f, Config: c, Store: m.store, Title: "train", Recipe: fmt.Sprintf("G and D in turn, seed %d", *o.Seed),
		Steps: o.Steps, Batch: o.Batch, Images: t.batches.Images, LogEvery: o.LogEvery, SampleEvery: o.SampleEvery, CheckpointEvery: o.CheckpointEvery,
		Keep: o.Keep, Losses: []string{"d_loss", "g_loss", "d_real", "d_fake"}, Update: t.update, Progress: o.Progress,
	}
	if o.OnSamples != nil {
		l.Sample = t.sample
	}
	if o.Measure != nil {
		l.Measuring = t.measuring(o.Measure)
	}
	return l.Run(ctx)
}

// trainer holds the compiled updates of a model.
type trainer struct {
	model   *Model
	opt     Options
	data    Data
	adam    train.Adam
	g, d    *model.Exec
	sampler *Sampler
	batches *train.Batches
	fixedZ  []float32
	fixed   []int32 // labels of fixedZ
}

// newTrainer prepares a model for training, with a fresh optimiser state.
func newTrainer(m *Model, o Options, d Data, b *backends.Backend) (*trainer, error) {
	paths := append(pathsOf(m.Arch.generatorParams()), pathsOf(m.Arch.discriminatorParams())...)
	if err := train.AddMoments(m.store, paths); err != nil {
		return nil, err
	}
	t := &trainer{model: m, opt: o, data: d, adam: o.adam(), batches: train.NewBatchesWithRest(d.Images.N, o.Batch, *o.Seed)}
	t.fixedZ = draw(o.Samples, train.Random(*o.Seed, streamFixedZ, 0))
	t.fixed = Rows(o.Samples)
	u := updater{m, t.adam}
	var err error
	if t.g, err = model.NewExec(b.Compute, m.store, u.trainG); err == nil {
		t.d, err = model.NewExec(b.Compute, m.store, u.trainD)
	}
	if err != nil {
		return nil, fmt.Errorf("build the training graph: %w", err)
	}
	t.sampler, err = m.NewSampler(b)
	return t, err
}

// update performs update number step (from 0): of G if it is even, of D if it is odd.
func (t *trainer) update(step int64) (map[string]*tensors.Tensor, error) {
	rows := t.batches.Indices(step)
	labels := make([]int32, len(rows))
	for i, r := range rows {
		labels[i] = t.data.Labels[r]
	}
	args := []any{
		tensors.FromFlatDataAndDimensions(draw(len(rows), train.Random(*t.opt.Seed, streamZ, step)), len(rows), ZDim),
		tensors.FromFlatDataAndDimensions(labels, len(rows)),
		t.corrections(step),
	}
	if step%2 == 0 {
		return outputs(t.g, []string{"g_loss"}, args)
	}
	return outputs(t.d, []string{"d_loss", "d_real", "d_fake"}, append(args, t.gather(rows)))
}

// outputs runs a graph and names its results.
func outputs(e *model.Exec, names []string, args []any) (map[string]*tensors.Tensor, error) {
	values, err := e.Call(args...)
	if err != nil {
		return nil, err
	}
	out := map[string]*tensors.Tensor{}
	for i, name := range names {
		out[name] = values[i]
	}
	return out, nil
}

// corrections returns Adam's corrections of an update; the first one holds the learning rate.
func (t *trainer) corrections(step int64) *tensors.Tensor {
	return corrections(t.adam, step/2+1, rate(t.opt.LearningRate, step/t.batches.PerEpoch()))
}

// corrections returns what an update graph takes as Adam's corrections: the corrections of update t of its
// network, the first one times the learning rate.
func corrections(a train.Adam, t int64, rate float64) *tensors.Tensor {
	c := a.Corrections(t)
	c[0] = float32(float64(c[0]) * rate)
	return tensors.FromFlatDataAndDimensions(c, 2)
}

// gather copies images into one batch [N, 28, 28, 1] uint8.
func (t *trainer) gather(rows []int) *tensors.Tensor {
	im := t.data.Images
	batch := make([]uint8, 0, len(rows)*im.Stride())
	for _, i := range rows {
		batch = append(batch, im.At(i)...)
	}
	return tensors.FromFlatDataAndDimensions(batch, len(rows), im.H, im.W, im.C)
}

// sample passes the images of the fixed z to OnSamples.
func (t *trainer) sample(step int64) error {
	s, err := t.sampler.Images(t.fixedZ, t.fixed)
	if err != nil {
		return err
	}
	if err := t.opt.OnSamples(step, s); err != nil {
		return fmt.Errorf("write sample sheet: %w", err)
	}
	return nil
}
