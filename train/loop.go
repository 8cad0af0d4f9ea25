package train

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"repbench/backends"
	"repbench/internal/progress"
)

// Errors that end a training early. The checkpoints before it stay.
var (
	// ErrDiverged: a loss or a parameter is NaN or infinite.
	ErrDiverged = errors.New("training diverged")
	// ErrCollapsed: D has told all generated images from all real ones for so
	// long that G gets no gradient any more.
	ErrCollapsed = errors.New("training collapsed")
)

// Summary is the outcome of Run.
type Summary struct {
	// Steps is the number of updates done in all, Resumed the step the run went
	// on from (0: a new run).
	Steps, Resumed int64
	// Images is the number of training images seen, with repetition.
	Images int64
	// Seconds is the time spent in training, over all sittings.
	Seconds float64
	// Last are the last logged quantities.
	Last Metrics
}

// Run trains a model in the folder run, or goes on with the training in it.
//
// It writes config.json, metrics.jsonl, checkpoints/, samples/ (through
// Options.OnSamples) and log.txt. It may be killed at any moment; started again
// with the same options it goes on from the last checkpoint and ends with the
// same arrays, bit for bit on the same backend. When ctx is cancelled it writes
// a checkpoint and returns an error wrapping the context's.
func Run(ctx context.Context, run string, d Data, b *backends.Backend, o Options) (*Summary, error) {
	o, err := o.resolve(d)
	if err != nil {
		return nil, err
	}
	c := newConfig(o, d, b.Spec)
	f, old, err := OpenFolder(run, c, freeFields...)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	if err := os.MkdirAll(filepath.Join(run, SamplesDir), 0o755); err != nil {
		return nil, err
	}
	if old != nil && old.Record != nil {
		c.Record = old.Record // the first sitting's; log.txt tells of the later ones
	}
	m := NewModel(o.Arch, o.Seed)
	m.Lowering = LoweringFor(b)
	t, err := newTrainer(m, o, d, b)
	if err != nil {
		return nil, err
	}
	s := &session{Folder: f, trainer: t}
	if err := s.resume(); err != nil {
		return nil, err
	}
	if err := f.Configure(c); err != nil {
		return nil, err
	}
	err = s.train(ctx)
	if err != nil {
		logErr := f.Logf("stopped at step %d: %v", s.step, err)
		return nil, errors.Join(fmt.Errorf("%s: %w", run, err), logErr)
	}
	return s.summary(), f.Logf("finished at step %d after %.1f s", s.step, s.seconds())
}

// session is one sitting of a training.
type session struct {
	*Folder
	*trainer
	step, resumed int64
	saved         int64 // step of the newest checkpoint; -1: none
	images        int64
	before        float64 // seconds of earlier sittings
	began         time.Time
	lastTime      float64 // seconds at the last log line
	lastStep      int64
	certain       int64 // updates of D in a row, by log lines, on which G was beaten
	metrics       Metrics
}

// resume loads the newest checkpoint, if there is one.
func (s *session) resume() error {
	s.saved = -1
	st, err := Resume(s.Folder, s.model.store)
	if err != nil {
		return err
	}
	if st != nil {
		if st.Step > s.opt.Steps {
			return fmt.Errorf("%s has been trained for %d steps, more than the %d asked for", s.dir, st.Step, s.opt.Steps)
		}
		s.step, s.resumed, s.saved = st.Step, st.Step, st.Step
		s.certain = st.Certain
		s.trainer.restore(st.Losses)
	}
	s.images = s.step * int64(s.opt.Batch)
	if s.metrics, err = Rewind(s.Folder, s.step, func(m Metrics) int64 { return m.Step }); err != nil {
		return err
	}
	s.before = s.metrics.Seconds
	s.began = time.Now()
	s.lastTime, s.lastStep = s.before, s.step
	if s.step > 0 {
		return s.Logf("resumed at step %d of %d", s.step, s.opt.Steps)
	}
	return s.Logf("started: %d steps of %d images, %s, seed %d",
		s.opt.Steps, s.opt.Batch, s.opt.Alternate, s.opt.Seed)
}

func (s *session) seconds() float64 { return s.before + time.Since(s.began).Seconds() }

