package results

import (
	"errors"
	"fmt"
	"math"
	"slices"

	"repbench/eval/nnc"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
	"repbench/reports/record"
)

// nncKind is the classification of test images by their nearest generated image.
func nncKind() kind {
	return kindOf(func(r *nnc.Result) View { return nncView{r} })
}

// KindNNC is the kind of classifications by the nearest generated image.
const KindNNC = nnc.Kind

// NNCOf is the classification that a record holds, an empty one where it holds none.
func NNCOf(r record.Record) *nnc.Result {
	if v, err := record.Decode[nnc.Result](r); err == nil {
		return v
	}
	return &nnc.Result{}
}

// nncView shows such a classification.
type nncView struct{ r *nnc.Result }

// Limits of what is read of a classification.
const (
	maxPoints     = 64
	maxNNCClasses = 1000
)

func (v nncView) check() error {
	r := v.r
	err := atLeast1("test", r.Test)
	if n := len(r.Results); n < 1 || n > maxPoints || len(r.Real) > maxPoints || len(r.Classes) > maxNNCClasses {
		return errors.Join(err, fmt.Errorf("results has %d entries, real %d, classes %d; 1 to %d, at most %d and at most %d can be reported", n, len(r.Real), len(r.Classes), maxPoints, maxPoints, maxNNCClasses))
	}
	for i, p := range r.Results {
		err = errors.Join(err, prefix(fmt.Sprintf("results[%d]: ", i), checkPoint(p, r.Test)))
	}
	for i, p := range r.Real {
		err = errors.Join(err, prefix(fmt.Sprintf("real[%d]: ", i), checkPoint(p.Point, r.Test)))
	}
	if !(r.EpochsOfD >= 0 && r.EpochsOfD < 1e9) {
		err = errors.Join(err, fmt.Errorf("epochs_of_d is %v; it must be 0 to 10^9", r.EpochsOfD))
	}
	return err
}

func checkPoint(p nnc.Point, test int) error {
	err := errors.Join(fraction("error", p.Error), interval("ci95", p.CI95))
	if p.N < 1 || p.N > math.MaxInt32*1000 || p.Errors < 0 || p.Errors > test || !(p.NND >= 0 && p.NND < 1e9) {
		err = errors.Join(err, fmt.Errorf("n is %d, errors %d of %d, nnd %v", p.N, p.Errors, test, p.NND))
	}
	return err
}

func (v nncView) Outcome(record.Record) Outcome {
	o := unknown(KindNNC)
	o.Protocol, o.Name, o.ReportedOn = "nearest sample", "nearest sample", v.r.Split
	o.Warnings, o.FitSeconds, o.PeakBytes, o.NTest = slices.Clone(v.r.Warnings), v.r.Seconds, v.r.PeakRSSBytes, v.r.Test
	return o
}

// last is the point of the most samples.
func (v nncView) last() nnc.Point {
	var out nnc.Point
	for _, p := range v.r.Results {
		if p.N > out.N {
			out = p
		}
	}
	return out
}

func (v nncView) Headline(Outcome) page.Tiles {
	p := v.last()
	out := page.Tiles{
		{Label: "Test error", Value: format.Percent(p.Error), Detail: "95 %: " + format.Interval95(p.CI95[0], p.CI95[1]) + " %"},
		{Label: "Labelled samples", Value: format.Count(int(p.N)), Detail: fmt.Sprintf("mean distance %.4f", p.NND)},
	}
	if len(v.r.Real) > 0 {
		r := v.r.Real[0]
		out = append(out, page.Tile{Label: "Real images instead", Value: format.Percent(r.Error), Detail: format.Count(int(r.N)) + " training images"})
	}
	return append(out, page.Tile{Label: "Test images", Value: format.Count(v.r.Test)})
}

func (v nncView) Sentence(record.Record, Outcome) string {
	p := v.last()
	text := fmt.Sprintf("Each of %s test images got the class of its nearest among %s labelled samples; this is the wrong one for %s of them.",
		format.Count(v.r.Test), format.Count(int(p.N)), format.Percent(p.Error))
	if len(v.r.Real) > 0 {
		text += fmt.Sprintf(" The nearest of %s real training images is wrong for %s.", format.Count(int(v.r.Real[0].N)), format.Percent(v.r.Real[0].Error))
	}
	return text
}

func (v nncView) Facts(add func(key, value string)) {
	r := v.r
	if r.Checkpoint != "" {
		add("Checkpoint", format.Text(r.Checkpoint, 40))
	}
	if r.Steps > 0 {
		add("Updates of the generator and the discriminator", format.Count(int(r.Steps)))
	}
	if r.EpochsOfD > 0 {
		add("Epochs of the discriminator", fmt.Sprintf("%.2f", r.EpochsOfD))
	}
	if r.Bytes {
		add("Pixels", "compared as bytes")
	} else {
		add("Pixels", "compared as floats, exactly")
	}
}
