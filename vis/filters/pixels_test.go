package filters

import (
	"math"
	"slices"
	"testing"

	"repbench/datasets"
	"repbench/train/dcgan"
)

// TestDisplay: 0 is grey, both signs have one scale, and a gradient of zeros is grey.
func TestDisplay(t *testing.T) {
	if got := display([]float32{0, -2, 1, 4}); !slices.Equal(got, []uint8{128, 65, 160, 255}) {
		t.Errorf("%v", got)
	}
	if got := display([]float32{0, 0}); !slices.Equal(got, []uint8{128, 128}) {
		t.Errorf("zeros: %v", got)
	}
	if got := display([]float32{-4, 0}); !slices.Equal(got, []uint8{1, 128}) {
		t.Errorf("negative: %v", got)
	}
}

// TestCrop cuts a field that hangs over the top left corner, and one over the bottom right.
func TestCrop(t *testing.T) {
	of := datasets.Images{N: 1, H: 3, W: 3, C: 1}
	px := []uint8{1, 2, 3, 4, 5, 6, 7, 8, 9}
	f := dcgan.Field{Size: 3, Step: 2, Before: 1}
	if got := crop(px, of, 0, 0, f); !slices.Equal(got, []uint8{128, 128, 128, 128, 1, 2, 128, 4, 5}) {
		t.Errorf("top left: %v", got)
	}
	if got := crop(px, of, 1, 1, f); !slices.Equal(got, []uint8{5, 6, 128, 8, 9, 128, 128, 128, 128}) {
		t.Errorf("bottom right: %v", got)
	}
}

// TestCorrelation against closed forms.
func TestCorrelation(t *testing.T) {
	x := []float64{1, 2, 3, 5}
	for _, tt := range []struct {
		y    []float64
		want float64
	}{
		{[]float64{2, 4, 6, 10}, 1}, {[]float64{-1, -2, -3, -5}, -1},
		{[]float64{1, 0, 0, 1}, 1 / math.Sqrt(35)}, // by hand: covariance 1/8, variances 35/16 and 1/4
		{[]float64{7, 7, 7, 7}, math.NaN()},
	} {
		if got := correlation(x, tt.y); !(math.Abs(got-tt.want) < 1e-12) && !(math.IsNaN(got) && math.IsNaN(tt.want)) {
			t.Errorf("%v: %g, want %g", tt.y, got, tt.want)
		}
	}
}

// TestContrast: a ramp in one channel of three has a third of its slope, halved at the edges, where
// the pixel beyond repeats.
func TestContrast(t *testing.T) {
	im := datasets.Images{Data: make([]uint8, 4*4*3), N: 1, H: 4, W: 4, C: 3}
	for i := range 16 {
		im.Data[3*i] = uint8(51 * (i % 4))
	}
	c := contrasts{images: im, known: map[int][]float32{}}
	got := c.of(0)
	for i, v := range got {
		want := 51.0 / 255 / 3
		if x := i % 4; x == 0 || x == 3 {
			want /= 2
		}
		if math.Abs(float64(v)-want) > 1e-7 {
			t.Errorf("pixel %d: %g, want %g", i, v, want)
		}
	}
}

// TestResponseScores: of responses 0, 0, 0, 4 the top one lies √3 standard deviations above the
// mean, and the kurtosis is 7/3; a map of equal responses does not count.
func TestResponseScores(t *testing.T) {
	p := probe{resolved: resolved{Options: Options{Top: 1}, maps: 2}, images: datasets.Images{N: 4}}
	peaks := make([]peak, 8)
	peaks[4].value = 4
	s := p.responseScores(peaks)
	if s.Responding != 1 || math.Abs(s.Selectivity-math.Sqrt(3)) > 1e-12 || math.Abs(s.Kurtosis-7.0/3) > 1e-12 {
		t.Errorf("%+v", s)
	}
}

// TestRoundedResponses: equal responses whose mean is rounded do not count.
func TestRoundedResponses(t *testing.T) {
	p := probe{resolved: resolved{Options: Options{Top: 9}, maps: 1}, images: datasets.Images{N: 12}}
	peaks := make([]peak, 12)
	for i := range peaks {
		peaks[i].value = 0.1
	}
	if s := p.responseScores(peaks); s.Responding != 0 {
		t.Errorf("%+v", s)
	}
	peaks[3].value = math.Nextafter32(0.1, 1)
	if s := p.responseScores(peaks); s.Responding != 0 {
		t.Errorf("one is the next float32: %+v", s)
	}
}
