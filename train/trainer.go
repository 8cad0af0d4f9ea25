package train

import (
	"fmt"
	"math"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/datasets"
)

// trainer holds the compiled updates of a model and what they last returned.
type trainer struct {
	model   *Model
	opt     Options
	adam    Adam
	execs   map[updateKind]*model.Exec
	sampler *model.Exec
	images  datasets.Images
	batches *Batches
	fixedZ  *tensors.Tensor
	// last are the newest outputs by name, on the device until they are read.
	last map[string]*tensors.Tensor
}

// newTrainer prepares a model for training with fresh optimiser state.
func newTrainer(m *Model, o Options, d Data, b *backends.Backend) (*trainer, error) {
	if err := AddMoments(m.store, pathsOf(m.params())); err != nil {
		return nil, err
	}
	m.AddRunning()
	t := &trainer{
		model: m, opt: o, adam: o.adam(), images: d.Images,
		execs:   map[updateKind]*model.Exec{},
		batches: NewBatches(d.Images.N, o.Batch, o.Seed),
		last:    map[string]*tensors.Tensor{},
	}
	z := m.Arch.Prior.draw(o.Samples*m.Arch.ZDim, Random(o.Seed, streamFixedZ, 0))
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

// update does update number step (from 0). It queues work on the device and
// reads nothing back.
func (t *trainer) update(step int64) error {
	kind := t.opt.Alternate.kindAt(step)
	a := t.model.Arch
	z := a.Prior.draw(t.opt.Batch*a.ZDim, Random(t.opt.Seed, streamZ, step))
	args := []any{
		tensors.FromFlatDataAndDimensions(z, t.opt.Batch, a.ZDim),
		t.corrections(step),
	}
	if kind != updateG {
		args = append(args, t.gather(step))
	}
	out, err := t.execs[kind].Call(args...)
	if err != nil {
		return fmt.Errorf("step %d: %w", step+1, err)
	}
	for i, name := range outputNames(kind) {
		if old := t.last[name]; old != nil {
			if err := old.FinalizeAll(); err != nil {
				return err
			}
		}
		t.last[name] = out[i]
	}
	return nil
}

// corrections are Adam's for the next update of D and of G, [4].
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

// losses reads the newest outputs from the device.
func (t *trainer) losses() (map[string]float64, error) {
	out := make(map[string]float64, len(t.last))
	for name, tensor := range t.last {
		v, err := tensors.CopyFlatData[float32](tensor)
		if err != nil {
			return nil, fmt.Errorf("read %s: %w", name, err)
		}
		if math.IsNaN(float64(v[0])) || math.IsInf(float64(v[0]), 0) {
			return nil, fmt.Errorf("%w: %s is %g; a smaller learning rate, or another seed, may help", ErrDiverged, name, v[0])
		}
		out[name] = float64(v[0])
	}
	return out, nil
}

// restore puts back the losses of a checkpoint, so that the log of a resumed
// run is the same.
func (t *trainer) restore(losses map[string]float64) {
	for name, v := range losses {
		t.last[name] = tensors.FromScalar(float32(v))
	}
}

// sheet generates the images of the fixed z.
func (t *trainer) sheet() (Images, error) { return t.model.images(t.sampler, t.fixedZ) }
