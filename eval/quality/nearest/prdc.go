package nearest

import (
	"context"
	"fmt"
	"math"
	"math/bits"
	"sync/atomic"

	"repbench/eval/neighbours"
	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/errkind"
)

// PRDCOptions say how the balls around rows are made.
type PRDCOptions struct {
	// K is the number of the neighbour at which the ball of a row ends.
	K int
	// Self counts a row as its own first neighbour.
	Self bool
	// Closed takes a row at the distance of the radius as inside (≤ instead of <).
	Closed bool
	// Halves are halves of both sets on which the values are repeated.
	Halves metric.Halves
}

// PRDC are precision and recall of Kynkäänniemi et al., "Improved Precision and Recall
// Metric for Assessing Generative Models", NeurIPS 2019, and density and coverage of
// Naeem et al., "Reliable Fidelity and Diversity Metrics for Generative Models", ICML 2020.
type PRDC struct {
	// Precision is the share of generated rows that lie in the ball of a real row.
	Precision float64
	// Recall is the share of real rows that lie in the ball of a generated row.
	Recall float64
	// Density is the mean over generated rows of the number of balls of real rows around
	// them, divided by k; it can be above 1.
	Density float64
	// Coverage is the share of real rows whose ball holds a generated row.
	Coverage float64
	// FScore is the harmonic mean of Precision and Recall; 0 where both are 0.
	FScore float64
}

// PRDCValue is PRDC with what is needed to judge it.
type PRDCValue struct {
	PRDC
	// Halves are the values of the halves.
	Halves []PRDC
	// RealRadii and GeneratedRadii are the radii of the balls.
	RealRadii, GeneratedRadii []float64
}

// ZeroRadii is the number of rows whose ball has radius 0: at least k others equal them.
func (v PRDCValue) ZeroRadii() int {
	n := 0
	for _, radii := range [][]float64{v.RealRadii, v.GeneratedRadii} {
		for _, r := range radii {
			if r == 0 {
				n++
			}
		}
	}
	return n
}

// neighbour is the number of the neighbour, the row itself left out, at which a ball ends.
func (p PRDCOptions) neighbour() int {
	if p.Self {
		return p.K - 1
	}
	return p.K
}

// Check says what is wrong with the sets and the options.
func (p PRDCOptions) Check(real, gen matrix.View, o metric.Options) error {
	if err := o.Validate(); err != nil {
		return err
	}
	if err := metric.CheckPair(metric.NamePRDC, real, gen); err != nil {
		return err
	}
	if p.neighbour() < 1 {
		least := 1 + p.K - p.neighbour()
		return errkind.Errorf(metric.ErrOptions, "prdc: k = %d: must be at least %d", p.K, least)
	}
	for _, s := range []struct {
		name string
		n    int
	}{{metric.RealSet, real.N}, {metric.GeneratedSet, gen.N}} {
		if need := p.neighbour() + 1; s.n < need {
			return errkind.Errorf(metric.ErrRows, "prdc: k = %d needs at least %d rows in each set; %s has %d", p.K, need, s.name, s.n)
		}
	}
	return nil
}

// PrecisionRecall returns precision, recall, density and coverage. Distances are compared in
// float64 as the neighbours of package neighbours are: the result is the result of all pairs in
// float64, whatever the blocks and the number of threads.
func PrecisionRecall(ctx context.Context, real, gen matrix.View, p PRDCOptions, o metric.Options) (PRDCValue, error) {
	o = o.WithDefaults()
	if err := p.Check(real, gen, o); err != nil {
		return PRDCValue{}, err
	}
	c := counting{halves: p.halves(real.N, gen.N), closed: p.Closed, k: p.K}
	var err error
	if c.real, err = makeBalls(ctx, metric.RealSet, real, withWhole(c.halves.Real, c.halves.N), c.halves.N+1, p.neighbour(), o); err != nil {
		return PRDCValue{}, err
	}
	if c.gen, err = makeBalls(ctx, metric.GeneratedSet, gen, withWhole(c.halves.Generated, c.halves.N), c.halves.N+1, p.neighbour(), o); err != nil {
		return PRDCValue{}, err
	}
	if err := c.count(ctx, real, gen, o); err != nil {
		return PRDCValue{}, err
	}
	v := PRDCValue{PRDC: c.value(c.halves.N), RealRadii: c.real.radiiOf(c.halves.N), GeneratedRadii: c.gen.radiiOf(c.halves.N)}
	for s := range c.halves.N {
		v.Halves = append(v.Halves, c.value(s))
	}
	return v, nil
}

