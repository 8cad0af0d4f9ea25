package invert

import (
	"math"
	"strings"
	"testing"

	"repbench/eval"
	"repbench/train"
	"repbench/train/dcgan"
)

func TestMedian(t *testing.T) {
	for _, tt := range []struct {
		v    []float64
		want float64
	}{{[]float64{3, 1, 2}, 2}, {[]float64{4, 1, 2, 3}, 2.5}, {nil, math.NaN()}} {
		if got := Median(tt.v); got != tt.want && !(math.IsNaN(got) && math.IsNaN(tt.want)) {
			t.Errorf("%v: %g", tt.v, got)
		}
	}
}

func TestPSNR(t *testing.T) {
	for mse, want := range map[float64]float64{4: 0, 0.04: 20, 4e-4: 40, 0: MaxPSNR} {
		if got := PSNR(mse); math.Abs(got-want) > 1e-9 {
			t.Errorf("%g: %g, want %g", mse, got, want)
		}
	}
}

// TestMedianInterval: the interval covers the true median in about 95 % of draws.
func TestMedianInterval(t *testing.T) {
	const draws, n = 60, 30
	covered := 0
	for k := range draws {
		r := train.Random(uint64(k), 98, 0)
		v := make([]float64, n)
		for i := range v {
			v[i] = r.NormFloat64()
		}
		ci := MedianInterval(v, 1)
		if ci == nil || ci[0] > Median(v) || ci[1] < Median(v) {
			t.Fatalf("median %g in %v", Median(v), ci)
		}
		if ci[0] <= 0 && 0 <= ci[1] {
			covered++
		}
	}
	if covered < 52 { // as in TestGap
		t.Errorf("%d of %d intervals hold the median", covered, draws)
	}
	if MedianInterval([]float64{1}, 1) != nil {
		t.Error("one value gave an interval")
	}
}

// TestFigureIntervals: medians, their differences and the mean length of z have intervals; single
// images have none.
func TestFigureIntervals(t *testing.T) {
	set := func(name string, decibels ...float64) Set {
		s := Set{Name: name}
		for _, v := range decibels {
			s.Found = append(s.Found, Found{PSNR: v, Norm: v / 4})
		}
		return s
	}
	train, held := set("train", 30, 31, 32, 33), set("held", 30, 31, 32)
	f := Figure{Own: set("own", 40, 41, 42, 43), Foreign: set("foreign", 20, 21, 25), Train: &train, HeldOut: &held}
	o, err := Options{Seed: 3}.Resolve(1, 100)
	if err != nil {
		t.Fatal(err)
	}
	r := f.Result(dcgan.Arch{ZDim: 100}, o)
	for _, name := range []string{"psnr", "gap", "norm", "train_gap"} {
		if s, ok := r.Score(name); !ok || s.CI95 == nil || !(s.CI95[0] <= s.Value && s.Value <= s.CI95[1]) || strings.Contains(s.Of, "interval") {
			t.Errorf("%s: %+v in %v", name, s, s.CI95)
		}
	}
	_, want, err := Gap(f.Own.PSNR(), f.Foreign.PSNR(), 3)
	if s, _ := r.Score("gap"); err != nil || [2]float64(*s.CI95) != want {
		t.Errorf("gap in %v, want %v", s.CI95, want)
	}
	single := Figure{Own: set("own", 40), Foreign: set("foreign", 20)}
	for _, s := range single.Result(dcgan.Arch{ZDim: 100}, o).Scores {
		if s.CI95 != nil {
			t.Errorf("%s of one image has the interval %v", s.Name, s.CI95)
		}
	}
}

