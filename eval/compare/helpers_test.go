package compare

import (
	"math"
	"math/rand/v2"
	"slices"
)

func sorted(v []float64) []float64 {
	s := slices.Clone(v)
	slices.Sort(s)
	return s
}

// world is a population of test rows and of training seeds. Seed s classifies row i correctly
// with probability mean + seed effect + row effect or, if probit is true, Φ(mean + effects),
// where effects are not additive.
type world struct {
	mean, seedSD, rowSD float64
	probit              bool
}

func (w world) right(rng *rand.Rand, seed, row float64) bool {
	p := w.mean + seed + row
	if w.probit {
		p = 0.5 * math.Erfc(-p/math.Sqrt2)
	}
	return rng.Float64() < p
}

// run draws the predictions of the given number of seeds on one sample of n rows. The truth is
// 0 everywhere; a wrong row is 1.
func (w world) run(rng *rand.Rand, seeds, n int) [][]int32 {
	return w.on(rng, seeds, w.sample(rng, n))
}

// sample draws the effects of n rows, uniform with standard deviation rowSD.
func (w world) sample(rng *rand.Rand, n int) []float64 {
	rows := make([]float64, n)
	for i := range rows {
		rows[i] = (2*rng.Float64() - 1) * math.Sqrt(3) * w.rowSD
	}
	return rows
}

// on draws seeds and their predictions on the given rows.
func (w world) on(rng *rand.Rand, seeds int, rows []float64) [][]int32 {
	out := make([][]int32, seeds)
	for s := range out {
		out[s] = make([]int32, len(rows))
		effect := w.seedSD * rng.NormFloat64()
		for i, row := range rows {
			if !w.right(rng, effect, row) {
				out[s][i] = 1
			}
		}
	}
	return out
}

// truth returns the labels of n rows of class 0.
func truth(n int) []int32 { return make([]int32, n) }
