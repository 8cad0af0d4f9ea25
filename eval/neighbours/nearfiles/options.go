package nearfiles

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"repbench/eval/neighbours"
	"repbench/internal/errkind"
	"repbench/internal/progress"
)

// ErrOptions is wrapped by errors of options that no input could make right.
var ErrOptions = errors.New("wrong options")

// Options say what is searched, and within which means.
type Options struct {
	// Queries and Base are NumPy files: uint8 images N×H×W×C, or features N×D in float32 or float16.
	Queries, Base string
	// Metric is one of Metrics: those of images, or euclidean or cosine for features.
	Metric string
	// K is the number of neighbours.
	K int
	// Threads is the number of goroutines; 0: all processors that Go may use.
	Threads int
	// MaxMemory bounds the bytes taken beside the two arrays, which are mapped; 0: about 300 MB.
	MaxMemory int64
	// Progress receives the number of pairs compared; nil: none does.
	Progress progress.Reporter

	// perBlock is the number of queries whose results are stored together; 0: from the sizes. Tests
	// try others.
	perBlock int
}

// metric is a metric of images or of features.
type metric struct {
	name   string
	images bool
	image  neighbours.ImageMetric
	kind   neighbours.Kind
	// distances says what distances.npy holds.
	distances string
}

var metrics = []metric{
	{name: "pixels", images: true, image: neighbours.Pixels, distances: squares},
	{name: "mirror", images: true, image: neighbours.Mirror, distances: squares},
	{name: "shift", images: true, image: neighbours.Shift, distances: squares},
	{name: "mirror+shift", images: true, image: neighbours.MirrorShift, distances: squares},
	{name: "correlation", images: true, image: neighbours.Correlation, distances: "sqrt(2 - 2c) with the correlation c"},
	{name: "euclidean", kind: neighbours.Euclidean, distances: "squared Euclidean distance"},
	{name: "cosine", kind: neighbours.Cosine, distances: "1 - c with the cosine c"},
}

const squares = "sum of squared differences of bytes"

// Metrics returns the names of the metrics.
func Metrics() []string {
	var names []string
	for _, m := range metrics {
		names = append(names, m.name)
	}
	return names
}

// parse returns the metric of the options, or says what is wrong with them.
func (o Options) parse() (metric, error) {
	i := slices.IndexFunc(metrics, func(m metric) bool { return m.name == o.Metric })
	switch {
	case i < 0:
		return metric{}, errkind.Errorf(ErrOptions, "metric %q: choose %s", o.Metric, strings.Join(Metrics(), ", "))
	case o.K < 1:
		return metric{}, errkind.Errorf(ErrOptions, "k = %d: must be at least 1", o.K)
	case o.Threads < 0 || o.MaxMemory < 0:
		return metric{}, errkind.Errorf(ErrOptions, "%d threads and %d bytes of memory: negative", o.Threads, o.MaxMemory)
	}
	return metrics[i], nil
}

// names returns the names of the metrics of images, or of features.
func names(images bool) string {
	var all []string
	for _, m := range metrics {
		if m.images == images {
			all = append(all, m.name)
		}
	}
	return fmt.Sprintf("%s or %s", strings.Join(all[:len(all)-1], ", "), all[len(all)-1])
}
