package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"gonum.org/v1/gonum/stat/distuv"

	"repbench/eval"
)

// runs is the number of synthetic runs of a coverage test. The standard error of a coverage of
// 95 % is then 0.5 points, and 93 to 97 % is plus or minus four of them.
const runs = 2000

// covers fails unless the share of hits is between 93 and 97 %.
func covers(t *testing.T, name string, hits, of int) {
	t.Helper()
	c := float64(hits) / float64(of)
	t.Logf("%s: %.2f %%", name, 100*c)
	if c < 0.93 || c > 0.97 {
		t.Errorf("%s: a nominal 95 %% interval covers %.2f %%", name, 100*c)
	}
}

// long skips a test in short runs; it takes seconds, or a minute with the race detector.
func long(t *testing.T) {
	t.Helper()
	if testing.Short() {
		t.Skip("coverage takes thousands of runs")
	}
	t.Parallel()
}

func inside(i eval.Interval, v float64) int {
	if i[0] <= v && v <= i[1] {
		return 1
	}
	return 0
}

// The coverage of Wilson's interval is exact: the probabilities of all outcomes are known.
func TestWilsonCoverage(t *testing.T) {
	for _, n := range []int{100, 1000, 10000} {
		for _, p := range []float64{0.1, 0.31, 0.5, 0.77, 0.9} {
			d := distuv.Binomial{N: float64(n), P: p}
			covered := 0.0
			for k := range n + 1 {
				if inside(eval.Wilson(k, n), p) == 1 {
					covered += d.Prob(float64(k))
				}
			}
			if covered < 0.93 || covered > 0.97 {
				t.Errorf("n = %d, p = %g: %.2f %%", n, p, 100*covered)
			}
		}
	}
}

func TestBootstrapCoverage(t *testing.T) {
	long(t)
	for _, p := range []float64{0.3, 0.85} {
		const n = 500
		rng := rand.New(rand.NewPCG(31, 1))
		percentile, bca := 0, 0
		for i := range runs {
			correct := binomial(rng, n, int(p*1000), 1000)
			r, err := Bootstrap{Resamples: 400, Seed: uint64(i)}.difference(Table{OnlyA: correct, Neither: n - correct})
			if err != nil {
				t.Fatal(err)
			}
			percentile += inside(r.Percentile, p)
			bca += inside(r.BCa, p)
		}
		covers(t, "percentile", percentile, runs)
		covers(t, "BCa", bca, runs)
	}
}

// Two classifiers that are right on the same rows more often than by chance.
func TestPairedDifferenceCoverage(t *testing.T) {
	long(t)
	for _, tt := range []struct {
		name string
		n    int
		// both, onlyA, onlyB are probabilities per row.
		both, onlyA, onlyB float64
	}{
		{"equal", 400, 0.5, 0.1, 0.1},
		{"different", 400, 0.6, 0.15, 0.05},
		{"seldom wrong", 1000, 0.9, 0.04, 0.03},
	} {
		t.Run(tt.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(41, 1))
			var closed, percentile, bca int
			for i := range runs {
				var tab Table
				for range tt.n {
					switch u := rng.Float64(); {
					case u < tt.both:
						tab.Both++
					case u < tt.both+tt.onlyA:
						tab.OnlyA++
					case u < tt.both+tt.onlyA+tt.onlyB:
						tab.OnlyB++
					default:
						tab.Neither++
					}
				}
				b, err := Bootstrap{Resamples: 300, Seed: uint64(i)}.difference(tab)
				if err != nil {
					t.Fatal(err)
				}
				d := tt.onlyA - tt.onlyB
				closed += inside(Newcombe(tab), d)
				percentile += inside(b.Percentile, d)
				bca += inside(b.BCa, d)
			}
			covers(t, "Newcombe", closed, runs)
			covers(t, "percentile", percentile, runs)
			covers(t, "BCa", bca, runs)
		})
	}
}

