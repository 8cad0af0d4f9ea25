package sliced

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"math/bits"
	"slices"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/errkind"
	"repbench/internal/simd"
	"repbench/internal/tasks"
)

// DefaultDirections is the number of directions that are drawn where none are given.
const DefaultDirections = 1000

// Options say onto which directions rows are projected.
type Options struct {
	// Directions are given directions, vectors of length 1; nil: Count random ones.
	Directions [][]float64
	// Count is the number of random directions; 0: DefaultDirections.
	Count int
	// Halves are halves of both sets on which the values are repeated.
	Halves metric.Halves
}

// Value are distances of two sets by their projections onto directions: the mean over
// directions of the mean squared difference of the sorted projections.
type Value struct {
	// W2 is the squared sliced Wasserstein distance (Bonneel et al., "Sliced and Radon
	// Wasserstein Barycenters of Measures", 2015).
	W2 float64
	// MIND is 3·d·W2: torch-fidelity's monge inception distance.
	MIND float64
	// Rows is the number of rows of each set that took part: the first of the larger one.
	Rows int
	// Directions is the number of directions.
	Directions int
	// Halves are the values of W2 of the halves.
	Halves []float64
}

// Distances returns the sliced distances of two sets. Of the larger set the first rows are
// taken, as many as the smaller has.
func Distances(ctx context.Context, real, gen matrix.View, s Options, o metric.Options) (Value, error) {
	o = o.WithDefaults()
	if err := o.Validate(); err != nil {
		return Value{}, err
	}
	if err := metric.CheckPair(metric.NameSlicedW2, real, gen); err != nil {
		return Value{}, err
	}
	directions, err := s.directions(real.D, o.Seed)
	if err != nil {
		return Value{}, err
	}
	if s.Halves.N == 0 || min(real.N, gen.N) < 2 {
		s.Halves = metric.Halves{Real: make([]uint64, real.N), Generated: make([]uint64, gen.N)}
	}
	rows, half := min(real.N, gen.N), min(real.N, gen.N)/2
	p := projections{real: real, gen: gen, halves: s.Halves.N, sizes: make([]int, s.Halves.N+1)}
	p.ofReal = firstRows(s.Halves.Real, s.Halves.N, half, rows)
	p.ofGen = firstRows(s.Halves.Generated, s.Halves.N, half, rows)
	for i := range p.sizes {
		p.sizes[i] = half
	}
	p.sizes[s.Halves.N] = rows
	sums, err := p.sum(ctx, directions, o)
	if err != nil {
		return Value{}, err
	}
	v := Value{W2: sums[s.Halves.N], MIND: 3 * float64(real.D) * sums[s.Halves.N], Rows: rows, Directions: len(directions), Halves: sums[:s.Halves.N]}
	return v, metric.Finite(metric.NameSlicedW2, v.W2, real, gen, o)
}

// directions are the given directions, or random ones: Gaussian vectors over their length.
func (s Options) directions(d int, seed uint64) ([][]float64, error) {
	for i, u := range s.Directions {
		if len(u) != d {
			return nil, fmt.Errorf("direction %d has %d elements, rows have %d features: %w", i, len(u), d, matrix.ErrShape)
		}
		if length := math.Sqrt(norm2(u)); !(math.Abs(length-1) < 1e-3) {
			return nil, errkind.Errorf(metric.ErrOptions, "direction %d has the length %g; divide each by its length", i, length)
		}
	}
	if s.Directions != nil {
		return s.Directions, nil
	}
	rng := metric.Random(seed, metric.StreamDirections, 0)
	out := make([][]float64, cmp.Or(s.Count, DefaultDirections))
	for i := range out {
		u := make([]float64, d)
		for j := range u {
			u[j] = rng.NormFloat64()
		}
		length := math.Sqrt(norm2(u))
		for j := range u {
			u[j] /= length
		}
		out[i] = u
	}
	return out, nil
}

// norm2 is the squared length of a vector.
func norm2(u []float64) float64 {
	var sum float64
	for _, v := range u {
		sum += v * v
	}
	return sum
}

