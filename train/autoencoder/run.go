package autoencoder

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	. "github.com/gomlx/gomlx/core/graph"
	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/backends"
	"repbench/internal/progress"
	"repbench/train"
)

// Metrics is one line of metrics.jsonl.
type Metrics struct {
	Step            int64   `json:"step"`
	Images          int64   `json:"images"`
	Seconds         float64 `json:"seconds"`
	ImagesPerSecond float64 `json:"images_per_second"`
	// Loss is that of the last minibatch, with dropout: the mean squared error of
	// pixels in [-1, 1].
	Loss float64 `json:"loss"`
}

// Summary is the outcome of Run.
type Summary struct {
	// Steps is the number of updates done in all, Resumed the step the run went
	// on from (0: a new run).
	Steps, Resumed int64
	// Images is the number of training images seen, with repetition.
	Images int64
	// Seconds is the time spent in training, over all sittings.
	Seconds float64
	// Last is the last line of metrics.jsonl.
	Last Metrics
}

// Run trains an autoencoder in the folder run, or goes on with the training in it.
//
// It writes config.json, metrics.jsonl, checkpoints/ and log.txt. It may be killed
// at any moment; started again with the same options it goes on from the last
// checkpoint and ends with the same arrays, bit for bit on the same backend. When
// ctx is cancelled it writes a checkpoint and returns an error wrapping the
// context's. Other options than those the run was begun with are refused with
// train.ErrDiffers.
func Run(ctx context.Context, run string, d train.Data, b *backends.Backend, o Options) (*Summary, error) {
	o = o.withDefaults()
	if err := o.validate(d); err != nil {
		return nil, err
	}
	c := newConfig(o, d, b.Spec)
	f, old, err := train.OpenFolder(run, c, free...)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	s, err := newSession(f, d, b, o)
	if err != nil {
		return nil, err
	}
	defer s.update.Finalize()
	if err := s.resume(run); err != nil {
		return nil, err
	}
	if old != nil && old.Record != nil {
		c.Record = old.Record // the first sitting's; log.txt tells of the later ones
	}
	if err := f.Configure(c); err != nil {
		return nil, err
	}
	if err := s.train(ctx); err != nil {
		logErr := f.Logf("stopped at step %d: %v", s.step, err)
		return nil, errors.Join(fmt.Errorf("%s: %w", run, err), logErr)
	}
	return s.summary(), f.Logf("finished at step %d after %.1f s", s.step, s.seconds())
}

// session is one sitting of a training.
type session struct {
	folder  *train.Folder
	opt     Options
	data    train.Data
	model   *Model
	update  *model.Exec
	batches *train.Batches

	loss          *tensors.Tensor // of the newest update, on the device until read
	step, resumed int64
	saved, logged int64 // steps of the newest checkpoint and line; -1: none
	before        float64
	began         time.Time
	last          Metrics
}

// newSession builds the update, which takes the images [B, D] and what is kept of
// them, both uint8, and Adam's corrections, and returns the loss.
func newSession(f *train.Folder, d train.Data, b *backends.Backend, o Options) (*session, error) {
	m, err := newModel(d.Images, o.Hidden, o.Seed)
	if err != nil {
		return nil, err
	}
	if err := train.AddMoments(m.store, allPaths); err != nil {
		return nil, err
	}
	s := &session{
		folder: f, opt: o, data: d, model: m, saved: -1,
		batches: train.NewBatches(d.Images.N, o.Batch, o.Seed),
	}
	s.update, err = model.NewExec(b.Compute, m.store, func(_ *model.Scope, in []*Node) []*Node {
		x := train.ScalePixels(in[0])
		loss := m.loss(x, in[1], o.Dropout)
		o.adam().Minimise(m.store, allPaths, loss, in[2])
		return []*Node{loss}
	})
	if err != nil {
		return nil, fmt.Errorf("build the training graph: %w", err)
	}
	return s, nil
}

// loss is the mean squared error of the output for x [B, D], of which keep [B, D]
// uint8 marks with 1 what is not dropped.
func (m *Model) loss(x, keep *Node, rate float64) *Node {
	kept := MulScalar(ConvertDType(keep, x.DType()), 1/(1-rate))
	y := m.decode(m.code(Mul(x, kept)))
	return ReduceAllMean(Square(Sub(y, x)))
}

