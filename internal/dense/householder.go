package dense

import "math"

// householder replaces the vector (alpha, x) by v, v = 1 in the place of alpha, such that
// (I − τ·v·vᵀ)(alpha, x) has beta in that place and zeros elsewhere (LAPACK's dlarfg). τ is 0
// where x is.
func householder(x []float64, alpha *float64) (beta, tau float64) {
	a, rest := *alpha, sumSquares(x)
	*alpha = 1
	if rest == 0 {
		return a, 0
	}
	beta = -math.Copysign(math.Sqrt(float64(a*a)+rest), a)
	factor := 1 / (a - beta)
	for j := range x {
		x[j] *= factor
	}
	return beta, (beta - a) / beta
}
