package released

import (
	"math/bits"

	"gonum.org/v1/gonum/mathext/prng"
)

// Seed is the seed of the released code.
const Seed = 42

// Validation is the number of SVHN's training images that the released code reserves for model
// selection.
const Validation = 10_000

// Order returns 0 … n-1 in the order of numpy.random.RandomState(Seed).shuffle: for i = n-1 …
// 1, element i is exchanged with an element drawn from 0 … i.
func Order(n int) []int32 {
	order := make([]int32, n)
	for i := range order {
		order[i] = int32(i)
	}
	rng := prng.NewMT19937()
	rng.Seed(Seed)
	for i := n - 1; i > 0; i-- {
		j := below(rng, uint32(i))
		order[i], order[j] = order[j], order[i]
	}
	return order
}

// below draws from 0 … most as NumPy's random_interval does: it takes the low bits of a draw,
// and draws again if they exceed most.
func below(rng *prng.MT19937, most uint32) uint32 {
	mask := uint32(1)<<bits.Len32(most) - 1
	for {
		if v := rng.Uint32() & mask; v <= most {
			return v
		}
	}
}