// resume loads the newest checkpoint, if there is one.
func (s *session) resume(run string) error {
	st, err := train.Resume(s.folder, s.model.store)
	if err != nil {
		return err
	}
	if st != nil {
		if st.Step > s.opt.Steps {
			return fmt.Errorf("%s has been trained for %d steps, more than the %d asked for", run, st.Step, s.opt.Steps)
		}
		s.step, s.resumed, s.saved = st.Step, st.Step, st.Step
		s.loss = tensors.FromScalar(float32(st.Losses["loss"]))
	}
	if s.last, err = train.Rewind(s.folder, s.step, func(m Metrics) int64 { return m.Step }); err != nil {
		return err
	}
	s.logged, s.before, s.began = s.step, s.last.Seconds, time.Now()
	if st != nil {
		return s.folder.Logf("resumed at step %d of %d", s.step, s.opt.Steps)
	}
	return s.folder.Logf("started: %d steps of %d images, seed %d", s.opt.Steps, s.opt.Batch, s.opt.Seed)
}

func (s *session) seconds() float64 { return s.before + time.Since(s.began).Seconds() }

func (s *session) images() int64 { return s.step * int64(s.opt.Batch) }

func (s *session) train(ctx context.Context) error {
	task := progress.Or(s.opt.Progress).Start("train autoencoder", s.opt.Steps, "steps")
	defer task.Done()
	task.Add(s.step)
	for s.step < s.opt.Steps {
		if ctx.Err() != nil {
			return errors.Join(fmt.Errorf("interrupted at step %d; the same command goes on from there: %w",
				s.step, context.Cause(ctx)), s.pause(task))
		}
		if err := s.advance(); err != nil {
			return err
		}
		task.Add(1)
		if err := s.after(task); err != nil {
			return err
		}
	}
	return s.checkpoint()
}

// advance does one update.
func (s *session) advance() error {
	im := s.data.Images
	pixels := make([]uint8, 0, s.opt.Batch*im.Stride())
	for _, i := range s.batches.Indices(s.step) {
		pixels = append(pixels, im.At(i)...)
	}
	keep := dropout(len(pixels), s.opt.Dropout, train.Random(s.opt.Seed, streamDropout, s.step))
	out, err := s.update.Call1(
		tensors.FromFlatDataAndDimensions(pixels, s.opt.Batch, im.Stride()),
		tensors.FromFlatDataAndDimensions(keep, s.opt.Batch, im.Stride()),
		s.opt.adam().Corrections(s.step+1))
	if err != nil {
		return fmt.Errorf("step %d: %w", s.step+1, err)
	}
	if s.loss != nil {
		if err := s.loss.FinalizeAll(); err != nil {
			return err
		}
	}
	s.loss = out
	s.step++
	return nil
}

// after does what is due after a step. There is a line of metrics at every
// checkpoint, from which a resumed run takes the time spent.
func (s *session) after(task progress.Task) error {
	due := func(every int64) bool { return s.step%every == 0 || s.step == s.opt.Steps }
	if due(s.opt.LogEvery) || due(s.opt.CheckpointEvery) {
		if err := s.log(task); err != nil {
			return err
		}
	}
	if due(s.opt.CheckpointEvery) {
		return s.checkpoint()
	}
	return nil
}

// pause makes the state safe in the middle of a run.
func (s *session) pause(task progress.Task) error {
	if s.step == 0 || s.saved == s.step {
		return nil
	}
	if err := s.log(task); err != nil {
		return err
	}
	return s.checkpoint()
}

func (s *session) log(task progress.Task) error {
	if s.logged == s.step {
		return nil
	}
	loss, err := s.readLoss()
	if err != nil {
		return err
	}
	now := s.seconds()
	s.last = Metrics{
		Step: s.step, Images: s.images(), Seconds: now, Loss: loss,
		ImagesPerSecond: float64((s.step-s.logged)*int64(s.opt.Batch)) / (now - s.last.Seconds),
	}
	s.logged = s.step
	task.Note(fmt.Sprintf("loss %.4f", loss))
	return s.folder.AppendMetrics(s.last)
}

// readLoss reads the newest loss from the device.
func (s *session) readLoss() (float64, error) {
	v, err := tensors.CopyFlatData[float32](s.loss)
	if err != nil {
		return 0, fmt.Errorf("read the loss: %w", err)
	}
	loss := float64(v[0])
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return 0, fmt.Errorf("%w: the loss is %g; a smaller learning rate may help", train.ErrDiverged, loss)
	}
	return loss, nil
}

// checkpoint writes one unless the newest is of this step already.
func (s *session) checkpoint() error {
	if s.saved == s.step {
		return nil
	}
	loss, err := s.readLoss()
	if err != nil {
		return err
	}
	st := train.State{Step: s.step, Images: s.images(), Losses: map[string]float64{"loss": loss}}
	if err := train.Save(s.folder, s.model.store, st, s.opt.Keep); err != nil {
		return err
	}
	s.saved = s.step
	return nil
}

func (s *session) summary() *Summary {
	return &Summary{Steps: s.step, Resumed: s.resumed, Images: s.images(), Seconds: s.seconds(), Last: s.last}
}