// halves are the halves to compute, none where a half has too few rows for k.
func (p PRDCOptions) halves(real, gen int) metric.Halves {
	if min(real, gen)/2 <= p.neighbour() || p.Halves.N == 0 {
		return metric.Halves{Real: make([]uint64, real), Generated: make([]uint64, gen)}
	}
	return p.Halves
}

// withWhole is a copy of the memberships in n halves, with bit n for the whole set.
func withWhole(halves []uint64, n int) []uint64 {
	out := make([]uint64, len(halves))
	for i, h := range halves {
		out[i] = h | 1<<n
	}
	return out
}

// counting finds which rows lie in which balls, for each half and for the whole sets, which
// count as the last half.
type counting struct {
	halves    metric.Halves
	closed    bool
	k         int
	real, gen ballsOf
	// Bit s of an element: in half s, the generated row lies in the ball of a real row; the
	// real row in the ball of a generated row; the ball of the real row holds a generated row.
	precise, recalled, covered []uint64
	// around is, for each generated row and half, the number of balls of real rows around it.
	around []uint32
}

// count goes through all pairs that lie in one of each other's balls.
func (c *counting) count(ctx context.Context, real, gen matrix.View, o metric.Options) error {
	n := c.halves.N + 1
	c.precise, c.recalled, c.covered = make([]uint64, gen.N), make([]uint64, real.N), make([]uint64, real.N)
	c.around = make([]uint32, gen.N*n)
	radii := neighbours.Radii{Train: c.real.largest(), Queries: c.gen.largest()}
	err := neighbours.Within(ctx, real, gen, radii, search(o), func(j int, i int32, d float64) {
		inReal, inGen := c.inside(d, int(i), j)
		c.precise[j] |= inReal
		for rest := inReal; rest != 0; rest &= rest - 1 {
			c.around[j*n+bits.TrailingZeros64(rest)]++
		}
		if inReal != 0 {
			atomic.OrUint64(&c.covered[i], inReal)
		}
		if inGen != 0 {
			atomic.OrUint64(&c.recalled[i], inGen)
		}
	})
	if err != nil {
		return fmt.Errorf("prdc: %w", err)
	}
	return nil
}

// inside has bit s where both rows are of half s and, there, the generated row j lies in
// the ball of the real row i; the same for the real row and the ball of the generated row.
func (c *counting) inside(d float64, i, j int) (inReal, inGen uint64) {
	n := c.halves.N + 1
	r, g := c.real.radii[i*n:][:n], c.gen.radii[j*n:][:n]
	for rest := c.real.member[i] & c.gen.member[j]; rest != 0; rest &= rest - 1 {
		s := bits.TrailingZeros64(rest)
		if d < r[s] || c.closed && d == r[s] {
			inReal |= 1 << s
		}
		if d < g[s] || c.closed && d == g[s] {
			inGen |= 1 << s
		}
	}
	return inReal, inGen
}

// value is PRDC of half s.
func (c *counting) value(s int) PRDC {
	share := func(in, member []uint64) float64 {
		count, of := 0, 0
		for i, m := range member {
			of += int(m >> s & 1)
			count += int(in[i] >> s & 1)
		}
		return float64(count) / float64(of)
	}
	v := PRDC{Precision: share(c.precise, c.gen.member), Recall: share(c.recalled, c.real.member), Coverage: share(c.covered, c.real.member)}
	var sum, of int
	for j, m := range c.gen.member {
		of += int(m >> s & 1)
		sum += int(c.around[j*(c.halves.N+1)+s])
	}
	v.Density = float64(sum) / float64(of) / float64(c.k)
	v.FScore = 2 * v.Precision * v.Recall / math.Max(1e-5, v.Precision+v.Recall)
	return v
}
