package fld

import (
	"cmp"
	"context"
	"fmt"
	"math"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/dense"
	"repbench/internal/errkind"
)

const (
	// fldGenerated is the largest number of generated rows that are used.
	fldGenerated = 10000
	// fldBatch is the number of training rows of a step of the fit.
	fldBatch = 10000
)

// Options say how the baseline of FLD is made.
type Options struct {
	// Permutation is an order of all training rows: the first half takes the place of the
	// generated rows in the baseline, and is fitted to the rest; nil: drawn by the seed.
	Permutation []int32

	// batch and most replace fldBatch and fldGenerated in tests; 0: they stay.
	batch, most int
}

// batchRows is the number of training rows of a step.
func (f Options) batchRows() int { return cmp.Or(f.batch, fldBatch) }

// generatedRows is the largest number of generated rows.
func (f Options) generatedRows() int { return cmp.Or(f.most, fldGenerated) }

// Value is the feature likelihood divergence, in nats per 100 columns.
type Value struct {
	// Value is 100·(NLLTest − NLLBase): 0 for a generator as good as the training set.
	Value float64
	// Train is 100·(NLLTrain − NLLBase).
	Train float64
	// Gap is 100·(NLLTrain − NLLTest): below 0 where the generated rows are nearer to the
	// training rows than to the test rows, as copies are.
	Gap float64
	// NLLTest and NLLTrain are the mean negative log-likelihoods of a test and a training row
	// under the mixture of the generated rows, divided by the number of columns.
	NLLTest, NLLTrain float64
	// NLLBase is the mean negative log-likelihood of a test row under the mixture of half the training rows.
	NLLBase float64
	// BaselineRows is the number of training rows of the baseline's mixture.
	BaselineRows int
	// Steps and BaselineSteps are the numbers of passes of the fits, at most 50.
	Steps, BaselineSteps int
	// Scores has an element for each generated row used: the largest log-likelihood of a
	// training row under its Gaussian alone, divided by the number of columns. Large ones
	// are copies.
	Scores []float64
	// Warnings say what was left out, and where copies make the likelihood unbounded.
	Warnings []string
}

// FLD returns the feature likelihood divergence of gen (Jiralerspong et al., Feature Likelihood
// Divergence, NeurIPS 2023): an isotropic Gaussian stands on each generated row, its variance
// fitted to the training rows, and the test rows are scored by that mixture, less the same of
// half the training rows in the place of the generated ones. Columns are scaled by the mean and
// the standard deviation (n−1) of the test rows.
//
// The fit is deterministic for up to 10,000 training rows; of more it takes batches of 10,000
// in an order drawn by the seed. Of more than 10,000 generated rows it draws as many. It keeps
// the generated rows and their squared distances to the training rows in float64.
func FLD(ctx context.Context, train, test, gen matrix.View, f Options, o metric.Options) (Value, error) {
	if err := o.Validate(); err != nil {
		return Value{}, err
	}
	o = o.WithDefaults()
	if err := f.check(train, test, gen); err != nil {
		return Value{}, err
	}
	var v Value
	if most := f.generatedRows(); gen.N > most {
		v.Warnings = append(v.Warnings, fmt.Sprintf("%d of %d generated rows, drawn at random, are used", most, gen.N))
		gen = gen.Subset(metric.DrawRows(metric.Random(o.Seed, metric.StreamFLD, 0), gen.N, most))
	}
	if err := checkFLDMemory(train, gen, o); err != nil {
		return Value{}, err
	}
	s, err := standardise(train, test, gen, o)
	if err != nil {
		return Value{}, err
	}
	order := f.Permutation
	if order == nil {
		order = metric.DrawRows(metric.Random(o.Seed, metric.StreamFLD, 1), train.N, train.N)
	}
	err = v.compute(ctx, s, order, f.batchRows(), o)
	return v, err
}

