package compare

import (
	"encoding/json"
	"errors"
	"math"
	"math/rand/v2"
	"reflect"
	"testing"
)

// By hand: seed 0 gets rows 1 1 1 0 right, seed 1 gets 1 0 0 0. Accuracies 3/4 and
// 1/4; shares of rows 1, 1/2, 1/2, 0; mean 1/2.
// MS_seed = 4·(1/8) = 1/2, MS_row = 2·(1/2)/3 = 1/3,
// total = 8·1/4 = 2 = 1·1/2 + 3·1/3 + 3·MS_rest, so MS_rest = 1/6.
func TestDecomposeByHand(t *testing.T) {
	r, err := Decompose([][]int32{{0, 0, 0, 1}, {0, 1, 1, 1}}, truth(4))
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name      string
		got, want float64
	}{
		{"mean", r.Mean, 0.5},
		{"between seeds", r.BetweenSeeds.Value, 1. / 8},
		// MS·√(2/df)/n
		{"its standard error", r.BetweenSeeds.StandardError, math.Sqrt2 / 8},
		{"seed effect", r.SeedEffect.Value, (1./2 - 1./6) / 4},
		{"its standard error", r.SeedEffect.StandardError, math.Sqrt(2*(1./4+1./36/3)) / 4},
		// 3/4·1/4/3 for both seeds
		{"test sampling", r.TestSampling.Value, 1. / 16},
		// The weights are ∓1/12 by seed. By hand the rows are 0, -1/12, -1/12, 0: variance
		// 1/432, over 4 rows.
		{"its standard error", r.TestSampling.StandardError, math.Sqrt(1. / 432 / 4)},
		// (1/2)/4 + (1/3-1/6)/8
		{"total", r.Total.Value, 1./8 + 1./48},
		// (1/2+1/3-1/6)/8
		{"standard error of the mean", r.MeanStandardError, math.Sqrt(1. / 12)},
	} {
		if math.Abs(tt.got-tt.want) > 1e-14 {
			t.Errorf("%s: %.15g, want %.15g", tt.name, tt.got, tt.want)
		}
	}
	text, err := json.Marshal(r)
	if err != nil {
		t.Fatal(err)
	}
	var back SeedResult
	if err := json.Unmarshal(text, &back); err != nil || !reflect.DeepEqual(r, back) {
		t.Errorf("JSON changed the result: %v", err)
	}
}

// Compare the mean square of the rest with its definition.
func TestRestByDefinition(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 1))
	x := world{mean: 0.7, seedSD: 0.05, rowSD: 0.1}.run(rng, 4, 60)
	q, err := newSquares(x, truth(60))
	if err != nil {
		t.Fatal(err)
	}
	sum := 0.0
	for s := range x {
		for i, p := range x[s] {
			r := float64(1-p) - q.means[s] - q.perRow[i] + q.mean
			sum += r * r
		}
	}
	if want := sum / (3 * 59); math.Abs(q.rest-want) > 1e-13 {
		t.Errorf("%.15g, want %.15g", q.rest, want)
	}
}

// Every component has the mean given by the population, within 4 standard errors of 400 runs,
// and its standard error is the scatter of the runs.
func TestComponentsAreUnbiased(t *testing.T) {
	w := world{mean: 0.65, seedSD: 0.03, rowSD: 0.15}
	const seeds, n, runs = 8, 250, 400
	rng := rand.New(rand.NewPCG(11, 1))
	row, seed := w.rowSD*w.rowSD, w.seedSD*w.seedSD
	rest := w.mean*(1-w.mean) - seed - row // a Bernoulli variable has the total variance p(1-p)
	for _, tt := range []struct {
		name string
		of   func(SeedResult) Component
		want float64
		// scatter selects the components whose standard error is compared.
		scatter bool
	}{
		{"between seeds", func(r SeedResult) Component { return r.BetweenSeeds }, seed + rest/n, true},
		{"seed effect", func(r SeedResult) Component { return r.SeedEffect }, seed, true},
		{"test sampling", func(r SeedResult) Component { return r.TestSampling }, (row + rest) / n, false},
		{"total", func(r SeedResult) Component { return r.Total }, seed + (row+rest)/n, true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var values, errs []float64
			for range runs {
				r, err := Decompose(w.run(rng, seeds, n), truth(n))
				if err != nil {
					t.Fatal(err)
				}
				values, errs = append(values, tt.of(r).Value), append(errs, tt.of(r).StandardError)
			}
			scatter := deviation(values)
			if d := mean(values) - tt.want; math.Abs(d) > 4*scatter/math.Sqrt(runs) {
				t.Errorf("mean %.4g, want %.4g", mean(values), tt.want)
			}
			if tt.scatter && math.Abs(mean(errs)/scatter-1) > 0.2 {
				t.Errorf("standard error %.3g on average, scatter of the runs %.3g", mean(errs), scatter)
			}
		})
	}
}

