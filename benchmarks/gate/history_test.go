package gate

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"repbench/benchmarks/ledger"
)

// commitsOf draws the lines of commits whose level is as given, with five seeds that are the same in each:
// shared is the part of their spread that commits have in common.
func commitsOf(rng *rand.Rand, levels []float64, sd, shared float64) (out [][]ledger.Line) {
	var luck [5]float64
	for i := range luck {
		luck[i] = math.Sqrt(shared) * sd * rng.NormFloat64()
	}
	for _, level := range levels {
		var points []float64
		for _, l := range luck {
			points = append(points, level+l+math.Sqrt(1-shared)*sd*rng.NormFloat64())
		}
		out = append(out, lines("e", points...))
	}
	return out
}

func series(t *testing.T, commits [][]ledger.Line) Series {
	t.Helper()
	all, err := History(commits, Default())
	if err != nil || len(all) != 1 {
		t.Fatalf("%d series, %v", len(all), err)
	}
	return all[0]
}

// level is n times a value.
func level(n int, v float64) []float64 { return slices.Repeat([]float64{v}, n) }

// Of 400 histories of 40 commits without a change at most 5 % have a step: with independent seeds, with
// pairs, and with one value a commit.
func TestNoStepWithoutChange(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 18))
	for _, tt := range []struct{ sd, shared float64 }{{0.4, 0}, {1.6, 0.98}, {0.5, 0.5}} {
		wrong := 0
		for range 400 {
			if s := series(t, commitsOf(rng, level(40, 70), tt.sd, tt.shared)); len(s.Steps) > 0 {
				wrong++
			}
		}
		t.Logf("%+v: %d of 400 histories without a change have a step", tt, wrong)
		if wrong > 20 {
			t.Errorf("%+v: %d of 400 histories without a change have a step", tt, wrong)
		}
	}
}

// A step of a point that lasts is found where it is; one commit alone is none; a way up is no drop.
func TestSteps(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 18))
	for _, tt := range []struct {
		name       string
		levels     []float64
		sd, shared float64
		at         []int
		drop       float64
	}{
		{"down", append(level(10, 70), level(10, 69)...), 0.4, 0, []int{10}, 1},
		{"down by half a point, seen through pairs", append(level(10, 70), level(10, 69.5)...), 1.6, 0.99, []int{10}, 0.5},
		{"up", append(level(8, 70), level(5, 71.2)...), 0.4, 0, []int{8}, -1.2},
		{"two", slices.Concat(level(8, 70), level(6, 69), level(7, 68)), 0.3, 0, []int{8, 14}, 1},
		{"one commit alone", slices.Concat(level(8, 70), level(1, 67), level(7, 70)), 0.3, 0, nil, 0},
		{"the last commit alone", append(level(8, 70), 67), 0.3, 0, nil, 0},
		{"the last two", append(level(8, 70), 67, 67), 0.3, 0, []int{8}, 3},
	} {
		t.Run(tt.name, func(t *testing.T) {
			right := 0
			for range 20 {
				s := series(t, commitsOf(rng, tt.levels, tt.sd, tt.shared))
				ok := len(s.Steps) == len(tt.at)
				for i, step := range s.Steps {
					ok = ok && max(step.At-tt.at[i], tt.at[i]-step.At) <= 1 && math.Abs(step.Drop-tt.drop) < 0.5
				}
				if ok {
					right++
				} else {
					t.Logf("steps %+v, want them at %v", s.Steps, tt.at)
				}
			}
			if right < 18 { // noise makes a step elsewhere now and then
				t.Errorf("only %d of 20 histories have the right steps", right)
			}
		})
	}
}

// One exact value a commit: what lasts and is above the tolerance is a step.
func TestStepsOfFixedCells(t *testing.T) {
	of := func(values ...float64) (out [][]ledger.Line) {
		for _, v := range values {
			l := line("e", 0, v/100)
			l.Seed = nil
			out = append(out, []ledger.Line{l})
		}
		return out
	}
	if s := series(t, of(70, 70, 70, 70, 69, 69, 69)); len(s.Steps) != 1 || s.Steps[0].At != 4 || !near(s.Steps[0].Drop, 1) || s.Steps[0].Before != 70 {
		t.Errorf("%+v", s.Steps)
	}
	if s := series(t, of(70, 70.01, 70, 70, 69.99, 70, 70)); len(s.Steps) != 0 {
		t.Errorf("%+v", s.Steps)
	}
	for _, n := range []int{1, 2, 3} {
		if s := series(t, of(level(n, 70)...)); len(s.Points) != n || len(s.Steps) != 0 {
			t.Errorf("%+v", s)
		}
	}
}

// The exact fit is the best of all ways to cut a short series.
func TestFitStepsIsExact(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for range 200 {
		n := 1 + rng.IntN(10)
		values, variances := make([]float64, n), make([]float64, n)
		for i := range values {
			values[i], variances[i] = 70+float64(rng.IntN(3))+0.3*rng.NormFloat64(), 0.02+0.1*rng.Float64()
		}
		penalty := 3*math.Log(float64(n)) + 6
		best := math.Inf(1)
		for cuts := range 1 << (n - 1) { // bit i: a cut before value i+1
			total, start := 0.0, 0
			for end := 1; end <= n; end++ {
				if end < n && cuts>>(end-1)&1 == 0 {
					continue
				}
				total += slowCost(values[start:end], variances[start:end]) + penalty
				start = end
			}
			best = min(best, total)
		}
		got, start := 0.0, 0
		for _, s := range append(fitSteps(values, variances), Step{At: n}) {
			got += slowCost(values[start:s.At], variances[start:s.At]) + penalty
			start = s.At
		}
		if math.Abs(got-best) > 1e-6 {
			t.Errorf("%v: cost %g, the best is %g", values, got, best)
		}
	}
}

func slowCost(values, variances []float64) (sum float64) {
	w, mean := 0.0, 0.0
	for i, v := range values {
		w += 1 / variances[i]
		mean += v / variances[i]
	}
	mean /= w
	for i, v := range values {
		sum += (v - mean) * (v - mean) / variances[i]
	}
	return sum
}

// What does not fit a series is left out of it.
func TestHistoryLeavesOut(t *testing.T) {
	other := line("e", 1, 0.1)
	other.DataHash = "other"
	diverged := line("e", 2, 0)
	diverged.Measurements, diverged.Diverged = nil, "NaN"
	s := series(t, [][]ledger.Line{{other}, {line("e", 1, 0.7), diverged}, {line("e", 1, 0.71)}})
	if len(s.Points) != 2 || s.Points[0].Commit != 1 || len(s.Points[0].Values) != 1 || s.Unit != Points {
		t.Errorf("%+v", s)
	}
	if _, err := History([][]ledger.Line{{line("e", 1, 0.7), line("e", 1, 0.7)}}, Default()); err == nil {
		t.Error("a seed twice in a commit is accepted")
	}
}
