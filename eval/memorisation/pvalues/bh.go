package pvalues

import (
	"math"
	"slices"
	"sort"
)

// Selection is what the procedure of Benjamini and Hochberg selects.
type Selection struct {
	// Selected are the selected tests, by ascending p-value, equal ones by index.
	Selected []int
	// Threshold is the largest selected p-value; 0: nothing is selected.
	Threshold float64
}

// BenjaminiHochberg selects the tests whose p-values are among the k smallest, k the largest
// number with p₍ₖ₎ ≤ q·k/m: Y. Benjamini and Y. Hochberg, "Controlling the false discovery
// rate", JRSS B 57, 1995. The expected share of false ones among the selected is at most q
// for independent p-values, and for the positively dependent ones that a common null makes
// (S. Bates et al., "Testing for outliers with conformal p-values", Annals of Statistics 51,
// 2023, theorem 2).
func BenjaminiHochberg(p []float64, q float64) Selection {
	order := make([]int, len(p))
	for i := range order {
		order[i] = i
	}
	sort.SliceStable(order, func(i, j int) bool { return p[order[i]] < p[order[j]] })
	for k := len(p); k > 0; k-- {
		if v := p[order[k-1]]; v <= q*float64(k)/float64(len(p)) {
			return Selection{Selected: slices.Clip(order[:k]), Threshold: v}
		}
	}
	return Selection{}
}

// SmallestFindable is the smallest number of images that BenjaminiHochberg at q can select
// among generated ones with a null of n images: the smallest k with 1/(n+1) ≤ q·k/m, since no
// p-value is below 1/(n+1). It is above generated where nothing can be selected at all.
func SmallestFindable(null, generated int, q float64) int {
	if q <= 0 || generated <= 0 {
		return generated + 1
	}
	m, least := float64(generated), 1/float64(null+1)
	k := max(1, int(min(math.Ceil(m*least/q), m+1)))
	if k > 1 && least <= q*float64(k-1)/m { // the division above rounded up
		k--
	}
	if k <= generated && least > q*float64(k)/m {
		k++
	}
	return k
}
