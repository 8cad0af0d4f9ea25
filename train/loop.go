package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/internal/progress"
	"repbench/train/runfolder"
)

// Errors that end a training early. Earlier checkpoints are kept.
var (
	// ErrDiverged means that a loss or a parameter is NaN or infinite.
	ErrDiverged = errors.New("training diverged")
	// ErrCollapsed means that one network has beaten the other for so long that the other
	// receives no gradient any more.
	ErrCollapsed = errors.New("training collapsed")
)

// Summary is the outcome of a training.
type Summary struct {
	// Steps is the total number of updates, Resumed the step from which the run was resumed (0
	// for a new run).
	Steps, Resumed int64
	// Images is the number of training images seen, with repetition.
	Images int64
	// Seconds is the time spent in training, over all sittings; MeasureSeconds the time that
	// measurements took in this one.
	Seconds, MeasureSeconds float64
	// Last is the last line of metrics.jsonl.
	Last runfolder.Metrics
}

// Loop trains a model in a run folder: it logs, writes checkpoints and resumes from the newest
// one. It writes everything in the folder except the sample sheets.
//
// The process may be killed at any moment. Started again with the same options, Loop resumes
// from the last checkpoint and ends with the same arrays, bit for bit on the same backend, if
// Update depends only on the store and the step number.
type Loop struct {
	// Folder is the open run folder.
	Folder *runfolder.Folder
	// Config is written to config.json after the newest checkpoint was read.
	Config any
	// Store holds the arrays that checkpoints keep.
	Store *model.Store
	// Title names the training in the progress, Recipe describes it in log.txt when it begins.
	Title, Recipe string
	// Steps is the total number of updates.
	Steps int64
	// Batch is the number of images per update.
	Batch int
	// Images is the number of training images of the first steps updates; nil: Batch for each.
	Images func(steps int64) int64
	// LogEvery, SampleEvery and CheckpointEvery count steps. The last step does all three.
	LogEvery, SampleEvery, CheckpointEvery int64
	// Keep is the number of checkpoints kept.
	Keep int
	// Losses are the names of the values that Update returns, in the order of metrics.jsonl.
	Losses []string
	// Update performs update number step (0, 1, …) and returns scalars by name. Values that it
	// does not return keep their last value.
	Update func(step int64) (map[string]*tensors.Tensor, error)
	// Sample writes the sample sheet of a step; nil leaves sheets out.
	Sample func(step int64) error
	// Collapse returns what is wrong if the logged losses show that one network has beaten the
	// other, and else "". 1000 such steps in a row, judged by the log lines, end the training
	// with ErrCollapsed. A nil Collapse means no check.
	Collapse func(losses map[string]float64) string
	// Measuring adds numbers about the model to the log; nil adds none.
	Measuring *Measuring
	// Progress receives the progress of the training.
	Progress progress.Reporter
}

// collapseSteps is the number of steps after which a training counts as collapsed.
const collapseSteps = 1000

// session is one sitting of a training.
type session struct {
	Loop
	outputs       Outputs
	step, resumed int64
	saved, logged int64 // steps of the newest checkpoint and log line; saved is -1 before the first
	before        float64
	began         time.Time
	collapsed     int64 // consecutive steps that Collapse objects to
	last          runfolder.Metrics
	measured      int64         // step of the newest measurement
	measuring     time.Duration // spent on measurements in this sitting
}

// Run trains, or resumes the training in the folder. When ctx is cancelled, it writes a
// checkpoint and returns an error wrapping the context's error.
func (l Loop) Run(ctx context.Context) (*Summary, error) {
	s := &session{Loop: l, outputs: Outputs{}, saved: -1}
	if err := s.resume(); err != nil {
		return nil, err
	}
	if err := l.Folder.Configure(l.Config); err != nil {
		return nil, err
	}
	if err := s.train(ctx); err != nil {
		logErr := l.Folder.Logf("stopped at step %d: %v", s.step, err)
		return nil, errors.Join(fmt.Errorf("%s: %w", l.Folder.Dir(), err), logErr)
	}
	sum := &Summary{Steps: s.step, Resumed: s.resumed, Images: s.images(), Seconds: s.seconds(), MeasureSeconds: s.measuring.Seconds(), Last: s.last}
	return sum, l.Folder.Logf("finished at step %d after %.1f s", s.step, sum.Seconds)
}

// resume loads the newest checkpoint, if there is one.
func (s *session) resume() error {
	st, err := Resume(s.Folder, s.Store)
	if err != nil {
		return err
	}
	if st != nil {
		if st.Step > s.Steps {
			return fmt.Errorf("%s has been trained for %d steps, more than the %d asked for", s.Folder.Dir(), st.Step, s.Steps)
		}
		s.step, s.resumed, s.saved, s.collapsed = st.Step, st.Step, st.Step, st.Certain
		s.outputs.Restore(st.Losses)
	}
	if s.last, err = s.Folder.Rewind(s.step); err != nil {
		return err
	}
	s.logged, s.before, s.began = s.step, s.last.Seconds, time.Now()
	if s.step > 0 {
		err = s.Folder.Logf("resumed at step %d of %d", s.step, s.Steps)
	} else {
		err = s.Folder.Logf("started: %d steps of %d images, %s", s.Steps, s.Batch, s.Recipe)
	}
	if err == nil && s.Measuring != nil {
		err = s.Folder.Logf("measures every %d steps: %s", s.Measuring.Every, s.Measuring.Note)
	}
	return err
}

