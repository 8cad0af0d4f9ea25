package gate

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/stat/distuv"

	"repbench/internal/measure"
)

// spreadLevel is the level of the warning that the head's trainings spread more.
const spreadLevel = 0.01

// ready reports whether the cell can be judged at a look; cells without seeds are, at the first.
func (t *trial) ready(look int, first bool) bool {
	if t.Kind != Seeded {
		return first
	}
	return t.head.count() >= look
}

// test sets the p-values from what there is at a look.
func (t *trial) test(look int, r Rule) {
	switch t.Kind {
	case Identical:
		t.P, t.PMargin = 1, 0
	case Fixed:
		t.testFixed()
	case Seeded:
		t.Look = look
		t.estimate(look)
		t.P = best(t.estimates, func(e drop) float64 { return e.above(0) })
		t.PMargin = best(t.estimates, func(e drop) float64 { return e.below(t.Margin) })
		t.collapse()
	}
}

// estimate fills the head's sample with its k lowest seeds, and the estimates of the drop.
func (t *trial) estimate(k int) {
	t.Head = t.head.first(k)
	b, h := t.oriented(t.base.Values), t.oriented(t.Head.Values)
	at := map[uint64]float64{}
	for i, s := range t.base.Seeds {
		at[s] = b[i]
	}
	var drops []float64
	for i, s := range t.Head.Seeds {
		if v, ok := at[s]; ok {
			drops = append(drops, v-h[i])
		}
	}
	t.estimates = nil
	if e, ok := pooled(b, h); ok {
		t.estimates = append(t.estimates, e)
		if p, ok := paired(drops); ok {
			t.estimates = append(t.estimates, p)
		}
	}
	t.setDrop()
	for _, e := range t.estimates {
		if e.pairs && e.se < t.estimates[0].se {
			t.Drop, t.Pairs = t.clean(e.d), len(drops)
		}
	}
}

// setDrop is the drop between the means.
func (t *trial) setDrop() {
	if len(t.Cell.Base.Values) == 0 || len(t.Head.Values) == 0 {
		return
	}
	t.Pairs = 0
	d := t.clean(t.Cell.Base.Mean - t.Head.Mean)
	if t.Drop = d; t.Better == measure.Lower {
		t.Drop = 0 - d
	}
}

// clean makes 0 of what is left of equal means after rounding.
func (t *trial) clean(d float64) float64 {
	if math.Abs(d) < 1e-12*math.Abs(t.Cell.Base.Mean) {
		return 0
	}
	return d
}

// collapse takes trainings without a finite result into account: they are left out of means and make
// the head worse by themselves where the base has none; where both have some, their shares are compared
// by Fisher's test.
func (t *trial) collapse() {
	h, b := len(t.Head.Collapsed), len(t.base.Collapsed)
	if h == 0 {
		return
	}
	what := fmt.Sprintf("%s collapsed in the head (seeds %s), %d of %d in the base",
		count(h, "training"), seedList(t.Head.Collapsed), b, t.base.count())
	if b == 0 {
		t.P, t.worse = 0, what
		return
	}
	p := fisher(b, t.base.count(), h, t.Head.count())
	if p < t.P {
		t.worse = what
	}
	t.P = min(1, 2*min(t.P, p))
	t.Cell.Warnings = append(t.Cell.Warnings, what+"; collapsed seeds are left out of the means")
}

// testFixed compares without randomness. Without predictions the drop itself decides.
func (t *trial) testFixed() {
	t.setDrop()
	d := t.Discordant
	if d == nil {
		t.P, t.PMargin = 1, 0
		if t.beyond(t.Tolerance) {
			t.P, t.PMargin = 0, 1
		}
		return
	}
	t.P = midP(len(d.Lost), len(d.Won))
	t.PMargin = distuv.UnitNormal.CDF(score(len(d.Lost), len(d.Won), d.Images, min(1, t.Margin/t.scale)))
}

// rounding is far below any tolerance and above the error of a difference of two numbers in points.
const rounding = 1e-9

// beyond reports whether the drop is above a value; ten images of 10,000 are not beyond 0.1 points.
func (t *trial) beyond(value float64) bool { return t.Drop > value+rounding }

// passLevel is the level at which a drop of the margin must be excluded. The data of cells without
// seeds never grow, so they are looked at once.
func (t *trial) passLevel(r Rule) float64 {
	if t.Kind == Fixed {
		return r.Alpha
	}
	return r.level()
}

// decide gives the verdict at a look, if there is one.
func (t *trial) decide(level float64, r Rule) {
	t.Level = level
	switch {
	case t.P <= level && (t.worse != "" || t.beyond(t.Tolerance)):
		t.Verdict = Regressed
	case t.PMargin <= t.passLevel(r), t.Kind == Fixed && !t.beyond(t.Tolerance):
		t.Verdict = Pass
	default:
		return
	}
	t.open = false
}

// finish adds bounds, advice, warnings and the sentence.
func (t *trial) finish(r Rule) {
	if t.Verdict == Failed || t.Verdict == Ungated {
		return
	}
	if t.open {
		t.Verdict = Open
	}
	if t.Kind == Seeded && t.Look == 0 { // no look was reached: shown, not judged
		t.estimate(t.head.count())
		t.Level = r.level()
	}
	if t.Kind == Identical {
		t.setDrop()
	}
	t.bound(r)
	if t.open && t.Kind == Seeded {
		t.Advised = advise(len(t.base.Values), len(t.Head.Values), t.estimates, r.level(), t.Margin)
		if t.Target = target(r.Looks, t.Look, t.Advised); t.Look == 0 {
			t.Target = r.Looks[0]
		}
		t.More = max(0, t.Target-t.head.count())
	}
	t.warn()
	t.Reason = t.reason(r)
}

// bound sets Lower and Upper.
func (t *trial) bound(r Rule) {
	set := func(lower, upper float64) { t.Lower, t.Upper = &lower, &upper }
	switch {
	case t.Kind == Seeded && len(t.estimates) > 0:
		set(bounds(t.estimates, t.Level, r.level()))
	case t.Kind == Fixed && t.Discordant != nil:
		lost, won := len(t.Discordant.Lost), len(t.Discordant.Won)
		set(t.scale*tango(lost, won, t.Discordant.Images, t.Level, -1), t.scale*tango(lost, won, t.Discordant.Images, t.passLevel(r), 1))
	case t.Kind != Seeded:
		set(t.Drop, t.Drop)
	}
}

// warn adds doubts about the samples.
func (t *trial) warn() {
	if t.Kind != Seeded {
		return
	}
	if p := spreadP(t.base.Values, t.Head.Values); p <= spreadLevel {
		t.Warnings = append(t.Warnings, fmt.Sprintf("the head's seeds spread more than the base's: standard deviation %s against %s (F-test, p = %.2g)",
			t.Number(t.Head.SD), t.Number(t.base.SD), p))
	}
}
