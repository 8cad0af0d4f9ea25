package search

import (
	"fmt"
	"slices"
	"strings"

	"repbench/eval/neighbours"
)

// Metric says what the distance of two images is. The zero value is the default: Correlation
// for images, Euclidean for features.
type Metric int

// The metrics of images are the metrics of neighbours.ImageMetric.
const (
	// DefaultMetric is Correlation for images and Euclidean for features.
	DefaultMetric Metric = iota
	// Correlation compares windows that are moved by up to two pixels and mirrored by their
	// correlation, so that copies with other contrast or brightness are near, too.
	Correlation
	// Pixels, Mirror, Shift and MirrorShift compare bytes, of the images or of windows.
	Pixels
	// Mirror is the smaller distance of the image and of its mirror image.
	Mirror
	// Shift is the smallest distance of windows moved by up to two pixels.
	Shift
	// MirrorShift is the smallest distance of such windows, mirrored or not.
	MirrorShift
	// Euclidean is the distance of two rows of features.
	Euclidean
	// Cosine is √(2−2c) with the cosine c of two rows of features.
	Cosine
)

var metricNames = []string{"", "correlation", "pixels", "mirror", "shift", "mirror+shift", "euclidean", "cosine"}

// MetricNames are the names that ParseMetric takes.
func MetricNames() []string { return slices.Clone(metricNames[1:]) }

// String returns the name that ParseMetric takes; "" of the default.
func (m Metric) String() string {
	if m < 0 || int(m) >= len(metricNames) {
		return fmt.Sprintf("Metric(%d)", int(m))
	}
	return metricNames[m]
}

// ParseMetric returns the metric of a name; "" is the default.
func ParseMetric(name string) (Metric, error) {
	i := slices.Index(metricNames, name)
	if i < 0 {
		return 0, fmt.Errorf("metric %q: choose %s", name, strings.Join(metricNames[1:], ", "))
	}
	return Metric(i), nil
}

// OfFeatures reports whether the metric compares rows of features.
func (m Metric) OfFeatures() bool { return m == Euclidean || m == Cosine }

// images is the metric as the search of images takes it.
func (m Metric) images() neighbours.ImageMetric {
	switch m {
	case Pixels:
		return neighbours.Pixels
	case Mirror:
		return neighbours.Mirror
	case Shift:
		return neighbours.Shift
	case MirrorShift:
		return neighbours.MirrorShift
	}
	return neighbours.Correlation
}

// Windows reports whether windows are compared, which leave out two pixels at each edge.
func (m Metric) Windows() bool { return m == Shift || m == MirrorShift || m == Correlation }

// comparisons is the number of windows of a query that are compared with each image.
func (m Metric) comparisons() int {
	switch m {
	case Mirror:
		return 2
	case Shift:
		return 25
	case MirrorShift, Correlation:
		return 50
	}
	return 1
}
