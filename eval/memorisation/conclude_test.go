package memorisation

import (
	"testing"

	"repbench/eval/memorisation/pvalues"
)

// A raised bound is never below the upper end of the rate.
func TestRaiseBound(t *testing.T) {
	for _, c := range []struct{ bound, hi, want float64 }{{0.007, 0.068, 0.068}, {0.1, 0.068, 0.1}} {
		r := Result{CopyRate: pvalues.Rate{Estimate: 0.05, Lo: 0.04, Hi: c.hi}, UpperBound95: &c.bound}
		if r.raiseBound(); *r.UpperBound95 != c.want {
			t.Errorf("a bound of %g and a rate up to %g give %g, want %g", c.bound, c.hi, *r.UpperBound95, c.want)
		}
	}
	r := Result{CopyRate: pvalues.Rate{Hi: 0.5}}
	if r.raiseBound(); r.UpperBound95 != nil {
		t.Error("the rate became a bound without controls")
	}
}
