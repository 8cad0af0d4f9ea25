package suite

import (
	"cmp"
	"errors"
	"fmt"
	"strings"

	"repbench/benchmarks"
	"repbench/eval/memorisation"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/search"
	"repbench/eval/quality"
	"repbench/eval/quality/kid"
	"repbench/eval/quality/metric"
)

// Images that a cell's generator makes.
const (
	defaultGenerated = 2000
	maxGenerated     = 1_000_000
)

// checkGenerated refuses numbers of images that cannot be made.
func checkGenerated(n int) error {
	if n < 2 || n > maxGenerated {
		return fmt.Errorf("n %d: 2 to %d images can be made", n, maxGenerated)
	}
	return nil
}

// Memorization are the options of memorization.
type Memorization struct {
	N          int     `toml:"n" json:"n"`
	Null       string  `toml:"null" json:"null,omitempty"`
	NullImages int     `toml:"null-images" json:"null-images"`
	Encoder    string  `toml:"encoder" json:"encoder,omitempty"`
	With       string  `toml:"with-encoder" json:"with-encoder,omitempty"`
	Metric     string  `toml:"metric" json:"metric,omitempty"`
	Score      string  `toml:"score" json:"score"`
	Control    *int    `toml:"control" json:"control"`
	FDR        float64 `toml:"fdr" json:"fdr"`
	evaluationSeed
	Features

	run benchmarks.Memorisation
}

func (o *Memorization) complete() (err error) {
	o.fill()
	o.N, o.NullImages, o.FDR = cmp.Or(o.N, defaultGenerated), cmp.Or(o.NullImages, memorisation.DefaultNull), cmp.Or(o.FDR, memorisation.DefaultFDR)
	o.Score = cmp.Or(o.Score, nearest.ScoreNames()[0])
	or(&o.Control, memorisation.DefaultControl)
	r := &o.run
	if r.Metric, err = search.ParseMetric(o.Metric); err != nil {
		return fmt.Errorf("metric: %w", err)
	}
	if r.Score, err = nearest.ParseScore(o.Score); err != nil {
		return fmt.Errorf("score: %w", err)
	}
	r.Generated.N, r.Null, r.Options.Null, r.With, r.Control, r.FDR = o.N, o.Null, o.NullImages, o.With, *o.Control, o.FDR
	return errors.Join(checkGenerated(o.N), o.Features.check(), r.Options.Validate())
}

func (o *Memorization) cell(s subject) (benchmarks.Cell, error) {
	r := o.run
	r.Generated.Run, r.Generated.Name, r.Seed, r.Threads, r.MaxMemory = s.generator, s.name, s.seedOf(o.Seed), s.threads, s.memory
	source := benchmarks.Source{Encoder: o.Encoder, Options: o.Features.options(o.Seed), Data: s.data, Reading: s.reading}
	return benchmarks.Cell{Source: source, Protocol: r}, nil
}

// Quality are the options of quality for images that a generator makes. These images and the images of the
// data set are compared by their features in Encoder.
type Quality struct {
	N             int      `toml:"n" json:"n"`
	Encoder       string   `toml:"encoder" json:"encoder"`
	Metrics       string   `toml:"metrics" json:"metrics"`
	Convention    string   `toml:"convention" json:"convention,omitempty"`
	Halves        *int     `toml:"halves" json:"halves,omitempty"`
	K             int      `toml:"k" json:"k,omitempty"`
	Self          *bool    `toml:"self" json:"self,omitempty"`
	Closed        *bool    `toml:"closed" json:"closed,omitempty"`
	Estimator     string   `toml:"kid-estimator" json:"kid-estimator"`
	RankMeEpsilon *float64 `toml:"rankme-epsilon" json:"rankme-epsilon,omitempty"`
	RankMeCentred bool     `toml:"rankme-centred" json:"rankme-centred,omitempty"`
	evaluationSeed
	Features

	run benchmarks.Quality
}

func (o *Quality) complete() (err error) {
	o.fill()
	o.N, o.Estimator = cmp.Or(o.N, defaultGenerated), cmp.Or(o.Estimator, "unbiased")
	if o.Encoder == "" || o.Metrics == "" {
		return errors.New(`encoder and metrics are required: in which features the images are compared, such as "pca:64", and by what, such as "frechet,kid"`)
	}
	s := quality.Settings{Halves: quality.AutoHalves, K: o.K, Self: o.Self, Closed: o.Closed, RankMeEpsilon: o.RankMeEpsilon, Centred: o.RankMeCentred}
	if o.Halves != nil {
		if s.Halves = *o.Halves; s.Halves < 0 || s.Halves > metric.MaxHalves {
			return fmt.Errorf("halves %d: must be from 0 to %d", s.Halves, metric.MaxHalves)
		}
	}
	if s.Metrics, err = metric.ParseNames(o.Metrics); err != nil {
		return fmt.Errorf("metrics: %w", err)
	}
	if s.Convention, err = quality.ParseConventions(o.Convention); err != nil {
		return fmt.Errorf("convention: %w", err)
	}
	if s.Estimator, err = kid.ParseEstimator(o.Estimator); err != nil {
		return fmt.Errorf("kid-estimator: %w", err)
	}
	for _, name := range s.Metrics {
		if name == metric.NameClassifierScore {
			return fmt.Errorf("metrics: %s needs the logits of a classifier, which a suite has not; run repbench quality for it", name)
		}
	}
	switch e := o.RankMeEpsilon; {
	case o.K < 0:
		return fmt.Errorf("k %d: must be at least 1", o.K)
	case e != nil && !(*e >= 0 && *e < 1):
		return fmt.Errorf("rankme-epsilon %g: must be at least 0 and below 1", *e)
	}
	o.Metrics = strings.Join(s.Metrics, ",")
	o.run = benchmarks.Quality{Settings: s, N: o.N}
	return errors.Join(checkGenerated(o.N), o.Features.check())
}

func (o *Quality) cell(s subject) (benchmarks.Cell, error) {
	r := o.run
	r.Generator, r.Name, r.Seed, r.Threads = s.generator, s.name, s.seedOf(o.Seed), s.threads
	source := benchmarks.Source{Encoder: o.Encoder, Options: o.Features.options(o.Seed), Data: s.data, Reading: s.reading}
	return benchmarks.Cell{Source: source, Protocol: r}, nil
}