// TestGap: the interval covers the true difference of medians in about 95 % of draws, and the same
// seed gives the same interval.
func TestGap(t *testing.T) {
	const draws, n, shift = 60, 30, 3.0
	covered := 0
	for k := range draws {
		r := train.Random(uint64(k), 99, 0)
		a, b := make([]float64, n), make([]float64, n)
		for i := range n {
			a[i], b[i] = shift+r.NormFloat64(), r.NormFloat64()
		}
		gap, ci, err := Gap(a, b, 1)
		if err != nil || gap < ci[0]-1 || gap > ci[1]+1 {
			t.Fatalf("gap %g in %v, error %v", gap, ci, err)
		}
		if ci[0] <= shift && shift <= ci[1] {
			covered++
		}
	}
	// Of 60 draws, 57 are expected; fewer than 52 have a chance of 1 % at 0.95.
	if covered < 52 {
		t.Errorf("%d of %d intervals hold the difference", covered, draws)
	}
	_, first, _ := Gap([]float64{1, 2, 4}, []float64{3, 5, 9}, 7)
	if _, again, _ := Gap([]float64{1, 2, 4}, []float64{3, 5, 9}, 7); again != first {
		t.Errorf("%v, then %v", first, again)
	}
	if _, _, err := Gap([]float64{1}, []float64{1, 2}, 1); err == nil {
		t.Error("one image gave an interval")
	}
}

// TestVerdict: the words follow the interval of the gap, not the gap alone.
func TestVerdict(t *testing.T) {
	for _, tt := range []struct {
		ci   *eval.Interval
		want string
	}{
		{&eval.Interval{13, 20}, "and these much worse"},
		{&eval.Interval{6.7, 16}, "its own come back better: 11.2 dB apart (95 % interval 6.7 to 16.0); more images"},
		{&eval.Interval{2, 9}, "by less than the 12 dB"},
		{&eval.Interval{-2, 9}, "no difference is shown"},
		{&eval.Interval{-9, -2}, "these come back better than its own"},
		{nil, "needs at least two images"},
	} {
		if got := verdict(11.2, tt.ci); !strings.Contains(got, tt.want) {
			t.Errorf("%v: %q, want %q", tt.ci, got, tt.want)
		}
	}
}

// TestFlat: the control of images is one colour for each; of an image of one colour it is exact.
func TestFlat(t *testing.T) {
	im := dcgan.Images{N: 2, H: 1, W: 2, C: 2, Data: []float32{0.5, -1, 0.5, -1, 1, 0.25, 0, 0.25}}
	s := Set{Name: "x", Images: im, Found: []Found{{PSNR: 20}, {PSNR: 30}}}
	got := s.FlatPSNR()
	if want := 10 * math.Log10(4/(2*0.25/4)); got[0] != MaxPSNR || math.Abs(got[1]-want) > 1e-9 {
		t.Errorf("decibels %v, want %d and %g", got, MaxPSNR, want)
	}
	o, err := Options{}.Resolve(1, 100)
	if err != nil {
		t.Fatal(err)
	}
	f := Figure{Own: Set{Name: "own", Found: []Found{{PSNR: 40}, {PSNR: 42}}}, Foreign: s}
	r := f.Result(dcgan.Arch{ZDim: 100}, o)
	if score, ok := r.Score("psnr_images"); !ok || score.Value != 25 || *score.Control != Median(got) || !strings.Contains(r.Says, "One flat colour") {
		t.Errorf("%+v: %s", score, r.Says)
	}
}

// TestRowsOnce: held-out images that are also the images of the user are drawn once.
func TestRowsOnce(t *testing.T) {
	set := func(name string) Set {
		im := dcgan.Images{N: 1, H: 2, W: 2, C: 1, Data: make([]float32, 4)}
		return Set{Name: name, Images: im, Found: []Found{{PSNR: 20, Z: []float32{0}}}}
	}
	train, held, other := set("set/train"), set("set/test"), set("set/valid")
	for _, tt := range []struct {
		held *Set
		rows int
	}{{&held, 3}, {&other, 4}} {
		f := Figure{Own: set("own"), Foreign: set("set/test"), Train: &train, HeldOut: tt.held}
		rows, err := f.Rows(func([]float32, int) (dcgan.Images, error) { return train.Images, nil })
		if err != nil || len(rows) != tt.rows {
			t.Errorf("%d rows, want %d (%v)", len(rows), tt.rows, err)
		}
	}
}
