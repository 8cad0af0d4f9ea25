package dcgan

import (
	"fmt"
	"math"
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

// CheckZ says what is wrong with n vectors z, row-major n×ZDim: their number, a value that is not
// finite, or one outside the range of a uniform prior.
func (a Arch) CheckZ(z []float32, n int) error {
	if err := a.CheckFiniteZ(z, n); err != nil {
		return err
	}
	for i, v := range z {
		if a.Prior.outside(v) {
			return fmt.Errorf("z[%d, %d] = %g is outside [-1, 1]: this model was trained with the prior %s", i/a.ZDim, i%a.ZDim, v, Uniform)
		}
	}
	return nil
}

// CheckFiniteZ is CheckZ without the range of the prior, for vectors that were computed from
// others.
func (a Arch) CheckFiniteZ(z []float32, n int) error {
	if len(z) != n*a.ZDim {
		return fmt.Errorf("z has %d values; %d samples of %s want %d×%d", len(z), n, a.Name, n, a.ZDim)
	}
	for i, v := range z {
		if math.IsNaN(float64(v)) || math.IsInf(float64(v), 0) {
			return fmt.Errorf("z[%d, %d] is %g", i/a.ZDim, i%a.ZDim, v)
		}
	}
	return nil
}

// Outside returns the number of values of z that lie outside the range of the prior, of which a
// Gaussian one has none.
func (p Prior) Outside(z []float32) int {
	n := 0
	for _, v := range z {
		if p.outside(v) {
			n++
		}
	}
	return n
}

// Clip cuts the values of z to the range of the prior, in place, and returns how many it changed.
func (p Prior) Clip(z []float32) int {
	n := p.Outside(z)
	for i, v := range z {
		if p.outside(v) {
			z[i] = min(max(v, -1), 1)
		}
	}
	return n
}

func (p Prior) outside(v float32) bool { return p == Uniform && (v < -1 || v > 1) }
