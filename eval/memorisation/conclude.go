package memorisation

import (
	"fmt"
	"slices"
	"strings"

	"repbench/eval"
	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/plant"
	"repbench/eval/memorisation/pvalues"
)

// conclude adds the verdict and the images that it names.
func (r *run) conclude(out *Result, chosen pvalues.Selection) {
	e := Evidence{
		Generated: out.Generated, Null: out.Null.Rows, Selected: chosen.Selected, FDR: out.FDR, SmallestFindable: out.SmallestFindable,
		OwnNull: out.OwnNull, NEff: out.NEff, Distinct: r.first.nearGenerated.Near().Distinct(), Controls: out.Controls,
		CopyRate: out.CopyRate,
	}
	if len(chosen.Selected) > 0 || out.CopyRate.Lo > 0 {
		out.raiseBound()
	}
	if out.UpperBound95 != nil {
		e.UpperBound = *out.UpperBound95
	}
	out.Verdict = e.Conclude()
	out.Flagged = []Flag{}
	if out.Verdict.Finding != Copies {
		return
	}
	for _, i := range chosen.Selected {
		if out.Verdict.Null == HeldOutNull || e.confirms(i) {
			out.Flagged = append(out.Flagged, out.Images[i])
		}
	}
	slices.SortStableFunc(out.Flagged, moreSuspicious)
}

// raiseBound raises the upper bound to the upper end of the copy rate. The bound counts images as
// near as planted copies. Where more images than chance explains are nearer than held-out ones, the
// rate counts them, too, and a bound below it would contradict it.
func (r *Result) raiseBound() {
	if hi := r.CopyRate.Hi; r.UpperBound95 != nil && *r.UpperBound95 < hi {
		r.UpperBound95 = &hi
	}
}

// Outside reports whether the nominal rate contradicts the measured one: it lies outside Wilson's
// interval of the measured rate, widened for the chance in the null. All n images are judged by
// one null of m images, so that at the level α the share flagged has the variance of a
// beta-binomial share,
//
//	α(1−α)·(m+1+n)/(n(m+2)),
//
// that of n(m+2)/(m+1+n) independent images. A null of 50 at its smallest p-value flags more than
// 3 % in one run of five, and less than 1 % in two.
func (f FalseAlarms) Outside() bool {
	if f.NullRows == 0 || f.N == 0 {
		return f.Nominal < f.Lo || f.Nominal > f.Hi
	}
	n, m := float64(f.N), float64(f.NullRows)
	ci := eval.WilsonShare(f.Measured, n*(m+2)/(m+1+n))
	return f.Nominal < ci[0] || f.Nominal > ci[1]
}

// warnings say what limits the result.
func (r *run) warnings(out *Result) []string {
	var w []string
	add := func(format string, args ...any) { w = append(w, fmt.Sprintf(format, args...)) }
	w = append(w, out.Verdict.Warnings...)
	d := r.first
	name := func(row int32) string { return r.in.Train.ID(int(row)) }
	for _, s := range []nearest.Scored{d.generatedScores, d.nullScores} {
		if text := s.Warning(r.o.Score, name); text != "" {
			w = append(w, text)
		}
	}
	if out.Controls == nil {
		add("no copies were planted, so nothing shows which kinds of copies this setting can see")
	}
	for _, kind := range plant.CopyKinds() {
		if c, ok := out.Controls[string(kind)]; ok && c.Detected < SeesAt {
			add("this setting cannot see %s: of %d training images %s, %.0f %% were detected", kind, c.N, kind.Words(), 100*c.Detected)
		}
	}
	if f := out.FalseAlarms; f != nil && f.Outside() {
		add("of %d held-out images that are not in the null %.2g %% have p ≤ %.2g [%.2g, %.2g]: the p-values are not what they should be",
			f.N, 100*f.Measured, f.Nominal, 100*f.Lo, 100*f.Hi)
	}
	if k := out.SmallestFindable; k > 1 {
		add("with a null of %d images, fewer than %d copies among %d images cannot be selected at the false discovery rate %g; a null of %d could select one",
			out.Null.Rows, k, out.Generated, out.FDR, r.nullForOne())
	}
	if alpha := r.copyLevel(); alpha > pvalues.CopyAlpha {
		add("with a null of %d images no p-value is below %.2g: the copy rate, the controls and the false alarms count p-values up to that, not up to %g: the null is too small for it (at least %.0f images)", out.Null.Rows, alpha, pvalues.CopyAlpha, float64(len(r.detectors()))/pvalues.CopyAlpha-1)
	}
	if n := len(out.Null.NearDuplicates); n > 0 {
		add("%d of %d images of the null have a near duplicate among the training images (%s): they make the smallest p-values larger",
			n, out.Null.Rows, strings.Join(r.nullNames(out.Null.NearDuplicates), ", "))
	}
	if !out.ThreeSample.Valid {
		add("Z_U and C_T are not valid here: %s", out.ThreeSample.Why)
	}
	if r.planted != nil && r.planted.PerKind < r.o.Control {
		add("%d copies of each kind were planted, as there are only so many training images", r.planted.PerKind)
	}
	return append(w, r.constant()...)
}

// nullForOne is the number of images of a null with which one copy could be selected.
func (r *run) nullForOne() int {
	tests := len(r.detectors())
	n := float64(tests*r.in.Generated.Len()) / r.o.FDR
	return int(n)
}

// namesShown is the number of near duplicates that a warning names.
const namesShown = 3

// nullNames names the first of some images of the null.
func (r *run) nullNames(pairs []Pair) []string {
	var names []string
	for i, p := range pairs {
		if i == namesShown {
			return append(names, "…")
		}
		names = append(names, r.in.HeldOut.ID(p.Image)+" and "+r.in.Train.ID(int(p.Train)))
	}
	return names
}
