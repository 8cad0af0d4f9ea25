package gate

import (
	"math"
	"sort"

	"gonum.org/v1/gonum/stat/distuv"
)

const (
	// advicePower is the chance that a cell is decided with the advised number of seeds.
	advicePower = 0.9
	// adviceMost is the largest number of seeds that is advised.
	adviceMost = 1000
)

// advise is how many head seeds decide a cell in 9 of 10 cases: the smallest k with
//
//	(t₁₋α + t₀.₉)·s·√(1/kb+1/k) ≤ margin
//
// The standard deviation s and the number of base seeds kb come from the estimates of the last look; kb is
// infinite for pairs. The result is adviceMost where no smaller number of seeds is enough.
func advise(base, head int, estimates []drop, alpha, margin float64) int {
	most := adviceMost
	for _, e := range estimates {
		kb, used := float64(base), float64(head)
		if e.pairs {
			kb, used = math.Inf(1), e.df+1
		}
		s := e.se / math.Sqrt(1/kb+1/used)
		// The left side falls with k.
		k := 2 + sort.Search(most-2, func(i int) bool {
			k := float64(i + 2)
			df := float64(base) + k - 2
			if e.pairs {
				df = k - 1
			}
			t := distuv.StudentsT{Mu: 0, Sigma: 1, Nu: df}
			return (t.Quantile(1-alpha)+t.Quantile(advicePower))*s*math.Sqrt(1/kb+1/k) <= margin
		})
		most = min(most, k)
	}
	return most
}

// target is the look to go on to: the first after now that has the advised number of seeds, else the
// last one; 0 where no look is left.
func target(looks []int, now, advised int) int {
	best := 0
	for _, k := range looks {
		if k > now && (best == 0 || best < advised) {
			best = k
		}
	}
	return best
}