// firstRows has bit s of element i set where row i is among the first rows of half s, and
// bit n where it is among the first of the set.
func firstRows(halves []uint64, n, half, whole int) []uint64 {
	out := make([]uint64, len(halves))
	counts := make([]int, n+1)
	for i, h := range halves {
		for rest := h | 1<<n; rest != 0; rest &= rest - 1 {
			s := bits.TrailingZeros64(rest)
			if counts[s]++; counts[s] <= half || s == n && counts[s] <= whole {
				out[i] |= 1 << s
			}
		}
	}
	return out
}

// projections compares the sorted projections of two sets and of their halves.
type projections struct {
	real, gen     matrix.View
	ofReal, ofGen []uint64
	halves        int
	sizes         []int // rows of each half, and of the whole last
}

// projected is a row's projection and the halves that it is of.
type projected struct {
	value  float64
	halves uint64
}

// sum returns the mean over directions of the mean squared difference, for each half and
// the whole.
func (p *projections) sum(ctx context.Context, directions [][]float64, o metric.Options) ([]float64, error) {
	// A block of directions holds the projections of both sets, and each worker two lists.
	lists := int64(o.Threads) * 16 * int64(p.real.N+p.gen.N)
	block := int(min(max((o.MaxMemory-lists)/(8*int64(p.real.N+p.gen.N)), 1), 64))
	task := o.Progress.Start("sliced distances", int64(len(directions)), "directions")
	defer task.Done()
	sums := make([]float64, p.halves+1)
	for lo := 0; lo < len(directions); lo += block {
		if err := ctx.Err(); err != nil {
			return nil, fmt.Errorf("%s: %w", metric.NameSlicedW2, err)
		}
		part := directions[lo:min(lo+block, len(directions))]
		x, y := project(p.real, part, o.Threads), project(p.gen, part, o.Threads)
		distances := make([][]float64, len(part))
		work := make([][2][]projected, o.Threads)
		tasks.Do(o.Threads, len(part), func(w, i int) {
			work[w][0] = sorted(work[w][0], x, len(part), i, p.ofReal)
			work[w][1] = sorted(work[w][1], y, len(part), i, p.ofGen)
			distances[i] = p.compare(work[w][0], work[w][1])
		})
		for _, d := range distances {
			for s, v := range d {
				sums[s] += v
			}
		}
		task.Add(int64(len(part)))
	}
	for s := range sums {
		sums[s] /= float64(len(directions))
	}
	return sums, nil
}

// project returns the products of rows and directions, N×len(directions).
func project(x matrix.View, directions [][]float64, threads int) []float64 {
	var panel simd.Panel[float64]
	panel.Pack(directions)
	out := make([]float64, x.N*len(directions))
	blocks := (x.N + matrix.BlockRows - 1) / matrix.BlockRows
	readers, dots := make([]matrix.Reader, threads), make([][]float64, threads)
	for w := range readers {
		readers[w].M, dots[w] = x, make([]float64, matrix.BlockRows*panel.Stride())
	}
	tasks.Do(threads, blocks, func(w, b int) {
		lo, hi := b*matrix.BlockRows, min((b+1)*matrix.BlockRows, x.N)
		panel.Dot(dots[w], readers[w].Read(lo, hi))
		for i := lo; i < hi; i++ {
			copy(out[i*len(directions):][:len(directions)], dots[w][(i-lo)*panel.Stride():])
		}
	})
	return out
}

// sorted are the projections onto direction i of the rows that are of any half, ascending.
func sorted(list []projected, products []float64, directions, i int, of []uint64) []projected {
	list = list[:0]
	for row, halves := range of {
		if halves != 0 {
			list = append(list, projected{products[row*directions+i], halves})
		}
	}
	slices.SortFunc(list, func(a, b projected) int { return cmp.Compare(a.value, b.value) })
	return list
}

// compare returns the mean squared difference of two sorted lists for each half.
func (p *projections) compare(x, y []projected) []float64 {
	out := make([]float64, p.halves+1)
	for s := range out {
		var sum float64
		j := 0
		for _, v := range x {
			if v.halves>>s&1 == 0 {
				continue
			}
			for y[j].halves>>s&1 == 0 {
				j++
			}
			d := v.value - y[j].value
			sum += d * d
			j++
		}
		out[s] = sum / float64(p.sizes[s])
	}
	return out
}
