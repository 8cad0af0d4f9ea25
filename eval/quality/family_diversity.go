package quality

import (
	"context"
	"fmt"

	"repbench/eval/quality/diversity"
	"repbench/eval/quality/fld"
	"repbench/eval/quality/metric"
	"repbench/internal/errkind"
)

// vendi computes the Vendi scores of the generated rows.
func (r *runner) vendi(ctx context.Context, s sets, _ metric.Halves) (*outcome, error) {
	kernel, text := diversity.VendiCosine, "cosine kernel"
	program := r.settings.Convention.of(metric.NameVendi)
	if program == dgmEval {
		kernel, text = diversity.VendiCubic, "dgm-eval: kernel (x·y/d+1)³ of rows of norm 1, which can fall below 1; dgm-eval prints its mean over classes"
	}
	v, err := diversity.Vendi(ctx, s.gen, kernel, r.options)
	if err != nil {
		return nil, err
	}
	return &outcome{Values: map[string]float64{metric.NameVendi: v.Q1, metric.NameVendiQ2: v.Q2, metric.NameVendiQInf: v.QInf}, Convention: text, Warnings: v.Warnings}, nil
}

// rankme computes the effective rank of the generated rows.
func (r *runner) rankme(ctx context.Context, s sets, _ metric.Halves) (*outcome, error) {
	program := r.settings.Convention.of(metric.NameRankMe)
	o := diversity.RankMeOptions{Epsilon: diversity.RankMeEpsilon, Centred: r.settings.Centred}
	if program == stablePretraining {
		o.Epsilon = diversity.RankMeStable
	}
	if e := r.settings.RankMeEpsilon; e != nil {
		o.Epsilon = *e
	}
	v, err := diversity.RankMe(ctx, s.gen, o, r.options)
	if err != nil {
		return nil, err
	}
	rows := "rows not centred"
	if o.Centred {
		rows = "rows centred"
	}
	return single(metric.NameRankMe, v, fmt.Sprintf("%sp = σ/Σσ + %g, %s", by(program), o.Epsilon, rows)), nil
}

// fld computes the feature likelihood divergence and its gap.
func (r *runner) fld(ctx context.Context, s sets, _ metric.Halves) (*outcome, error) {
	f, order := fld.Options{}, fmt.Sprintf("a random half of the real rows, seed %d", r.options.Seed)
	if s.given && r.settings.Given.FLDPermutation != nil {
		f.Permutation, order = r.settings.Given.FLDPermutation, "a given half of the real rows"
	}
	v, err := fld.FLD(ctx, s.real, s.test, s.gen, f, r.options)
	if err != nil {
		return nil, err
	}
	out := &outcome{Values: map[string]float64{metric.NameFLD: v.Value, metric.NameFLDGap: v.Gap}, Warnings: v.Warnings,
		Convention: fmt.Sprintf("%s100·(NLL of test rows − that of a baseline of %d rows, %s)/d; gap: 100·(NLL of real − of test rows)/d, negative where generated rows are nearer to real rows", by(r.settings.Convention.of(metric.NameFLD)), v.BaselineRows, order)}
	out.addPart(metric.NameFLD, "fld_train", v.Train)
	out.addPart(metric.NameFLD, "nll_test", v.NLLTest)
	out.addPart(metric.NameFLD, "nll_train", v.NLLTrain)
	out.addPart(metric.NameFLD, "nll_base", v.NLLBase)
	return out, nil
}

// checkFLD refuses inputs without test rows.
func (r *runner) checkFLD() error {
	if r.inputs.Test.N == 0 {
		return errkind.Errorf(metric.ErrOptions, "fld: needs a test set: real rows that the generator has not seen")
	}
	return nil
}

// fldFloor takes half the test set for generated rows, and the other half for test rows.
func (r *runner) fldFloor() (sets, error) {
	test := r.inputs.Test
	order := metric.DrawRows(metric.Random(r.options.Seed, metric.StreamFloor, 2), test.N, test.N)
	gen, rest := order[:test.N/2], order[test.N/2:]
	gen = gen[:min(len(gen), r.inputs.Generated.N)]
	return sets{real: r.inputs.Real, gen: test.Subset(gen), test: test.Subset(rest)}, nil
}
