package compare

import (
	"math"

	"repbench/eval"
)

// Table is the number of test rows by which of two classifiers is right.
type Table struct {
	Both    int `json:"both"`    // both are right
	OnlyA   int `json:"only_a"`  // only A is right
	OnlyB   int `json:"only_b"`  // only B is right
	Neither int `json:"neither"` // both are wrong
}

// N returns the number of rows.
func (t Table) N() int { return t.Both + t.OnlyA + t.OnlyB + t.Neither }

// Difference returns the accuracy of A minus the accuracy of B; 0 without rows.
func (t Table) Difference() float64 {
	if t.N() == 0 {
		return 0
	}
	return float64(t.OnlyA-t.OnlyB) / float64(t.N())
}

// tabulate counts the rows of two lists whose lengths match the labels.
func tabulate(a, b, truth []int32) (t Table) {
	for i, y := range truth {
		switch {
		case a[i] == y && b[i] == y:
			t.Both++
		case a[i] == y:
			t.OnlyA++
		case b[i] == y:
			t.OnlyB++
		default:
			t.Neither++
		}
	}
	return t
}

// Newcombe returns the 95 % interval of the difference of paired proportions, by method 10 of
// R. G. Newcombe, "Improved confidence intervals for the difference between binomial
// proportions based on paired data", Statistics in Medicine 17, 1998. It combines Wilson's
// intervals of both accuracies with their correlation φ. Without rows it is [-1, 1].
func Newcombe(t Table) eval.Interval {
	n := t.N()
	if n == 0 {
		return eval.Interval{-1, 1}
	}
	a, b := t.Both+t.OnlyA, t.Both+t.OnlyB
	wa, wb := eval.Wilson(a, n), eval.Wilson(b, n)
	pa, pb := float64(a)/float64(n), float64(b)/float64(n)
	phi, d := t.phi(), t.Difference()
	root := func(x, y float64) float64 { return math.Sqrt(max(0, x*x-2*phi*x*y+y*y)) }
	return eval.Interval{
		max(-1, d-root(pa-wa[0], wb[1]-pb)),
		min(1, d+root(wa[1]-pa, pb-wb[0])),
	}
}

// phi returns the correlation between A and B being right. A positive numerator is reduced by
// n/2 (the continuity correction of method 10). phi is 0 where the correlation is undefined.
func (t Table) phi() float64 {
	e, f, g, h := float64(t.Both), float64(t.OnlyA), float64(t.OnlyB), float64(t.Neither)
	product := (e + f) * (g + h) * (e + g) * (f + h)
	if product == 0 {
		return 0
	}
	numerator := e*h - f*g
	if numerator > 0 {
		numerator = max(0, numerator-float64(t.N())/2)
	}
	return numerator / math.Sqrt(product)
}
