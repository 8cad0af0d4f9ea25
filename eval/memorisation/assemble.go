package memorisation

import (
	"context"
	"errors"
	"slices"

	"repbench/eval"
)

// result is what follows from the searches.
func (r *run) result(ctx context.Context) (*Result, error) {
	d := r.first
	p := r.pValues(func(d *detector) Scored { return d.generatedScores })
	chosen := BenjaminiHochberg(p, r.o.FDR)
	out := &Result{
		Metric: d.space.metric.String(), Score: r.o.Score, TrainRows: r.in.Train.Len(), Generated: r.in.Generated.Len(),
		GeneratedName: r.in.Generated.Name, FDR: r.o.FDR, SmallestFindable: r.smallestFindable(),
		FlaggedAt1: float64(Flagged(p, 0.01)) / float64(len(p)), FlaggedAt5: float64(Flagged(p, 0.05)) / float64(len(p)),
		CopyRate: CopyRate(p, CopyAlpha), NEff: d.nearGenerated.near().NEff(), Warnings: []string{},
	}
	if r.in.Encoder != nil {
		out.Encoder = r.in.Encoder.Encoder
	}
	if r.in.With != nil {
		out.WithEncoder = r.in.With.Encoder
	}
	out.Images = r.flags(p)
	r.controls(out)
	if err := r.ownNull(ctx, out); err != nil {
		return nil, err
	}
	if err := r.statistics(ctx, out); err != nil {
		return nil, err
	}
	out.Null = r.describeNull()
	r.conclude(out, chosen)
	out.Examples = r.examples(out)
	out.Warnings = append(out.Warnings, r.warnings(out)...)
	return out, nil
}

// pValues are the p-values of a part: those of the one test, or both tests' together.
func (r *run) pValues(of func(d *detector) Scored) []float64 {
	p := r.first.pValues(of(r.first))
	if r.second == nil {
		return p
	}
	return CombineTwo(p, r.second.pValues(of(r.second)))
}

// smallestFindable is the smallest number of images that could be selected; two tests together
// have p-values as one with a null of half the size.
func (r *run) smallestFindable() int {
	null := r.first.null.len()
	if r.second != nil {
		null = (null+1)/2 - 1
	}
	return SmallestFindable(null, r.in.Generated.Len(), r.o.FDR)
}

// controls are the planted copies and the false alarms.
func (r *run) controls(out *Result) {
	negative := r.pValues(func(d *detector) Scored { return d.negativeScores })
	if n := len(negative); n > 0 {
		flagged := Flagged(negative, CopyAlpha)
		ci := eval.Wilson(flagged, n)
		out.FalseAlarms = &FalseAlarms{Nominal: CopyAlpha, Measured: float64(flagged) / float64(n), Lo: ci[0], Hi: ci[1], N: n}
	}
	if r.planted == nil || r.planted.PerKind == 0 {
		return
	}
	planted, honest := r.pValues(func(d *detector) Scored { return d.plantedScores }), negative
	low, other := r.first.plantedScores.Values, r.first.negativeScores.Values
	if len(honest) == 0 {
		honest = r.pValues(func(d *detector) Scored { return d.nullScores })
		other = r.first.nullScores.Values
	}
	if r.second != nil {
		low, other = planted, honest
	}
	out.Controls = map[string]Control{}
	n := r.planted.PerKind
	var seen [][]float64
	for k, kind := range CopyKinds() {
		of := planted[k*n : (k+1)*n]
		detected := Flagged(of, CopyAlpha)
		c := Control{AUC: AUC(low[k*n:(k+1)*n], other), Detected: float64(detected) / float64(n), DetectedCI95: eval.Wilson(detected, n), N: n}
		sources := 0
		for i := k * n; i < (k+1)*n; i++ {
			if r.foundSource(i) {
				sources++
			}
		}
		c.SourceFound = float64(sources) / float64(n)
		out.Controls[string(kind)] = c
		if c.Detected >= SeesAt {
			seen = append(seen, of)
		}
	}
	alpha, power := BoundLevel(r.first.null.len(), out.Generated, seen...)
	bound := UpperBound(Flagged(r.pValues(func(d *detector) Scored { return d.generatedScores }), alpha), out.Generated, power)
	out.UpperBound95 = &bound
}

// foundSource reports whether the training image found for a planted copy is its source, or
// has the same pixels.
func (r *run) foundSource(i int) bool {
	row := r.decisive(i, func(d *detector) Scored { return d.plantedScores }).nearPlanted.of(i)[0].Row
	source := r.planted.Sources[i]
	return row == source || slices.Equal(r.in.Train.Images.At(int(row)), r.in.Train.Images.At(int(source)))
}

// decisive is the test with the smaller p-value for image i of a part, of equal ones the first.
func (r *run) decisive(i int, of func(d *detector) Scored) *detector {
	if r.second == nil {
		return r.first
	}
	p := func(d *detector) float64 { return PValues(d.nullScores.Values, of(d).Values[i:i+1])[0] }
	if p(r.second) < p(r.first) {
		return r.second
	}
	return r.first
}

// ownNull adds the comparison with the generator's own null; of two tests their p-values are
// taken together, and the larger number of selected images in each fold.
func (r *run) ownNull(ctx context.Context, out *Result) error {
	own, inFolds, heldOut, err := r.first.ownNull(ctx, r.o.FDR)
	if err != nil || own == nil {
		return err
	}
	if r.second != nil {
		other, _, _, err := r.second.ownNull(ctx, r.o.FDR)
		if err != nil {
			return err
		}
		own.P = CombineTwo(own.P, other.P)
		for i, n := range other.Selected {
			own.Selected[i] = max(own.Selected[i], n)
		}
	}
	out.OwnNull = own
	out.Histogram = r.histogram(slices.Concat(inFolds...), heldOut)
	return nil
}

// statistics adds the numbers of the literature.
func (r *run) statistics(ctx context.Context, out *Result) (err error) {
	d := r.first
	generated, null := d.nearGenerated.near(), d.nearNull.near()
	if out.ThreeSample, err = CompareThreeSamples(generated, null); err != nil {
		return err
	}
	out.ZU = out.ThreeSample.ZU
	if generated.K > 1 {
		ratios := func(n Near) float64 {
			s, _ := Scores(Ratio, n, TrainNear{})
			return BelowThird(s.Values)
		}
		out.YoonShare = &Beside{Generated: ratios(generated), HeldOut: ratios(null)}
	}
	if err := r.authentic(ctx, out); err != nil {
		return err
	}
	if r.in.Logits != nil {
		l, err := r.in.Logits(ctx)
		if err != nil {
			return err
		}
		gap, err := DiscriminatorGap(l.Train, l.HeldOut)
		if err != nil {
			return err
		}
		out.DiscriminatorGap = &gap
	}
	return errors.Join(r.targetDecoy(out), r.nnd(ctx, out), r.ct(ctx, out))
}

// targetDecoy adds the competition of training and held-out images.
func (r *run) targetDecoy(out *Result) error {
	d := r.first
	if d.folds.size == 0 {
		return nil
	}
	score := Ratio
	if r.o.Score == Distance {
		score = Distance
	}
	t, err := Decoys{
		Train: d.nearGenerated.near(), HeldOut: d.folds.nearHeldOut.near(), TrainRows: r.in.Train.Len(), HeldOutRows: d.folds.size,
	}.Compete(score, r.o.FDR)
	out.TargetDecoy = &t
	return err
}
