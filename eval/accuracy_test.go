package eval

import (
	"encoding/json"
	"math"
	"testing"

	"repbench/features/matrix"
	"repbench/features/matrix/matrixtest"
	"repbench/internal/sysinfo"
)

func TestAccuracy(t *testing.T) {
	cases := []struct {
		name             string
		predicted, truth []int32
		share            float64
		correct          int
	}{
		{"none", nil, nil, 0, 0},
		{"all", []int32{2, 1}, []int32{2, 1}, 1, 2},
		{"half", []int32{0, 1, 0, 1}, []int32{0, 0, 0, 0}, 0.5, 2},
		{"wrong", []int32{1}, []int32{0}, 0, 0},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			if share, correct := Accuracy(c.predicted, c.truth); share != c.share || correct != c.correct {
				t.Errorf("%v (%d), want %v (%d)", share, correct, c.share, c.correct)
			}
		})
	}
}

func TestConfusion(t *testing.T) {
	got, err := Confusion([]int32{0, 1, 1, 2}, []int32{0, 0, 0, 2}, 3)
	if err != nil {
		t.Fatal(err)
	}
	want := [][]int{{1, 2, 0}, {0, 0, 0}, {0, 0, 1}} // row 0: class 0, twice taken for 1
	for r := range want {
		for c := range want[r] {
			if got[r][c] != want[r][c] {
				t.Errorf("[%d][%d] = %d, want %d", r, c, got[r][c], want[r][c])
			}
		}
	}
	_, err = Confusion([]int32{0}, []int32{0, 1}, 2)
	matrixtest.WantError(t, err, matrix.ErrShape, "1 predictions and 2 labels")
	_, err = Confusion([]int32{0, 2}, []int32{0, 1}, 2)
	matrixtest.WantError(t, err, matrix.ErrLabel, "row 1 of class 1 predicted as 2")
	_, err = Confusion([]int32{0}, []int32{-1}, 2)
	matrixtest.WantError(t, err, matrix.ErrLabel, "row 0 of class -1")
}

// TestConfusionTrace: the diagonal counts what Accuracy counts.
func TestConfusionTrace(t *testing.T) {
	predicted, truth := []int32{0, 1, 2, 2, 1, 0}, []int32{0, 2, 2, 1, 1, 1}
	counts, err := Confusion(predicted, truth, 3)
	if err != nil {
		t.Fatal(err)
	}
	_, correct := Accuracy(predicted, truth)
	if trace := counts[0][0] + counts[1][1] + counts[2][2]; trace != correct {
		t.Errorf("trace %d, %d correct", trace, correct)
	}
}

// Student's interval of three values: R 4.2, t.test(c(1, 2, 6))$conf.int.
func TestMeanInterval(t *testing.T) {
	half := 4.302652729696142 * math.Sqrt(7.0/3) // qt(0.975, 2) and the standard error
	got := MeanInterval([]float64{1, 2, 6})
	if got == nil || math.Abs(got[0]-(3-half)) > 1e-9 || math.Abs(got[1]-(3+half)) > 1e-9 {
		t.Errorf("%v, want %g to %g", got, 3-half, 3+half)
	}
	if MeanInterval([]float64{1}) != nil || MeanInterval(nil) != nil {
		t.Error("one value has an interval")
	}
}

func TestWilson(t *testing.T) {
	z2 := 1.959963984540054 * 1.959963984540054
	cases := []struct {
		name   string
		k, n   int
		lo, hi float64
	}{
		{"no trials", 0, 0, 0, 1},
		{"none of ten", 0, 10, 0, z2 / (10 + z2)},     // closed form at p = 0
		{"ten of ten", 10, 10, 10 / (10 + z2), 1},     // and at p = 1
		{"eight of ten", 8, 10, 0.4901625, 0.9433178}, // R 4.2: prop.test(8, 10, correct = FALSE)
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			got := Wilson(c.k, c.n)
			if math.Abs(got[0]-c.lo) > 1e-7 || math.Abs(got[1]-c.hi) > 1e-7 {
				t.Errorf("got %v, want [%v, %v]", got, c.lo, c.hi)
			}
		})
	}
}

// TestWilsonEquation: the ends are the p0 at which the score test just fails,
// (p - p0)² = z²·p0(1-p0)/n; the intervals of k and n-k mirror each other.
func TestWilsonEquation(t *testing.T) {
	z2 := 1.959963984540054 * 1.959963984540054
	for _, n := range []int{1, 7, 100, 10_000} {
		for k := 0; k <= n; k += max(1, n/7) {
			iv, p := Wilson(k, n), float64(k)/float64(n)
			for _, p0 := range iv {
				if math.Abs((p-p0)*(p-p0)-z2*p0*(1-p0)/float64(n)) > 1e-14 {
					t.Errorf("%d of %d: end %v", k, n, p0)
				}
			}
			if iv[0] > p || iv[1] < p {
				t.Errorf("%d of %d: %v does not hold %v", k, n, iv, p)
			}
			mirror := Wilson(n-k, n)
			if math.Abs(iv[0]-(1-mirror[1])) > 1e-14 || math.Abs(iv[1]-(1-mirror[0])) > 1e-14 {
				t.Errorf("%d of %d: %v, mirror %v", k, n, iv, mirror)
			}
		}
	}
}

func TestIntervalJSON(t *testing.T) {
	data, err := json.Marshal(Interval{0.25, 0.75})
	if err != nil || string(data) != "[0.25,0.75]" {
		t.Errorf("%s, %v", data, err)
	}
}

func TestPeakRSS(t *testing.T) {
	before := sysinfo.PeakRSS()
	data := make([]byte, 64<<20)
	for i := 0; i < len(data); i += 4096 {
		data[i] = 1
	}
	if after := sysinfo.PeakRSS(); before <= 0 || after < 64<<20 {
		t.Errorf("peak %d before, %d with 64 MiB touched (%d)", before, after, data[0])
	}
}
