package ranks

import (
	"math"
	"sort"
)

// mannWhitney returns the U of x against y, the number of pairs with x > y and half the number of
// pairs that are equal, and Σ(t³−t) over the groups of t equal values of both together: H. Mann
// and D. Whitney, Annals of Mathematical Statistics 18, 1947.
func mannWhitney(x, y []float64) (u, ties float64) {
	type value struct {
		v float64
		x bool
	}
	all := make([]value, 0, len(x)+len(y))
	for _, v := range x {
		all = append(all, value{v, true})
	}
	for _, v := range y {
		all = append(all, value{v, false})
	}
	sort.Slice(all, func(i, j int) bool { return all[i].v < all[j].v })
	below := 0.0 // values of y below the group
	for lo := 0; lo < len(all); {
		hi, ofX := lo, 0.0
		for ; hi < len(all) && all[hi].v == all[lo].v; hi++ {
			if all[hi].x {
				ofX++
			}
		}
		t := float64(hi - lo)
		u += ofX * (below + (t-ofX)/2)
		ties += t*t*t - t
		below += t - ofX
		lo = hi
	}
	return u, ties
}

// ZU is the z of U of generated distances x against held-out ones y,
//
//	(U − (nm/2 − ½)) / √(nm(n+m+1)/12),
//
// as in the code of C. Meehan et al. (its ½ moves every z up by 0.5/σ), and the usual one, with
// the variance corrected for ties and without the ½.
func ZU(x, y []float64) (plain, tied, u float64) {
	m, n := float64(len(x)), float64(len(y))
	u, ties := mannWhitney(x, y)
	plain = (u - (n*m/2 - 0.5)) / math.Sqrt(n*m*(n+m+1)/12)
	if v := n * m / 12 * (n + m + 1 - ties/((n+m)*(n+m-1))); v > 0 {
		tied = (u - n*m/2) / math.Sqrt(v)
	}
	return plain, tied, u
}

// OneSided is the probability that a standard normal z is at most z.
func OneSided(z float64) float64 { return math.Erfc(-z/math.Sqrt2) / 2 }
