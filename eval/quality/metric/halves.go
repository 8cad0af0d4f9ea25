package metric

import (
	"math"
	"math/rand/v2"

	"repbench/features/matrix"
	"repbench/internal/errkind"
)

// MaxHalves is the largest number of halves: a row has one bit for each, and one for the
// whole set.
const MaxHalves = 63

// Streams of random numbers, one for each use of a seed.
const (
	// streamHalves draws halves.
	streamHalves = iota + 1
	// StreamFloor draws the rows of floors.
	StreamFloor
	// StreamSubsets draws the subsets of KID.
	StreamSubsets
	// StreamDirections draws the directions of sliced distances.
	StreamDirections
	// StreamLogits draws halves of logits that do not belong to the generated rows.
	StreamLogits
)

const (
	// StreamFDInfinity draws the rows of FD-infinity.
	StreamFDInfinity = 101
	// StreamFLD draws the permutation and the batches of FLD.
	StreamFLD = 102
)

// Random is the random stream of one use of a seed.
func Random(seed uint64, stream, part uint64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, stream<<48^part))
}

// Halves are random halves of two sets, drawn without replacement. The zero value has none.
type Halves struct {
	// N is the number of halves.
	N int
	// Real and Generated have bit s of element i set where half s holds row i of the set.
	Real, Generated []uint64
}

// DrawHalves draws n halves of ⌊rows/2⌋ rows of a set of each size. The half s is the same
// for any n.
func DrawHalves(n, realRows, generatedRows int, seed uint64) (Halves, error) {
	if n < 0 || n > MaxHalves {
		return Halves{}, errkind.Errorf(ErrOptions, "%d halves: must be from 0 to %d", n, MaxHalves)
	}
	h := Halves{N: n, Real: make([]uint64, realRows), Generated: make([]uint64, generatedRows)}
	for s := range n {
		DrawHalf(h.Real, s, Random(seed, streamHalves, uint64(2*s)))
		DrawHalf(h.Generated, s, Random(seed, streamHalves, uint64(2*s+1)))
	}
	return h, nil
}

// DrawHalf sets bit s of half the elements.
func DrawHalf(bits []uint64, s int, rng *rand.Rand) {
	for _, i := range rng.Perm(len(bits))[:len(bits)/2] {
		bits[i] |= 1 << s
	}
}

// DrawRows draws some of n rows without replacement.
func DrawRows(rng *rand.Rand, n, some int) []int32 {
	rows := make([]int32, some)
	for i, r := range rng.Perm(n)[:some] {
		rows[i] = int32(r)
	}
	return rows
}

// RowsOf are the rows of half s, ascending.
func RowsOf(bits []uint64, s int) []int32 {
	rows := make([]int32, 0, len(bits)/2)
	for i, b := range bits {
		if b>>s&1 == 1 {
			rows = append(rows, int32(i))
		}
	}
	return rows
}

// Pair returns the views of half s.
func (h Halves) Pair(s int, real, gen matrix.View) (matrix.View, matrix.View) {
	return real.Subset(RowsOf(h.Real, s)), gen.Subset(RowsOf(h.Generated, s))
}

// Sizes are the numbers of rows of each half.
func (h Halves) Sizes() (real, gen int) { return len(h.Real) / 2, len(h.Generated) / 2 }

// Spread is the standard deviation of values (n-1); NaN of fewer than two.
func Spread(values []float64) float64 {
	mean := Mean(values)
	var sum float64
	for _, v := range values {
		sum += (v - mean) * (v - mean)
	}
	return math.Sqrt(sum / float64(len(values)-1))
}

// Mean is the mean of values.
func Mean(values []float64) float64 {
	var sum float64
	for _, v := range values {
		sum += v
	}
	return sum / float64(len(values))
}
