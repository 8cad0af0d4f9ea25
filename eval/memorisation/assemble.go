package memorisation

import (
	"context"
	"errors"
	"slices"

	"repbench/eval/memorisation/nearest"
	"repbench/eval/memorisation/pvalues"
	"repbench/eval/memorisation/ranks"
	"repbench/eval/memorisation/threesample"
)

// result is what follows from the searches.
func (r *run) result(ctx context.Context) (*Result, error) {
	d := r.first
	p := r.pValues(func(d *detector) nearest.Scored { return d.generatedScores })
	chosen := pvalues.BenjaminiHochberg(p, r.o.FDR)
	out := &Result{
		Metric: d.Space.Metric.String(), Score: r.o.Score, TrainRows: r.in.Train.Len(), Generated: r.in.Generated.Len(),
		GeneratedName: r.in.Generated.Name, FDR: r.o.FDR, SmallestFindable: r.smallestFindable(),
		FlaggedAt1: float64(pvalues.Flagged(p, 0.01)) / float64(len(p)), FlaggedAt5: float64(pvalues.Flagged(p, 0.05)) / float64(len(p)),
		CopyRate: pvalues.CopyRate(p, r.copyLevel()), NEff: d.nearGenerated.Near().NEff(), Warnings: []string{},
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

// smallestFindable is the smallest number of images that could be selected; two tests together
// have p-values as one with a null of half the size.
func (r *run) smallestFindable() int {
	null := r.first.null.Len()
	if r.second != nil {
		null = (null+1)/2 - 1
	}
	return pvalues.SmallestFindable(null, r.in.Generated.Len(), r.o.FDR)
}

// ownNull adds the comparison with the generator's own null; of two tests their p-values in
// each fold are taken together.
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
		own.WithSecond(other, r.o.FDR)
	}
	out.OwnNull = own
	out.Histogram = r.histogram(slices.Concat(inFolds...), heldOut)
	return nil
}

// statistics adds the numbers of the literature.
func (r *run) statistics(ctx context.Context, out *Result) (err error) {
	d := r.first
	generated, null := d.nearGenerated.Near(), d.nearNull.Near()
	if out.ThreeSample, err = threesample.CompareThreeSamples(generated, null); err != nil {
		return err
	}
	out.ZU = out.ThreeSample.ZU
	if generated.K > 1 {
		ratios := func(n nearest.Near) float64 {
			s, _ := nearest.Scores(nearest.Ratio, n, nearest.TrainNear{})
			return nearest.BelowThird(s.Values)
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
		gap, err := ranks.DiscriminatorGap(l.Train, l.HeldOut)
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
	score := nearest.Ratio
	if r.o.Score == nearest.Distance {
		score = nearest.Distance
	}
	t, err := nearest.Decoys{
		Train: d.nearGenerated.Near(), HeldOut: d.folds.nearHeldOut.Near(), TrainRows: r.in.Train.Len(), HeldOutRows: d.folds.size,
	}.Compete(score, r.o.FDR)
	out.TargetDecoy = &t
	return err
}
