package monitor

import (
	"fmt"
	"slices"
	"strings"

	"repbench/backends"
	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/mnistcond"
	"repbench/train/runfolder"
)

// Metric is what can be measured.
type Metric string

// The metrics.
const (
	// NND is the mean distance to the nearest of the first 1,000, 10,000 and 100,000 generated
	// images, as the training loops released with DCGAN print it.
	NND Metric = "nnd"
	// Frechet is the Fréchet distance of an encoder's features.
	Frechet Metric = "frechet"
)

// Metrics are all metrics.
func Metrics() []Metric { return []Metric{NND, Frechet} }

// DefaultImages and DefaultEvery are the number of generated images and of updates between two
// measurements where Options do not say.
const (
	DefaultImages       = 10_000
	DefaultEvery  int64 = 1000
)

// Options are the settings of a Monitor.
type Options struct {
	// Metrics are measured, at least one.
	Metrics []Metric
	// Every is the number of updates between two measurements; 0 means DefaultEvery.
	Every int64
	// Images is the number of generated images; 0 means DefaultImages. As many training images
	// and held-out images, or as many as there are of both, are compared with them.
	Images int
	// Encoder is the specification of the encoder of the Fréchet distance; "" means an untrained
	// discriminator of the architecture that is trained, see DefaultEncoder.
	Encoder string
	// Seed draws the images that are compared; the training's seed is right.
	Seed uint64
	// Backend runs the encoder.
	Backend *backends.Backend
	// MaxMemory bounds, in bytes, what a metric keeps beside its inputs; 0: each metric's default.
	MaxMemory int64
	// Progress receives the progress of a measurement.
	Progress progress.Reporter
}

// ParseMetrics returns the metrics of these names, each once.
func ParseMetrics(names []string) ([]Metric, error) {
	var out []Metric
	for _, n := range names {
		m := Metric(n)
		if m == NNC {
			return nil, fmt.Errorf("%w: %s needs images with classes, which %s alone generates", train.ErrOptions, NNC, mnistcond.Name)
		}
		if !slices.Contains(Metrics(), m) {
			return nil, fmt.Errorf("%w: no metric %q is measured while training; there are %s", train.ErrOptions, n, metricNames())
		}
		if !slices.Contains(out, m) {
			out = append(out, m)
		}
	}
	return out, nil
}

func metricNames() string {
	var out []string
	for _, m := range Metrics() {
		out = append(out, string(m))
	}
	return strings.Join(out, " and ")
}

func (o Options) withDefaults() Options {
	if o.Images == 0 {
		o.Images = DefaultImages
	}
	if o.Every == 0 {
		o.Every = DefaultEvery
	}
	o.Progress = progress.Or(o.Progress)
	return o
}

// has reports whether a metric is measured.
func (o Options) has(m Metric) bool { return slices.Contains(o.Metrics, m) }

// sizes are the numbers of images that nnd is measured for.
func (o Options) sizes() []int {
	return slices.DeleteFunc(runfolder.NNDSizes(), func(n int) bool { return n > o.Images || !o.has(NND) })
}

func (o Options) validate() error {
	switch {
	case len(o.Metrics) == 0:
		return fmt.Errorf("%w: nothing to measure; there are %s", train.ErrOptions, metricNames())
	case o.Every < 1:
		return fmt.Errorf("%w: measurements every %d steps; the interval must be at least 1", train.ErrOptions, o.Every)
	case o.has(NND) && len(o.sizes()) == 0:
		return fmt.Errorf("%w: nnd is measured for %d generated images or more; %d are asked for: take as many, or frechet alone", train.ErrOptions, runfolder.NNDSizes()[0], o.Images)
	case o.Images < 2:
		return fmt.Errorf("%w: %d generated images; a covariance needs at least 2", train.ErrOptions, o.Images)
	case o.Encoder != "" && !o.has(Frechet):
		return fmt.Errorf("%w: an encoder (%s) is given, and no metric that needs one: measure %s as well, or leave the encoder out", train.ErrOptions, o.Encoder, Frechet)
	}
	return nil
}