// compute fits both mixtures and scores the sets.
func (v *Value) compute(ctx context.Context, s scaledSets, order []int32, batch int, o metric.Options) error {
	m, err := fitMixture(ctx, s.gen.all(o.Threads), s.train, batch, o)
	if err != nil {
		return err
	}
	v.Steps = m.passes
	v.NLLTest = m.negativeLogLikelihood(s.test, o)
	v.NLLTrain = m.negativeLogLikelihood(s.train, o)
	v.Scores = m.scores(s.train, o)
	v.BaselineRows = min(s.gen.x.N, s.train.x.N/2)
	half, rest := s.train.subset(order[:v.BaselineRows]), s.train.subset(order[v.BaselineRows:])
	base, err := fitMixture(ctx, half.all(o.Threads), rest, batch, o)
	if err != nil {
		return err
	}
	v.BaselineSteps = base.passes
	v.Warnings = append(v.Warnings, copyWarnings(m, base)...)
	v.NLLBase = base.negativeLogLikelihood(s.test, o)
	v.Value = 100 * (v.NLLTest - v.NLLBase)
	v.Train = 100 * (v.NLLTrain - v.NLLBase)
	v.Gap = 100 * (v.NLLTrain - v.NLLTest)
	if math.IsNaN(v.Value) || math.IsInf(v.Value, 0) {
		return fmt.Errorf("%s: the likelihood is not finite: a column of the test set varies by much less than in the other sets", metric.NameFLD)
	}
	return nil
}

// copyWarnings say where a fit has no best variances: the likelihood of a Gaussian on a copy of a
// row that it is fitted to grows without bound as its variance falls. In the baseline, whose copies
// only take their Gaussians out, they are named from a tenth of the rows on: fewer change the value
// by less than 100·log(1/0.9)/d.
func copyWarnings(m, base *mixture) []string {
	var out []string
	if n := m.copies; n > 0 {
		out = append(out, fmt.Sprintf("the generated rows contain copies of real rows (%d of %d): the likelihood is unbounded there, the variances of their Gaussians fall as long as the fit runs, "+
			"so that fld-gap, and of many copies fld too, say how long it ran and not how good the generated rows are; leave the copies out", n, m.mu.Rows))
	}
	if n := base.copies; 10*n > base.mu.Rows {
		out = append(out, fmt.Sprintf("the real rows contain duplicates: %d of %d rows of the baseline equal another real row, the likelihood of the baseline is unbounded there, and fld is too low; "+
			"give real rows without duplicates", n, base.mu.Rows))
	}
	return out
}

// check refuses sets that do not fit together.
func (f Options) check(train, test, gen matrix.View) error {
	if err := metric.CheckPair(metric.NameFLD, train, gen); err != nil {
		return err
	}
	if err := metric.CheckSet(metric.NameFLD, metric.TestSet, test); err != nil {
		return err
	}
	switch {
	case test.D != train.D:
		return errkind.Errorf(matrix.ErrShape, "%s: rows of the %s set have %d features, rows of the %s set %d", metric.NameFLD, metric.TestSet, test.D, metric.RealSet, train.D)
	case test.N < 2 || train.N < 2:
		return errkind.Errorf(metric.ErrRows, "%s: needs at least 2 real and 2 test rows; there are %d and %d", metric.NameFLD, train.N, test.N)
	case f.Permutation == nil:
		return nil
	case len(f.Permutation) != train.N:
		return errkind.Errorf(metric.ErrOptions, "%s: the permutation has %d rows, the %s set %d", metric.NameFLD, len(f.Permutation), metric.RealSet, train.N)
	}
	seen := make([]bool, train.N)
	for _, r := range f.Permutation {
		if r < 0 || int(r) >= train.N || seen[r] {
			return errkind.Errorf(metric.ErrOptions, "%s: the permutation names row %d of %d twice, or it is not there", metric.NameFLD, r, train.N)
		}
		seen[r] = true
	}
	return nil
}

// checkFLDMemory refuses sets whose distances do not fit into MaxMemory.
func checkFLDMemory(train, gen matrix.View, o metric.Options) error {
	need := dense.Bytes(gen.N+fldChunk, train.D) + dense.Bytes(train.N+fldChunk, gen.N)
	if need > o.MaxMemory {
		return errkind.Errorf(metric.ErrOptions, "%s: needs %.4g MB for the distances of %d real and %d generated rows, more than the %.4g MB allowed; allow more memory, or give fewer real rows",
			metric.NameFLD, float64(need)/1e6, train.N, gen.N, float64(o.MaxMemory)/1e6)
	}
	return nil
}