// The size of McNemar's test on predictions under the null hypothesis is at most 5 % plus four
// standard errors of the runs.
func TestMcNemarSize(t *testing.T) {
	const n, level = 300, 0.05
	tolerance := 4 * math.Sqrt(level*(1-level)/runs)
	rng := rand.New(rand.NewPCG(51, 1))
	w := world{mean: 0.7, rowSD: 0.1}
	var exact, mid, chi int
	for range runs {
		x := w.run(rng, 2, n)
		tab := tabulate(x[0], x[1], truth(n))
		m := NewMcNemar(tab.OnlyA, tab.OnlyB)
		for _, v := range []struct {
			p     float64
			count *int
		}{{m.Exact, &exact}, {m.MidP, &mid}, {m.Asymptotic, &chi}} {
			if v.p <= level {
				*v.count++
			}
		}
	}
	for name, count := range map[string]int{"exact": exact, "mid-p": mid, "chi-square": chi} {
		size := float64(count) / runs
		t.Logf("%s: %.2f %%", name, 100*size)
		if size > level+tolerance || size < level/2 {
			t.Errorf("size of the %s test at 5 %%: %.2f %%", name, 100*size)
		}
	}
}

// seedWorlds are populations in which seeds matter more than rows, about as much, and not at
// all, and one whose effects are not additive.
var seedWorlds = []struct {
	name  string
	w     world
	seeds int
	n     int
}{
	{"seeds dominate", world{mean: 0.6, seedSD: 0.06, rowSD: 0.1}, 5, 300},
	{"both count", world{mean: 0.7, seedSD: 0.025, rowSD: 0.12}, 5, 300},
	{"three seeds", world{mean: 0.7, seedSD: 0.04, rowSD: 0.12}, 3, 300},
	{"no seed effect", world{mean: 0.7, rowSD: 0.12}, 5, 300},
	{"ten seeds, probit", world{mean: 0.5, seedSD: 0.1, rowSD: 1, probit: true}, 10, 300},
}

// expectation returns the mean accuracy of the population, by a formula or as the integral over
// rows.
func (w world) expectation() float64 {
	if !w.probit {
		return w.mean
	}
	const steps = 2000
	sum, scale := 0.0, math.Sqrt(1+w.seedSD*w.seedSD) // the normal distribution of the seeds is added to the one of Φ
	for i := range steps {
		row := (2*(float64(i)+0.5)/steps - 1) * math.Sqrt(3) * w.rowSD
		sum += 0.5 * math.Erfc(-(w.mean+row)/scale/math.Sqrt2) / steps
	}
	return sum
}

func TestSeedIntervalCoverage(t *testing.T) {
	long(t)
	for _, tt := range seedWorlds {
		t.Run(tt.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(61, 1))
			var ofMean, ofNew int
			for range runs {
				r, err := Decompose(tt.w.run(rng, tt.seeds, tt.n), truth(tt.n))
				if err != nil {
					t.Fatal(err)
				}
				fresh, _ := eval.Accuracy(tt.w.run(rng, 1, tt.n)[0], truth(tt.n))
				ofMean += inside(r.MeanInterval, tt.w.expectation())
				ofNew += inside(r.NewSeed, fresh)
			}
			covers(t, "mean over seeds", ofMean, runs)
			covers(t, "new seed on a new sample", ofNew, runs)
		})
	}
}

// The difference of two methods with several seeds each, on the same rows.
func TestSeedPairCoverage(t *testing.T) {
	long(t)
	for _, tt := range seedWorlds {
		t.Run(tt.name, func(t *testing.T) {
			rng := rand.New(rand.NewPCG(71, 1))
			hits, rejected := 0, 0
			for range runs {
				rows := tt.w.sample(rng, tt.n)
				r, err := SeedPair(tt.w.on(rng, tt.seeds, rows), tt.w.on(rng, tt.seeds+1, rows), truth(tt.n))
				if err != nil {
					t.Fatal(err)
				}
				hits += inside(r.Interval, 0)
				if r.P <= 0.05 {
					rejected++
				}
			}
			covers(t, "difference", hits, runs)
			if hits+rejected != runs {
				t.Errorf("%d intervals hold 0, yet %d p-values are at most 0.05", hits, rejected)
			}
		})
	}
}
