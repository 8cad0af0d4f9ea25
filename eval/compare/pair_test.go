package compare

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"repbench/eval"
)

// Newcombe 1998, table III, method 10, four digits; and the data of Bentur and others (2009) in
// Fagerland, Lydersen and Laake, "Recommended tests and confidence intervals for paired
// binomial proportions", Statistics in Medicine 33, 2014, three digits.
func TestNewcombePublished(t *testing.T) {
	for _, tt := range []struct {
		name string
		t    Table
		want eval.Interval
		// last is half a unit of the last printed digit.
		last float64
	}{
		{"36 12 2 0", Table{36, 12, 2, 0}, eval.Interval{0.0569, 0.3404}, 0.5e-4},
		{"1 1 7 12", Table{1, 1, 7, 12}, eval.Interval{-0.507, -0.026}, 0.5e-3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			got := Newcombe(tt.t)
			if math.Abs(got[0]-tt.want[0]) > tt.last || math.Abs(got[1]-tt.want[1]) > tt.last {
				t.Errorf("%.5f, want %.4f", got, tt.want)
			}
		})
	}
}

func TestNewcombeProperties(t *testing.T) {
	for _, tab := range []Table{{}, {10, 0, 0, 0}, {0, 10, 0, 0}, {0, 0, 10, 0}, {700, 60, 40, 200}, {5, 1, 2, 3}, {0, 5, 5, 0}} {
		got := Newcombe(tab)
		d := tab.Difference()
		if !(got[0] <= d && d <= got[1]) || got[0] < -1 || got[1] > 1 {
			t.Errorf("%+v: %v does not hold the difference %g within [-1, 1]", tab, got, d)
		}
		swapped := Newcombe(Table{tab.Both, tab.OnlyB, tab.OnlyA, tab.Neither})
		if math.Abs(swapped[0]+got[1]) > 1e-15 || math.Abs(swapped[1]+got[0]) > 1e-15 {
			t.Errorf("%+v: %v, and %v with A and B exchanged", tab, got, swapped)
		}
	}
	// Without positive correlation of the answers the interval is wider.
	paired, unpaired := Newcombe(Table{700, 60, 40, 200}), Newcombe(Table{560, 200, 180, 60})
	if paired[1]-paired[0] >= unpaired[1]-unpaired[0] {
		t.Errorf("interval of agreeing classifiers %v, of disagreeing ones %v", paired, unpaired)
	}
}

// The bootstrap of one accuracy is Bin(n, p̂)/n, whose quantiles are known.
func TestBootstrapOfOneAccuracy(t *testing.T) {
	for _, correct := range []int{3, 120, 397} {
		const n = 400
		got, err := Bootstrap{Seed: 3}.difference(Table{OnlyA: correct, Neither: n - correct})
		if err != nil {
			t.Fatal(err)
		}
		d := distuv.Binomial{N: n, P: float64(correct) / n}
		for i, p := range []float64{0.025, 0.975} {
			// With 10,000 samples the quantile is between the quantiles of p ± 4 standard
			// errors of the drawing.
			slack := 4 * math.Sqrt(p*(1-p)/DefaultResamples)
			lo, hi := binomialQuantile(d, p-slack), binomialQuantile(d, p+slack)
			if rows := got.Percentile[i] * n; rows < lo-1e-9 || rows > hi+1e-9 {
				t.Errorf("%d of %d: end %d at %g rows, want %g to %g", correct, n, i, got.Percentile[i]*n, lo, hi)
			}
		}
		p := float64(correct) / n
		if want := math.Sqrt(p * (1 - p) / n); math.Abs(got.StandardError-want) > 0.03*want {
			t.Errorf("%d of %d: standard error %g, want %g", correct, n, got.StandardError, want)
		}
	}
}

func binomialQuantile(d distuv.Binomial, p float64) float64 {
	k := 0.0
	for d.CDF(k) < p {
		k++
	}
	return k
}