// The standard error of the test sampling, with fixed models and new rows.
func TestSamplingErrorIsTheScatter(t *testing.T) {
	w := world{mean: 0.8, rowSD: 0.1}
	const n, runs = 300, 400
	rng := rand.New(rand.NewPCG(12, 1))
	var values, errs []float64
	for range runs {
		r, err := Decompose(w.run(rng, 3, n), truth(n))
		if err != nil {
			t.Fatal(err)
		}
		values, errs = append(values, r.TestSampling.Value), append(errs, r.TestSampling.StandardError)
	}
	if ratio := mean(errs) / deviation(values); math.Abs(ratio-1) > 0.15 {
		t.Errorf("standard error is %.2f of the scatter", ratio)
	}
}

func TestDecomposeEdges(t *testing.T) {
	same := [][]int32{{0, 0, 1}, {0, 0, 1}, {0, 0, 1}}
	r, err := Decompose(same, truth(3))
	if err != nil {
		t.Fatal(err)
	}
	if math.Abs(r.BetweenSeeds.Value) > 1e-15 || r.TestSampling.Value <= 0 || r.NewSeed[0] < 0 || r.NewSeed[1] > 1 {
		t.Errorf("equal seeds: %+v", r)
	}
	all, err := Decompose([][]int32{{0, 0}, {0, 0}}, truth(2))
	if err != nil || all.NewSeed != [2]float64{1, 1} || all.Total.Value != 0 {
		t.Errorf("all right: %+v, %v", all, err)
	}
	for _, tt := range []struct {
		name string
		p    [][]int32
		n    int
		want error
	}{
		{"one seed", [][]int32{{0, 0}}, 2, ErrSeeds},
		{"no seed", nil, 2, ErrSeeds},
		{"no rows", [][]int32{{}, {}}, 0, ErrShape},
		{"one row", [][]int32{{0}, {0}}, 1, ErrShape},
		{"short", [][]int32{{0, 0}, {0}}, 2, ErrShape},
	} {
		if _, err := Decompose(tt.p, truth(tt.n)); !errors.Is(err, tt.want) {
			t.Errorf("%s: %v, want %v", tt.name, err, tt.want)
		}
		if _, err := SeedPair(same, tt.p, truth(3)); err == nil {
			t.Errorf("%s: compared", tt.name)
		}
	}
}

func TestSeedPair(t *testing.T) {
	rng := rand.New(rand.NewPCG(21, 1))
	w := world{mean: 0.6, seedSD: 0.01, rowSD: 0.2}
	better := w
	better.mean = 0.75
	rows := w.sample(rng, 400)
	a, b := better.on(rng, 5, rows), w.on(rng, 3, rows)
	r, err := SeedPair(a, b, truth(400))
	if err != nil {
		t.Fatal(err)
	}
	if r.Difference != r.A.Mean-r.B.Mean || r.Interval[0] <= 0 || r.P > 0.01 {
		t.Errorf("clearly better, yet %+v", r)
	}
	back, err := SeedPair(b, a, truth(400))
	if err != nil || math.Abs(back.Interval[0]+r.Interval[1]) > 1e-12 || math.Abs(back.P-r.P) > 1e-12 {
		t.Errorf("exchanged: %+v, %v", back, err)
	}
	self, err := SeedPair(a, a, truth(400))
	if err != nil || self.Difference != 0 || self.P != 1 || self.FromRows > 1e-12 {
		t.Errorf("with itself: %+v, %v", self, err)
	}
}