func (s *session) train(ctx context.Context) error {
	task := progress.Or(s.opt.Progress).Start("train", s.opt.Steps, "steps")
	defer task.Done()
	task.Add(s.step)
	for s.step < s.opt.Steps {
		if ctx.Err() != nil {
			return errors.Join(fmt.Errorf("interrupted at step %d; the same command goes on from there: %w",
				s.step, context.Cause(ctx)), s.pause(task))
		}
		if err := s.update(s.step); err != nil {
			return err
		}
		s.step++
		s.images += int64(s.opt.Batch)
		task.Add(1)
		if err := s.after(task); err != nil {
			return err
		}
	}
	return s.checkpoint()
}

// pause makes the state safe in the middle of a run.
func (s *session) pause(task progress.Task) error {
	if s.saved == s.step || s.step == 0 {
		return nil
	}
	if err := s.log(task); err != nil {
		return err
	}
	return s.checkpoint()
}

// after does what is due after a step: log, sheet, checkpoint. There is a log
// line at every checkpoint, from which a resumed run takes the time spent.
func (s *session) after(task progress.Task) error {
	due := func(every int64) bool { return s.step%every == 0 || s.step == s.opt.Steps }
	if due(s.opt.LogEvery) || due(s.opt.CheckpointEvery) {
		if err := s.log(task); err != nil {
			return err
		}
	}
	if s.opt.OnSamples != nil && due(s.opt.SampleEvery) {
		im, err := s.sheet()
		if err != nil {
			return err
		}
		if err := s.opt.OnSamples(s.step, im); err != nil {
			return fmt.Errorf("write sample sheet: %w", err)
		}
	}
	if due(s.opt.CheckpointEvery) {
		return s.checkpoint()
	}
	return nil
}

func (s *session) log(task progress.Task) error {
	if s.lastStep == s.step {
		return nil
	}
	v, err := s.losses()
	if err != nil {
		return err
	}
	now := s.seconds()
	get := func(name string) *float64 {
		if x, ok := v[name]; ok {
			return &x
		}
		return nil
	}
	m := Metrics{
		Step: s.step, Images: s.images, Seconds: now,
		ImagesPerSecond: float64((s.step-s.lastStep)*int64(s.opt.Batch)) / (now - s.lastTime),
		DLoss:           get("d_loss"), GLoss: get("g_loss"), DReal: get("d_real"), DFake: get("d_fake"),
	}
	since := s.step - s.lastStep
	s.lastTime, s.lastStep, s.metrics = now, s.step, m
	task.Note(fmt.Sprintf("d_loss %.3f g_loss %.3f", v["d_loss"], v["g_loss"]))
	if err := s.AppendMetrics(m); err != nil {
		return err
	}
	return s.checkCollapse(v, since)
}

// Limits of checkCollapse.
const (
	collapseSteps = 1000
	certainty     = 1e-4
)

// checkCollapse ends a run in which, on all log lines over collapseSteps steps,
// D was as good as certain of both kinds of image. since is the number of steps
// from the last line to this one.
func (s *session) checkCollapse(v map[string]float64, since int64) error {
	real, haveReal := v["d_real"]
	fake, haveFake := v["d_fake"]
	if !haveReal || !haveFake || real < 1-certainty || fake > certainty {
		s.certain = 0
		return nil
	}
	if s.certain += since; s.certain < collapseSteps {
		return nil
	}
	return fmt.Errorf("%w: for %d steps D gave real images a probability above %g and generated ones below %g, "+
		"so G no longer learns; try a smaller learning rate, another seed, or the released alternation",
		ErrCollapsed, s.certain, 1-certainty, certainty)
}

// checkpoint writes one unless the newest is of this step already. A model with
// a value that is not finite is not written.
func (s *session) checkpoint() error {
	if s.saved == s.step {
		return nil
	}
	v, err := s.losses()
	if err != nil {
		return err
	}
	st := State{Step: s.step, Images: s.images, Losses: v, Certain: s.certain}
	if err := Save(s.Folder, s.model.store, st, s.opt.Keep); err != nil {
		return err
	}
	s.saved = s.step
	return nil
}

func (s *session) summary() *Summary {
	return &Summary{Steps: s.step, Resumed: s.resumed, Images: s.images, Seconds: s.seconds(), Last: s.metrics}
}