// Drawing counts from a multinomial distribution is equivalent to drawing rows: the standard
// errors agree with the closed form √(b+c-(b-c)²/n)/n, and the quantiles with those of
// resampled rows.
func TestBootstrapOfDifference(t *testing.T) {
	tab := Table{Both: 150, OnlyA: 40, OnlyB: 15, Neither: 95}
	got, err := Bootstrap{Seed: 5}.difference(tab)
	if err != nil {
		t.Fatal(err)
	}
	n := float64(tab.N())
	want := math.Sqrt(float64(tab.OnlyA+tab.OnlyB)-25*25/n) / n
	if math.Abs(got.StandardError-want) > 0.03*want {
		t.Errorf("standard error %g, want %g", got.StandardError, want)
	}
	rng := rand.New(rand.NewPCG(1, 2))
	samples := make([]float64, 4000)
	for i := range samples {
		for range tab.N() {
			switch r := rng.IntN(tab.N()); {
			case r < tab.OnlyA:
				samples[i]++
			case r < tab.OnlyA+tab.OnlyB:
				samples[i]--
			}
		}
		samples[i] /= n
	}
	rows := sorted(samples)
	for i, p := range []float64{0.025, 0.975} {
		// The tolerance is two rows: the quantiles of 4,000 and 10,000 samples vary by about
		// one.
		if d := math.Abs(got.Percentile[i] - quantile(rows, p)); d > 2/n {
			t.Errorf("end %d: %g, of resampled rows %g", i, got.Percentile[i], quantile(rows, p))
		}
	}
}

// Compare the acceleration with the jackknife, row by row.
func TestAccelerationIsTheJackknifes(t *testing.T) {
	for _, tab := range []Table{{20, 9, 2, 4}, {0, 30, 0, 5}, {5, 0, 0, 5}, {1, 3, 3, 1}} {
		var d []float64
		for _, c := range []struct {
			v float64
			n int
		}{{1, tab.OnlyA}, {-1, tab.OnlyB}, {0, tab.Both + tab.Neither}} {
			for range c.n {
				d = append(d, c.v)
			}
		}
		n, sum := float64(len(d)), mean(d)*float64(len(d))
		left := make([]float64, len(d))
		for i, v := range d {
			left[i] = (sum - v) / (n - 1)
		}
		m := mean(left)
		var two, three float64
		for _, v := range left {
			two += (m - v) * (m - v)
			three += (m - v) * (m - v) * (m - v)
		}
		want := 0.0
		if two > 0 {
			want = three / (6 * math.Pow(two, 1.5))
		}
		if got := tab.acceleration(); math.Abs(got-want) > 1e-12 {
			t.Errorf("%+v: %g, want %g", tab, got, want)
		}
	}
}

// At 98 % right the samples are skewed. Relative to the percentile interval, BCa moves both
// ends down, as in Wilson's interval.
func TestBCaFollowsTheSkew(t *testing.T) {
	got, err := Bootstrap{Seed: 1}.difference(Table{OnlyA: 490, Neither: 10})
	if err != nil {
		t.Fatal(err)
	}
	if !(got.BCa[0] < got.Percentile[0] && got.BCa[1] < got.Percentile[1]) {
		t.Errorf("BCa %v, percentile %v", got.BCa, got.Percentile)
	}
}

func TestPair(t *testing.T) {
	truth := []int32{0, 1, 2, 0, 1, 2, 0, 1}
	a := []int32{0, 1, 2, 0, 1, 2, 1, 2} // 6 right
	b := []int32{0, 1, 0, 1, 2, 2, 0, 2} // 4 right, one of them where a is wrong
	r, err := Pair(a, b, truth, Bootstrap{Seed: 1, Resamples: 500})
	if err != nil {
		t.Fatal(err)
	}
	if want := (Table{Both: 3, OnlyA: 3, OnlyB: 1, Neither: 1}); r.Table != want {
		t.Errorf("table %+v, want %+v", r.Table, want)
	}
	if r.Difference != 0.25 || r.A.Accuracy != 0.75 || r.B.Correct != 4 || math.Abs(r.McNemar.P-10./16) > tailTolerance {
		t.Errorf("%+v", r)
	}
	again, err := Pair(a, b, truth, Bootstrap{Seed: 1, Resamples: 500})
	if err != nil || !reflect.DeepEqual(r, again) {
		t.Errorf("the same seed gave another result: %v", err)
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back PairResult
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(r, back) {
		t.Errorf("JSON changed the result: %v", err)
	}
}

func TestPairErrors(t *testing.T) {
	y := []int32{0, 1, 0}
	for _, tt := range []struct {
		name        string
		a, b, truth []int32
		o           Bootstrap
		want        error
	}{
		{"no rows", nil, nil, nil, Bootstrap{}, ErrShape},
		{"A short", y[:2], y, y, Bootstrap{}, ErrShape},
		{"B long", y, append(y, 1), y, Bootstrap{}, ErrShape},
		{"few resamples", y, y, y, Bootstrap{Resamples: 10}, ErrOption},
		{"negative resamples", y, y, y, Bootstrap{Resamples: -1}, ErrOption},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if _, err := Pair(tt.a, tt.b, tt.truth, tt.o); !errors.Is(err, tt.want) {
				t.Errorf("%v, want %v", err, tt.want)
			}
		})
	}
}
