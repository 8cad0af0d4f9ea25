package dcgan

import (
	"fmt"
	"math/rand/v2"

	"repbench/train"
)

// DrawZ draws n vectors z, row-major n×dim, from the prior. The same seed gives
// the same values everywhere.
func (p Prior) DrawZ(n, dim int, seed uint64) []float32 {
	return p.draw(n*dim, train.Random(seed, streamSample, 0))
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
