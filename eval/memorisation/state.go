package memorisation

import (
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/plant"
	"repbench/eval/memorisation/pvalues"
)

// run is a run under way.
type run struct {
	in Inputs
	o  Options
	// null and negative are the rows of Inputs.HeldOut that each is made of; negative is nil
	// where Inputs.Negative is given.
	null, negative []int32
	planted        *plant.Planted // nil: none
	first          *detector      // the test of the run's metric
	second         *detector      // the test in the features of Inputs.With; nil: none
}

// detectors are the tests of the run.
func (r *run) detectors() []*detector {
	if r.second == nil {
		return []*detector{r.first}
	}
	return []*detector{r.first, r.second}
}

// pValues are the p-values of a part: of the one test, or of both tests together.
func (r *run) pValues(of func(d *detector) nearest.Scored) []float64 {
	p := r.first.pValues(of(r.first))
	if r.second == nil {
		return p
	}
	return pvalues.CombineTwo(p, r.second.pValues(of(r.second)))
}

// copyLevel is the level of p at which the copy rate and the controls count: CopyAlpha, or the smallest p-value
// that the null allows where that is larger. No image could be counted below it, and a rate of 0
// would stand beside any number of copies.
func (r *run) copyLevel() float64 {
	tests := float64(len(r.detectors()))
	return max(pvalues.CopyAlpha, min(1, tests/float64(r.first.null.Len()+1)))
}