// seconds is the time spent in training, which measurements are no part of.
func (s *session) seconds() float64 { return s.before + (time.Since(s.began) - s.measuring).Seconds() }

func (s *session) images() int64 { return s.imagesAt(s.step) }

func (s *session) imagesAt(step int64) int64 {
	if s.Loop.Images != nil {
		return s.Loop.Images(step)
	}
	return step * int64(s.Batch)
}

func (s *session) train(ctx context.Context) error {
	task := progress.Or(s.Progress).Start(s.Title, s.Steps, "steps")
	defer task.Done()
	progress.Earlier(task, s.step)
	if err := s.measureResumed(ctx); err != nil {
		return err
	}
	for s.step < s.Steps {
		if ctx.Err() != nil {
			return s.interrupted(ctx, task)
		}
		out, err := s.Update(s.step)
		if err != nil {
			return fmt.Errorf("step %d: %w", s.step+1, err)
		}
		if err := s.outputs.Take(out); err != nil {
			return err
		}
		s.step++
		task.Add(1)
		if err := s.after(ctx, task); err != nil {
			return err
		}
	}
	if s.measures() { // only the measurement of the last step is missing
		return s.interrupted(ctx, task)
	}
	return s.checkpoint()
}

// interrupted saves the state and returns the error about it.
func (s *session) interrupted(ctx context.Context, task progress.Task) error {
	return errors.Join(fmt.Errorf("interrupted at step %d; the same command resumes from there: %w",
		s.step, context.Cause(ctx)), s.pause(task))
}

// pause saves the state in the middle of a run.
func (s *session) pause(task progress.Task) error {
	if s.saved == s.step || s.step == 0 {
		return nil
	}
	if err := s.log(task); err != nil {
		return err
	}
	return s.checkpoint()
}

// after performs what is due after a step: measurement, log line, sheet, checkpoint. Every
// checkpoint has a log line, from which a resumed run reads the time spent.
func (s *session) after(ctx context.Context, task progress.Task) error {
	due := func(every int64) bool { return s.step%every == 0 || s.step == s.Steps }
	values, err := s.measure(ctx)
	if err != nil {
		return err
	}
	switch {
	case due(s.LogEvery) || due(s.CheckpointEvery):
		err = s.log(task, values...)
	case values != nil:
		err = s.logMeasured(values)
	}
	if err != nil {
		return err
	}
	if s.Sample != nil && due(s.SampleEvery) {
		if err := s.Sample(s.step); err != nil {
			return err
		}
	}
	if due(s.CheckpointEvery) {
		return s.checkpoint()
	}
	return nil
}

// log writes a line of metrics.jsonl with the losses and the measured values.
func (s *session) log(task progress.Task, measured ...runfolder.Value) error {
	if s.logged == s.step {
		return nil
	}
	losses, err := s.outputs.Read()
	if err != nil {
		return err
	}
	m, since := s.line(losses), s.step-s.logged
	var note []string
	for _, name := range s.Losses {
		if v, known := losses[name]; known && strings.HasSuffix(name, "loss") {
			note = append(note, fmt.Sprintf("%s %.4f", name, v))
		}
	}
	task.Note(strings.Join(note, " "))
	m.Values = append(m.Values, measured...)
	s.logged, s.last = s.step, m
	if err := s.Folder.AppendMetrics(m); err != nil {
		return err
	}
	return s.checkCollapse(losses, since)
}

// logMeasured writes a line for a measurement alone. It leaves no trace in the session: what
// follows, and the next checkpoint, are as they would be without it.
func (s *session) logMeasured(measured []runfolder.Value) error {
	losses, err := s.outputs.Read()
	if err != nil {
		return err
	}
	m := s.line(losses)
	m.Values = append(m.Values, measured...)
	return s.Folder.AppendMetrics(m)
}

// line is the log line of the current step.
func (s *session) line(losses map[string]float64) runfolder.Metrics {
	now := s.seconds()
	m := runfolder.Metrics{
		Step: s.step, Images: float64(s.images()), Seconds: now,
		ImagesPerSecond: float64(s.imagesAt(s.step)-s.imagesAt(s.logged)) / (now - s.last.Seconds),
	}
	for _, name := range s.Losses {
		v, known := losses[name]
		if !known {
			v = math.NaN()
		}
		m.Values = append(m.Values, runfolder.Value{Name: name, Value: v})
	}
	return m
}

// checkCollapse ends a run if Collapse objects to all log lines over collapseSteps steps. since
// is the number of steps from the previous line to this one.
func (s *session) checkCollapse(losses map[string]float64, since int64) error {
	why := ""
	if s.Collapse != nil {
		why = s.Collapse(losses)
	}
	if why == "" {
		s.collapsed = 0
		return nil
	}
	if s.collapsed += since; s.collapsed < collapseSteps {
		return nil
	}
	return fmt.Errorf("%w: for %d steps %s", ErrCollapsed, s.collapsed, why)
}

// checkpoint writes a checkpoint, unless the newest one is already of this step. A model with a
// value that is not finite is not written.
func (s *session) checkpoint() error {
	if s.saved == s.step {
		return nil
	}
	losses, err := s.outputs.Read()
	if err != nil {
		return err
	}
	st := State{Step: s.step, Images: s.images(), Losses: losses, Certain: s.collapsed}
	if err := Save(s.Folder, s.Store, st, s.Keep); err != nil {
		return err
	}
	s.saved = s.step
	return nil
}
