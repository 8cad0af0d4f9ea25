package autoencoder

import (
	"context"
	"errors"
	"fmt"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/datasets"
	"repbench/train"
	"repbench/train/runfolder"
)

// Run trains an autoencoder in the folder run, or resumes the training in it.
//
// It writes config.json, metrics.jsonl, checkpoints/ and log.txt; see train.Loop. If the
// options differ from the options the run was begun with, it returns an error wrapping
// runfolder.ErrDiffers.
func Run(ctx context.Context, run string, d train.Data, b *backends.Backend, o Options) (*train.Summary, error) {
	o = o.withDefaults()
	if err := o.validate(d); err != nil {
		return nil, err
	}
	c := newConfig(o, d, b.Spec)
	f, old, err := runfolder.Open(run, c, free...)
	if errors.Is(err, runfolder.ErrDiffers) {
		if altered := CheckRun(run); altered != nil { // config.json is wrong, and not what was asked for
			err = altered
		}
	}
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if old != nil && old.Record != nil {
		c.Record = old.Record // config.json keeps the first sitting's record; log.txt lists the later ones
	}
	if o.TensorBoard {
		f.TensorBoard()
	}
	t, err := newTrainer(d, b, o)
	if err != nil {
		return nil, err
	}
	defer t.exec.Finalize()
	return train.Loop{
		Folder: f, Config: c, Store: t.model.store, Title: "train autoencoder", Recipe: fmt.Sprintf("seed %d", *o.Seed),
		Steps: o.Steps, Batch: o.Batch, LogEvery: o.LogEvery, CheckpointEvery: o.CheckpointEvery, Keep: o.Keep,
		Losses: []string{lossName}, Update: t.update, Progress: o.Progress,
	}.Run(ctx)
}

// lossName is the name in metrics.jsonl of the loss of the last minibatch, with dropout: the
// mean squared error of pixels in [-1, 1].
const lossName = "loss"

// trainer holds the compiled update of a model.
type trainer struct {
	opt     Options
	images  datasets.Images
	model   *Model
	exec    *model.Exec
	batches *train.Batches
}

// newTrainer builds the update. It takes the images [B, D] and the dropout mask, both uint8,
// and Adam's corrections, and returns the loss.
func newTrainer(d train.Data, b *backends.Backend, o Options) (*trainer, error) {
	m, err := newModel(d.Images, o.Hidden, *o.Seed)
	if err != nil {
		return nil, err
	}
	if err := train.AddMoments(m.store, allPaths); err != nil {
		return nil, err
	}
	t := &trainer{opt: o, images: d.Images, model: m, batches: train.NewBatches(d.Images.N, o.Batch, *o.Seed)}
	t.exec, err = model.NewExec(b.Compute, m.store, func(_ *model.Scope, in []*Node) []*Node {
		x := train.ScalePixels(in[0])
		loss := m.loss(x, in[1], *o.Dropout)
		o.adam().Minimise(m.store, allPaths, loss, in[2])
		return []*Node{loss}
	})
	if err != nil {
		return nil, fmt.Errorf("build the training graph: %w", err)
	}
	return t, nil
}

// loss builds the mean squared error of the output for x [B, D]; keep [B, D] uint8 is 1 for
// values that are kept and 0 for dropped values.
func (m *Model) loss(x, keep *Node, rate float64) *Node {
	kept := MulScalar(ConvertDType(keep, x.DType()), 1/(1-rate))
	y := m.decode(m.code(Mul(x, kept)))
	return ReduceAllMean(Square(Sub(y, x)))
}

// update performs update number step (from 0).
func (t *trainer) update(step int64) (map[string]*tensors.Tensor, error) {
	im := t.images
	pixels := make([]uint8, 0, t.opt.Batch*im.Stride())
	for _, i := range t.batches.Indices(step) {
		pixels = append(pixels, im.At(i)...)
	}
	keep := dropout(len(pixels), *t.opt.Dropout, train.Random(*t.opt.Seed, streamDropout, step))
	loss, err := t.exec.Call1(
		tensors.FromFlatDataAndDimensions(pixels, t.opt.Batch, im.Stride()),
		tensors.FromFlatDataAndDimensions(keep, t.opt.Batch, im.Stride()),
		t.opt.adam().Corrections(step+1))
	if err != nil {
		return nil, err
	}
	return map[string]*tensors.Tensor{lossName: loss}, nil
}
