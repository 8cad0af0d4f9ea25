package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"time"

	"repbench/train/runfolder"
)

// Measuring adds numbers about the model to the log while it is trained. It takes no part in the
// training: At must change no array of the store and must draw from random streams of its own.
// Checkpoints then are the same, bit for bit, with and without it.
type Measuring struct {
	// Every is the number of updates between two measurements; the last update is followed by
	// one in any case.
	Every int64
	// Names are the names of the numbers that At returns, at least one.
	Names []string
	// At measures the model as it is after a step.
	At func(ctx context.Context, step int64) ([]runfolder.Value, error)
	// Note describes the measurements in log.txt.
	Note string
	// Best is the name of the number whose least value marks the best model, of which a checkpoint is
	// kept for good (runfolder.BestCheckpoint); "": none is.
	Best string
}

// MeasureConfig is what config.json says of the measurements. They do not decide the training.
type MeasureConfig struct {
	Metrics     []string `json:"metrics"`            // names of the metrics
	Every       int64    `json:"every"`              // updates between two measurements
	Images      int      `json:"images"`             // number of generated images
	TrainImages int      `json:"train_images"`       // number of training images compared with them
	HeldOut     string   `json:"held_out"`           // split of as many held-out images, "" for none
	Encoder     string   `json:"encoder,omitempty"`  // encoder of the Fréchet distance
	Features    int      `json:"features,omitempty"` // columns of its features
}

// Compatible returns an error wrapping runfolder.ErrDiffers if numbers of c do not compare with
// those that a run folder holds from earlier measurements. Other intervals and metrics do.
func (c MeasureConfig) Compatible(old MeasureConfig) error {
	var diff []string
	for _, f := range []struct {
		name     string
		now, was any
	}{
		{"images", c.Images, old.Images}, {"train_images", c.TrainImages, old.TrainImages},
		{"held_out", c.HeldOut, old.HeldOut}, {"encoder", c.Encoder, old.Encoder},
	} {
		if f.now != f.was && !(f.name == "encoder" && (f.now == "" || f.was == "")) {
			diff = append(diff, fmt.Sprintf("%s is %v, was %v", f.name, f.now, f.was))
		}
	}
	if len(diff) == 0 {
		return nil
	}
	return fmt.Errorf("the measurements: %w: %s; numbers of different measurements do not compare: measure as before, or not at all, or use another folder",
		runfolder.ErrDiffers, strings.Join(diff, "; "))
}

// measures reports whether a measurement is due after the current step and not made yet.
func (s *session) measures() bool {
	m := s.Measuring
	return m != nil && s.step > 0 && s.measured != s.step && (s.step%m.Every == 0 || s.step == s.Steps)
}

// measure returns the numbers of a measurement that is due; none if the context ended before or
// meanwhile, so that the interrupted step can be saved. A resumed run makes up for that.
func (s *session) measure(ctx context.Context) ([]runfolder.Value, error) {
	if !s.measures() || ctx.Err() != nil {
		return nil, nil
	}
	began := time.Now()
	values, err := s.Measuring.At(ctx, s.step)
	spent := time.Since(began)
	s.measuring += spent
	if err != nil && ctx.Err() != nil && (errors.Is(err, ctx.Err()) || errors.Is(err, context.Cause(ctx))) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("measure the model of step %d: %w", s.step, err)
	}
	s.measured = s.step
	if err := s.keepBest(values); err != nil {
		return nil, err
	}
	return append(values, runfolder.Value{Name: runfolder.MeasureSeconds, Value: spent.Seconds()}), nil
}

// measureResumed makes up for the measurement of a step whose log line holds none: the run was
// interrupted in it, or did not measure then. Its line is written again, with the numbers.
func (s *session) measureResumed(ctx context.Context) error {
	if s.Measuring == nil || s.last.Step != s.step {
		return nil
	}
	if !math.IsNaN(s.last.Get(s.Measuring.Names[0])) {
		s.measured = s.step
	}
	values, err := s.measure(ctx)
	if err != nil || values == nil {
		return err
	}
	s.last.Values = append(s.last.Values, values...)
	return s.Folder.AppendMetrics(s.last)
}
