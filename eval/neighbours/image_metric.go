package neighbours

import (
	"fmt"
	"strings"
)

// ImageMetric says how two byte images are compared. The zero value is Pixels.
type ImageMetric int

// The metrics of images. The windows of Shift, MirrorShift and Correlation are four pixels lower
// and narrower than the images: the central one of the base image, and that of the query moved by
// −2 to 2 pixels down and to the right. So every comparison has the same number of pixels.
const (
	// Pixels is the distance of all pixels.
	Pixels ImageMetric = iota
	// Mirror is the smaller of the distances of the query and of the query flipped left to right.
	Mirror
	// Shift is the smallest distance of the 25 windows of the query.
	Shift
	// MirrorShift is the smallest distance of the 25 windows and of the 25 of the flipped query.
	MirrorShift
	// Correlation is √max(2−2c, 0) with the largest correlation c of the same 50 windows. A window
	// of one value has the correlation 0.
	Correlation
)

var imageMetricNames = []string{"pixels", "mirror", "shift", "mirror+shift", "correlation"}

// String returns the name of the metric.
func (m ImageMetric) String() string {
	if m < 0 || int(m) >= len(imageMetricNames) {
		return fmt.Sprintf("ImageMetric(%d)", int(m))
	}
	return imageMetricNames[m]
}

// Validate says what is wrong with the metric, or nil.
func (m ImageMetric) Validate() error {
	if m < Pixels || m > Correlation {
		return fmt.Errorf("metric %d of images: choose %s", int(m), strings.Join(imageMetricNames, ", "))
	}
	return nil
}

// shifts reports whether windows of the query are compared, flips whether the flipped query is.
func (m ImageMetric) shifts() bool { return m == Shift || m == MirrorShift || m == Correlation }
func (m ImageMetric) flips() bool  { return m == Mirror || m == MirrorShift || m == Correlation }

// Windows returns the number of windows of a query that are compared with each base image.
func (m ImageMetric) Windows() int { return len(m.windows()) }

// maxShift is the largest offset of a window in pixels.
const maxShift = 2

// window is a part of a query that is compared with a base image.
type window struct {
	dy, dx   int8
	mirrored bool
}

// windows returns the windows of a query in the order in which the first of equal ones wins:
// those of the query before those of the flipped query, by dy, then dx.
func (m ImageMetric) windows() []window {
	shift := int8(0)
	if m.shifts() {
		shift = maxShift
	}
	var all []window
	for _, mirrored := range []bool{false, true} {
		for dy := -shift; dy <= shift; dy++ {
			for dx := -shift; dx <= shift && (!mirrored || m.flips()); dx++ {
				all = append(all, window{dy, dx, mirrored})
			}
		}
	}
	return all
}

// area returns the height and width of a window.
func (m ImageMetric) area(x Images) (h, w int) {
	if m.shifts() {
		return x.H - 2*maxShift, x.W - 2*maxShift
	}
	return x.H, x.W
}

// cut writes a window of image i to dst, h·w·C bytes by rows of pixels. The central window of the
// image itself is that of the zero window.
func (m ImageMetric) cut(dst []uint8, x Images, i int, v window) {
	h, w := m.area(x)
	top, left := (x.H-h)/2+int(v.dy), (x.W-w)/2+int(v.dx)
	pix, row := x.Image(i), w*x.C
	for y := range h {
		line := pix[(top+y)*x.W*x.C:][:x.W*x.C]
		to := dst[y*row:][:row]
		if !v.mirrored {
			copy(to, line[left*x.C:])
			continue
		}
		for p := range w {
			copy(to[p*x.C:][:x.C], line[(x.W-1-left-p)*x.C:])
		}
	}
}
