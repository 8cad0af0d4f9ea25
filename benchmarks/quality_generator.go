package benchmarks

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"repbench/datasets"
	"repbench/eval/memorisation"
	"repbench/eval/quality"
	"repbench/eval/quality/metric"
	"repbench/internal/progress"
	"repbench/reports/record"
)

// Quality compares images that a generator makes with the images of a data set in the features of an
// encoder, see package quality. Source.Data is the data set, Source.Encoder the encoder: the training
// split is the real set, the test or validation split, where there is one, the second real sample.
type Quality struct {
	// Settings say what is computed.
	quality.Settings
	// Generator is a run folder, dcgan:RUN, theano:DIR or random:ARCH, N the number of images it makes.
	Generator string
	N         int
	// Name is what records call the generator; "": as it is.
	Name string
	// Seed draws the images and what is random in the metrics. Threads is the number of goroutines, 0:
	// all processors.
	Seed    uint64
	Threads int
}

// run implements Protocol.
func (o Quality) run(ctx context.Context, c Cell, m Machine) (*Outcome, error) {
	if c.Source.Encoder == "" || c.Source.Data == "" {
		return nil, errors.New("the quality of a generator is measured with an encoder on a data set: give both")
	}
	if err := checkRecords(c.Records); err != nil {
		return nil, err
	}
	s := &compared{}
	defer func() { s.close() }()
	f, err := o.open(ctx, s, c.Source, m)
	if err != nil {
		return nil, interruptedIn(ctx, "the sets were read", err)
	}
	in := quality.Inputs{Real: f.Train, Generated: f.Generated, Test: f.HeldOut}
	result, err := quality.Run(ctx, in, o.Settings, metric.Options{
		Threads: o.Threads, MaxMemory: m.MaxMemory, Progress: progress.Or(m.Progress), Seed: o.Seed,
	})
	if err != nil {
		return nil, interruptedIn(ctx, "images were compared", err)
	}
	r, err := o.record(s, c.Source.Encoder, result)
	if err != nil {
		return nil, err
	}
	out := &Outcome{Records: []*record.Record{r}, Title: fmt.Sprintf("%s against %s in %s", o.Generator, s.trainName, c.Source.Encoder)}
	if c.Records != "" {
		err = out.store(c.Records)
	}
	return out, err
}

// open makes the images and the features of all sets.
func (o Quality) open(ctx context.Context, s *compared, src Source, m Machine) (*memorisation.Features, error) {
	images := Memorisation{Options: memorisation.Options{Seed: o.Seed}, Generated: Generated{Run: o.Generator, Name: o.Name, N: o.N}}
	if err := s.openGenerated(ctx, images, m); err != nil {
		return nil, err
	}
	if err := s.openTrain(ctx, images, src, m); err != nil {
		return nil, err
	}
	if s.split = s.heldOut(); s.split != "" {
		if split, err := s.ds.Split(s.split); err == nil {
			s.in.HeldOut = setOf(split)
		}
	}
	return s.featuresOf(ctx, src, m)
}

// record is the record of a result.
func (o Quality) record(s *compared, encoder string, result *quality.Result) (*record.Record, error) {
	r := &record.Record{
		Encoder:  record.Encoder{Spec: encoder},
		Data:     record.Data{Name: s.ds.Name, Source: s.ds.Source, Hash: s.ds.Hash},
		Seed:     o.Seed,
		Backend:  s.backend,
		Versions: thisVersion(),
		Notes:    s.notes,
		Result:   result,

		Fingerprint: record.ThisProgram(s.backend),
		Costs:       []record.Cost{{Stage: "compare", Seconds: result.Seconds, PeakRSSBytes: result.PeakRSSBytes}},
	}
	if s.model.TrainedOn != nil {
		r.TrainingSeed = &s.model.TrainedOn.Seed
	}
	inputs, err := s.inputs(o.Seed)
	if err != nil {
		return nil, err
	}
	inputs[1].Name = s.trainName + "/" + datasets.Train
	if s.split == "" {
		inputs = inputs[:2]
	}
	r.Inputs = inputs
	settings, err := json.Marshal(o.Settings)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(settings)
	err = r.Identify(r.Kind(), fmt.Sprintf("%d halves", result.Halves), strings.Join(o.Metrics, ","), "settings "+hex.EncodeToString(sum[:8]))
	return r, err
}
