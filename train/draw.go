package train

import (
	"fmt"
	"math/rand/v2"
)

// rng is the random stream of one use at one position (a step, an epoch).
func rng(seed uint64, stream int, position int64) *rand.Rand {
	return rand.New(rand.NewPCG(seed, uint64(stream)<<48^uint64(position)))
}

// DrawZ draws n vectors z, row-major n×dim, from the prior. The same seed gives
// the same values everywhere.
func (p Prior) DrawZ(n, dim int, seed uint64) []float32 {
	return p.draw(n*dim, rng(seed, streamSample, 0))
}

func (p Prior) draw(n int, r *rand.Rand) []float32 {
	z := make([]float32, n)
	for i := range z {
		if p == Gaussian {
			z[i] = float32(r.NormFloat64())
		} else {
			z[i] = float32(2*r.Float64() - 1)
		}
	}
	return z
}

// ParsePrior reads the name of a prior.
func ParsePrior(s string) (Prior, error) {
	switch p := Prior(s); p {
	case Uniform, Gaussian:
		return p, nil
	}
	return "", fmt.Errorf("unknown prior %q: use %s or %s", s, Uniform, Gaussian)
}

// batcher gives the images of each step: the set is shuffled anew each epoch,
// and the images left over after the last whole batch wait for the next one.
type batcher struct {
	n, batch int
	seed     uint64
	epoch    int64 // of order; -1 before the first
	order    []int
}

func newBatcher(n, batch int, seed uint64) *batcher {
	return &batcher{n: n, batch: batch, seed: seed, epoch: -1}
}

// indices are the images of a step; the slice is valid until the next call.
func (b *batcher) indices(step int64) []int {
	perEpoch := int64(b.n / b.batch)
	if e := step / perEpoch; e != b.epoch {
		b.epoch = e
		b.order = rng(b.seed, streamOrder, e).Perm(b.n)
	}
	lo := int(step%perEpoch) * b.batch
	return b.order[lo : lo+b.batch]
}
