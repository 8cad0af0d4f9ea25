package released

import (
	"math"

	"gonum.org/v1/gonum/mathext/prng"
)

// Sampler draws as random.Random(Seed).sample of Python 2.7 does, which the released code draws
// its labelled images with. Samples of one Sampler follow each other in one stream of numbers.
//
// Python 3 draws other numbers: it takes bits of the generator where Python 2.7 multiplies a
// float in [0, 1) by the number of elements.
type Sampler struct{ rng *prng.MT19937 }

// NewSampler returns a Sampler at the beginning of the stream.
func NewSampler() *Sampler {
	rng := prng.NewMT19937()
	rng.SeedFromKeys([]uint32{Seed})
	return &Sampler{rng}
}

// Sample returns k different elements of from, which it leaves as it is, in the order in which
// they are drawn. It panics if from has fewer.
func (s *Sampler) Sample(from []int32, k int) []int32 {
	if k > len(from) {
		panic("released: a sample larger than the population")
	}
	if len(from) <= poolLimit(k) {
		return s.fromPool(from, k)
	}
	return s.byRejection(from, k)
}

// poolLimit is the size of a population up to which Python copies it: the size of a small set,
// or of the set that k elements need.
func poolLimit(k int) int {
	limit := 21
	if k > 5 {
		size := 1
		for size < 3*k { // 4 to the power of ⌈log4(3k)⌉
			size *= 4
		}
		limit += size
	}
	return limit
}

// fromPool moves the last element of a copy into the place of each drawn one.
func (s *Sampler) fromPool(from []int32, k int) []int32 {
	pool := append([]int32(nil), from...)
	out := make([]int32, k)
	for i := range out {
		left := len(pool) - i
		j := s.below(left)
		out[i], pool[j] = pool[j], pool[left-1]
	}
	return out
}

// byRejection draws places again that were drawn before.
func (s *Sampler) byRejection(from []int32, k int) []int32 {
	seen := make(map[int]bool, k)
	out := make([]int32, k)
	for i := range out {
		j := s.below(len(from))
		for seen[j] {
			j = s.below(len(from))
		}
		seen[j] = true
		out[i] = from[j]
	}
	return out
}

// below is int(random() * n) of Python, with random() of 53 bits from two numbers.
func (s *Sampler) below(n int) int {
	a, b := s.rng.Uint32()>>5, s.rng.Uint32()>>6
	return int(math.Ldexp(float64(a)*(1<<26)+float64(b), -53) * float64(n))
}
