package memorisation

import (
	"slices"

	"repbench/eval"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/plant"
	"repbench/eval/memorisation/pvalues"
	"repbench/eval/memorisation/ranks"
)

// controls adds what the planted copies and the negative controls show.
func (r *run) controls(out *Result) {
	negative := r.pValues(func(d *detector) nearest.Scored { return d.negativeScores })
	level := r.copyLevel()
	if level > pvalues.CopyAlpha {
		out.ControlLevel = level
	}
	if n := len(negative); n > 0 {
		flagged := pvalues.Flagged(negative, level)
		ci := eval.Wilson(flagged, n)
		out.FalseAlarms = &FalseAlarms{Nominal: level, Measured: float64(flagged) / float64(n), Lo: ci[0], Hi: ci[1], N: n, NullRows: len(r.null)}
	}
	if r.planted == nil || r.planted.PerKind == 0 {
		return
	}
	planted := r.pValues(func(d *detector) nearest.Scored { return d.plantedScores })
	low, other := r.copiesAndOthers(planted, negative)
	out.Controls = map[string]Control{}
	var seen [][]float64
	n := r.planted.PerKind
	for k, kind := range plant.CopyKinds() {
		lo, hi := k*n, (k+1)*n
		c := r.control(lo, hi, planted)
		c.AUC = ranks.AUC(low[lo:hi], other)
		out.Controls[string(kind)] = c
		if c.Detected >= SeesAt {
			seen = append(seen, planted[lo:hi])
		}
	}
	alpha, power := pvalues.BoundLevel(r.first.null.Len(), out.Generated, seen...)
	bound := pvalues.UpperBound(pvalues.Flagged(r.pValues(func(d *detector) nearest.Scored { return d.generatedScores }), alpha), out.Generated, power)
	out.UpperBound95 = &bound
}

// copiesAndOthers are what AUCs compare: scores of planted copies and of negative controls or,
// where there are none, of the null; of two tests p-values.
func (r *run) copiesAndOthers(planted, negative []float64) (copies, others []float64) {
	of := func(d *detector) nearest.Scored { return d.negativeScores }
	if len(negative) == 0 {
		of = func(d *detector) nearest.Scored { return d.nullScores }
	}
	if r.second != nil {
		return planted, r.pValues(of)
	}
	return r.first.plantedScores.Values, of(r.first).Values
}

// control says how many of the planted copies from lo to hi are detected, and with their sources.
func (r *run) control(lo, hi int, planted []float64) Control {
	detected, sources, n := pvalues.Flagged(planted[lo:hi], r.copyLevel()), 0, hi-lo
	for i := lo; i < hi; i++ {
		if r.foundSource(i) {
			sources++
		}
	}
	return Control{Detected: float64(detected) / float64(n), DetectedCI95: eval.Wilson(detected, n), SourceFound: float64(sources) / float64(n), N: n}
}

// foundSource reports whether the training image found for a planted copy is its source, or
// has the same pixels.
func (r *run) foundSource(i int) bool {
	row := r.decisive(i, func(d *detector) nearest.Scored { return d.plantedScores }).nearPlanted.Of(i)[0].Row
	source := r.planted.Sources[i]
	return row == source || slices.Equal(r.in.Train.Images.At(int(row)), r.in.Train.Images.At(int(source)))
}

// decisive is the test with the smaller p-value for image i of a part, of equal ones the first.
func (r *run) decisive(i int, of func(d *detector) nearest.Scored) *detector {
	if r.second == nil {
		return r.first
	}
	p := func(d *detector) float64 { return pvalues.PValues(d.nullScores.Values, of(d).Values[i:i+1])[0] }
	if p(r.second) < p(r.first) {
		return r.second
	}
	return r.first
}
