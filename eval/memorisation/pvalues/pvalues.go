package pvalues

import (
	"slices"
	"sort"
)

// PValues returns for each score the share of the null that is at least as suspicious,
//
//	p(s) = (1 + #{null ≤ s}) / (n + 1),  n = len(null),
//
// a valid p-value (Pr[p ≤ α] ≤ α) wherever the scores and the n of the null are exchangeable.
// The smallest possible one is 1/(n+1). Without a null all are 1.
func PValues(null, scores []float64) []float64 {
	sorted := slices.Sorted(slices.Values(null))
	p := make([]float64, len(scores))
	for i, s := range scores {
		atMost := sort.Search(len(sorted), func(j int) bool { return sorted[j] > s })
		p[i] = float64(1+atMost) / float64(len(sorted)+1)
	}
	return p
}

// CombineTwo returns the p-values of two tests of the same images taken together after
// Bonferroni, p = min(1, 2p₁, 2p₂), valid however the two depend on each other.
func CombineTwo(first, second []float64) []float64 {
	p := make([]float64, len(first))
	for i := range p {
		p[i] = min(1, 2*first[i], 2*second[i])
	}
	return p
}

// Flagged is the number of p-values of at most alpha.
func Flagged(p []float64, alpha float64) int {
	n := 0
	for _, v := range p {
		if v <= alpha {
			n++
		}
	}
	return n
}
