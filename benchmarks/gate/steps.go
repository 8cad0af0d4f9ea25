package gate

import (
	"maps"
	"math"
	"slices"
)

// fit sets levels, noise and steps.
func (h *history) fit() {
	h.Noise = h.levels()
	variances := make([]float64, len(h.Points))
	level := make([]float64, len(h.Points))
	floor := max(h.Tolerance/2, 1e-9*math.Abs(h.Points[0].Mean))
	single := jumps(h.Points)
	for i, p := range h.Points {
		v := h.Noise * h.Noise / float64(len(p.Values))
		if h.Noise == 0 {
			v = single * single
		}
		variances[i], level[i] = max(v, floor*floor), p.Level
	}
	for _, s := range lastingSteps(level, variances) {
		s.Drop = h.drop(s.Before, s.After)
		if math.Abs(s.Drop) > h.Tolerance {
			h.Steps = append(h.Steps, s)
		}
	}
}

// levels takes the luck of the seeds out of the means: values are a level of the commit plus an effect of the
// seed plus noise, fitted by least squares in turns. It sets Level and returns the standard deviation of
// the noise, 0 where nothing is left to know it from.
func (h *history) levels() (noise float64) {
	effect := map[uint64]float64{}
	n, seeds := 0, map[uint64]bool{}
	for i := range h.Points {
		p := &h.Points[i]
		p.Level = p.Mean
		for _, s := range p.Seeds {
			seeds[s] = true
			n++
		}
	}
	freedom := n - len(h.Points) - len(seeds) + 1
	if n == 0 || freedom < 1 {
		return h.spread()
	}
	for range 100 {
		if moved := h.turn(effect, len(seeds)); moved < 1e-12*math.Abs(h.Points[0].Mean) {
			break
		}
	}
	sum := 0.0
	for _, p := range h.Points {
		for j, s := range p.Seeds {
			d := p.Values[j] - p.Level - effect[s]
			sum += d * d
		}
	}
	return math.Sqrt(sum / float64(freedom))
}

// turn fits the effects of seeds to the levels, and the levels to the effects; it returns how far the levels
// moved.
func (h *history) turn(effect map[uint64]float64, seeds int) (moved float64) {
	sum, count := map[uint64]float64{}, map[uint64]int{}
	for _, p := range h.Points {
		for j, s := range p.Seeds {
			sum[s] += p.Values[j] - p.Level
			count[s]++
		}
	}
	mean := 0.0
	for _, s := range slices.Sorted(maps.Keys(sum)) { // a sum in one order has the same digits each time
		effect[s] = sum[s] / float64(count[s])
		mean += effect[s] / float64(seeds)
	}
	for s := range effect {
		effect[s] -= mean
	}
	for i := range h.Points {
		p := &h.Points[i]
		level := 0.0
		for j, s := range p.Seeds {
			level += (p.Values[j] - effect[s]) / float64(len(p.Seeds))
		}
		moved = max(moved, math.Abs(level-p.Level))
		p.Level = level
	}
	return moved
}

// spread is the standard deviation between the seeds of a commit, pooled over commits; 0 where no commit has
// two.
func (h *history) spread() float64 {
	sum, freedom := 0.0, 0
	for _, p := range h.Points {
		if n := len(p.Values); n > 1 {
			sum += variance(p.Values) * float64(n-1)
			freedom += n - 1
		}
	}
	if freedom == 0 {
		return 0
	}
	return math.Sqrt(sum / float64(freedom))
}

// jumps estimates the noise of one value a commit from the differences of neighbours, by their median, which
// a few steps do not move. 1.4826 makes the median of absolute normal deviations a standard deviation, and
// a difference has twice the variance of a value.
func jumps(points []Point) float64 {
	var d []float64
	for i := 1; i < len(points); i++ {
		d = append(d, math.Abs(points[i].Mean-points[i-1].Mean))
	}
	if len(d) == 0 {
		return 0
	}
	slices.Sort(d)
	return 1.4826 * d[len(d)/2] / math.Sqrt2
}

// lastingSteps are the steps of a series of which each level lasts at least two commits. A commit that
// stands alone is left out, and the rest is fitted again.
func lastingSteps(values, variances []float64) []Step {
	place := make([]int, len(values)) // in the whole series
	for i := range place {
		place[i] = i
	}
	values, variances = slices.Clone(values), slices.Clone(variances)
	for {
		steps := fitSteps(values, variances)
		alone := -1
		for k := range len(steps) + 1 {
			start, end := 0, len(values)
			if k > 0 {
				start = steps[k-1].At
			}
			if k < len(steps) {
				end = steps[k].At
			}
			if len(steps) > 0 && end-start == 1 {
				alone = start
			}
		}
		if alone < 0 {
			for i := range steps {
				steps[i].At = place[steps[i].At]
			}
			return steps
		}
		values, variances, place = slices.Delete(values, alone, alone+1), slices.Delete(variances, alone, alone+1), slices.Delete(place, alone, alone+1)
	}
}

// fitSteps fits a level that changes in steps by weighted least squares: it minimises
// Σ (value-level)²/variance plus a penalty for each level over all ways to cut the series. It is exact, by
// dynamic programming. The penalty is so high that a series without a change seldom gets a step
// (TestNoStepWithoutChange).
func fitSteps(values, variances []float64) []Step {
	n := len(values)
	penalty := 3*math.Log(float64(n)) + 6
	c := newCosts(values, variances)
	least := make([]float64, n+1) // of the first k values
	from := make([]int, n+1)      // where their last level begins
	for k := 1; k <= n; k++ {
		least[k] = math.Inf(1)
		for start := range k {
			if v := least[start] + c.cost(start, k) + penalty; v < least[k] {
				least[k], from[k] = v, start
			}
		}
	}
	var out []Step
	for end := n; from[end] > 0; end = from[end] {
		start := from[end]
		out = append(out, Step{At: start, Before: c.mean(from[start], start), After: c.mean(start, end)})
	}
	slices.Reverse(out)
	return out
}

// costs answers for sums over segments, of values less the first, so that squares stay small.
type costs struct {
	w, wy, wyy []float64
	first      float64
}

func newCosts(values, variances []float64) costs {
	n := len(values)
	c := costs{make([]float64, n+1), make([]float64, n+1), make([]float64, n+1), values[0]}
	for i, v := range values {
		w, y := 1/variances[i], v-c.first
		c.w[i+1], c.wy[i+1], c.wyy[i+1] = c.w[i]+w, c.wy[i]+w*y, c.wyy[i]+w*y*y
	}
	return c
}

// cost is the weighted sum of squares around the mean of the values [from, to).
func (c costs) cost(from, to int) float64 {
	w, wy := c.w[to]-c.w[from], c.wy[to]-c.wy[from]
	return max(0, c.wyy[to]-c.wyy[from]-wy*wy/w)
}

// mean is the weighted mean of the values [from, to).
func (c costs) mean(from, to int) float64 {
	return (c.wy[to]-c.wy[from])/(c.w[to]-c.w[from]) + c.first
}
