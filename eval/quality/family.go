package quality

import (
	"context"
	"fmt"

	"repbench/eval/quality/frechet"
	"repbench/eval/quality/metric"
	"repbench/eval/quality/nearest"
	"repbench/eval/quality/sliced"
)

// family is a metric, or several that are computed at once.
type family struct {
	name  string
	names []string // of its numbers
	// inOne says that compute takes the halves in the same pass as the value. The halves of other
	// families are computed one by one.
	inOne bool
	// compute returns the numbers of the sets.
	compute func(r *runner, ctx context.Context, s sets, h metric.Halves) (*outcome, error)
	// floor returns the two real samples; nil: Inputs.floor.
	floor func(r *runner) (sets, error)
	// check refuses sets and settings before anything is computed; nil: compute does.
	check func(r *runner) error
}

// families are all metrics, in the order in which they are computed: the fast ones first.
var families = []family{
	{name: metric.NameClassifierScore, names: []string{metric.NameClassifierScore}, compute: (*runner).classifierScore, floor: (*runner).classifierFloor},
	{name: metric.NameSWApprox, names: []string{metric.NameSWApprox}, compute: (*runner).slicedApprox},
	{name: metric.NamePRDC, names: metric.PRDCNames, inOne: true, compute: (*runner).prdc, check: (*runner).checkPRDC},
	{name: metric.NameMIND, names: []string{metric.NameMIND, metric.NameSlicedW2}, inOne: true, compute: (*runner).sliced},
	{name: metric.NameTwoSampleNN, names: []string{metric.NameTwoSampleNN}, compute: (*runner).twoSample},
	{name: metric.NameKID, names: []string{metric.NameKID}, inOne: true, compute: (*runner).kid, check: (*runner).checkKID},
	{name: metric.NameFrechet, names: []string{metric.NameFrechet}, compute: (*runner).frechet},
	{name: metric.NameVendi, names: []string{metric.NameVendi, metric.NameVendiQ2, metric.NameVendiQInf}, compute: (*runner).vendi},
	{name: metric.NameRankMe, names: []string{metric.NameRankMe}, compute: (*runner).rankme},
	{name: metric.NameFLD, names: []string{metric.NameFLD, metric.NameFLDGap}, compute: (*runner).fld, floor: (*runner).fldFloor, check: (*runner).checkFLD},
	{name: metric.NameFDInfinity, names: []string{metric.NameFDInfinity}, compute: (*runner).fdInfinity},
}

// outcome is what a family computes. It is what a journal keeps.
type outcome struct {
	// Values are the numbers by name, Halves the same numbers of the halves.
	Values map[string]float64   `json:"values"`
	Halves map[string][]float64 `json:"halves,omitempty"`
	// SD are standard deviations that the metric itself has, instead of deviations over halves.
	SD map[string]float64 `json:"sd,omitempty"`
	// Parts, Warnings and Convention are as in Number.
	Parts      map[string]map[string]float64 `json:"parts,omitempty"`
	Warnings   []string                      `json:"warnings,omitempty"`
	Convention string                        `json:"convention"`
	// Seconds is the time that the family took.
	Seconds float64 `json:"seconds"`
}

// single is the outcome of a family of one number.
func single(name string, value float64, convention string) *outcome {
	return &outcome{Values: map[string]float64{name: value}, Convention: convention}
}

// addPart adds a further number.
func (o *outcome) addPart(name, part string, value float64) {
	if o.Parts == nil {
		o.Parts = map[string]map[string]float64{}
	}
	if o.Parts[name] == nil {
		o.Parts[name] = map[string]float64{}
	}
	o.Parts[name][part] = value
}

// prdc computes precision, recall, density, coverage and the F-score.
func (r *runner) prdc(ctx context.Context, s sets, h metric.Halves) (*outcome, error) {
	p := r.settings.prdc()
	p.Halves = h
	v, err := nearest.PrecisionRecall(ctx, s.real, s.gen, p, r.options)
	if err != nil {
		return nil, err
	}
	out := &outcome{Values: prdcNumbers(v.PRDC), Halves: map[string][]float64{}, Convention: ballsText(p, r.settings.Convention.of(metric.NamePRDC))}
	for _, half := range v.Halves {
		for name, value := range prdcNumbers(half) {
			out.Halves[name] = append(out.Halves[name], value)
		}
	}
	if n := v.ZeroRadii(); n > 0 {
		out.Warnings = append(out.Warnings, fmt.Sprintf("radius 0: %d rows are duplicates", n))
	}
	if s.given && r.settings.Realism != nil {
		scores, err := nearest.Realism(ctx, s.real, s.gen, v.RealRadii, r.options)
		if err != nil {
			return nil, err
		}
		return out, r.settings.Realism(scores)
	}
	return out, nil
}

// checkPRDC refuses sets that are too small.
func (r *runner) checkPRDC() error {
	return r.settings.prdc().Check(r.inputs.Real, r.inputs.Generated, r.options)
}

// prdcNumbers are the values by name.
func prdcNumbers(v nearest.PRDC) map[string]float64 {
	return map[string]float64{metric.NamePrecision: v.Precision, metric.NameRecall: v.Recall, metric.NameDensity: v.Density, metric.NameCoverage: v.Coverage, metric.NameFScore: v.FScore}
}

// ballsText says how the balls are made.
func ballsText(p nearest.PRDCOptions, program string) string {
	without, compare := "without the row itself", "distance < radius"
	if p.Self {
		without = "the row itself counted"
	}
	if p.Closed {
		compare = "distance ≤ radius"
	}
	return fmt.Sprintf("%sk = %d, %s, %s", by(program), p.K, without, compare)
}

// by begins a convention with the program that it is of.
func by(program string) string {
	if program == "" {
		return ""
	}
	return program + ": "
}

// sliced computes the sliced distances.
func (r *runner) sliced(ctx context.Context, s sets, h metric.Halves) (*outcome, error) {
	v, err := sliced.Distances(ctx, s.real, s.gen, sliced.Options{Directions: r.settings.Given.Directions, Halves: h}, r.options)
	if err != nil {
		return nil, err
	}
	out := &outcome{Values: map[string]float64{metric.NameMIND: v.MIND, metric.NameSlicedW2: v.W2}, Halves: map[string][]float64{}}
	for _, w2 := range v.Halves {
		out.Halves[metric.NameSlicedW2] = append(out.Halves[metric.NameSlicedW2], w2)
		out.Halves[metric.NameMIND] = append(out.Halves[metric.NameMIND], 3*float64(s.real.D)*w2)
	}
	from := fmt.Sprintf("random directions, seed %d", r.options.Seed)
	if r.settings.Given.Directions != nil {
		from = "given directions"
	}
	out.Convention = fmt.Sprintf("%s%d %s", by(r.settings.Convention.of(metric.NameMIND)), v.Directions, from)
	out.firstRows(s, v.Rows)
	return out, nil
}

// firstRows warns where only the first rows of a set took part.
func (o *outcome) firstRows(s sets, rows int) {
	if s.real.N != s.gen.N {
		o.Warnings = append(o.Warnings, fmt.Sprintf("the sets have %d and %d rows: the first %d of each take part, so shuffle rows that are in order", s.real.N, s.gen.N, rows))
	}
}

// slicedApprox computes the closed form that approximates the sliced distance.
func (r *runner) slicedApprox(ctx context.Context, s sets, _ metric.Halves) (*outcome, error) {
	v, err := sliced.Approx(ctx, s.real, s.gen, r.options)
	return single(metric.NameSWApprox, v, by(r.settings.Convention.of(metric.NameSWApprox))+"closed form, root"), err
}

// twoSample computes the accuracy of the nearest-neighbour test.
func (r *runner) twoSample(ctx context.Context, s sets, _ metric.Halves) (*outcome, error) {
	v, err := nearest.TwoSample(ctx, s.real, s.gen, r.options)
	if err != nil {
		return nil, err
	}
	out := single(metric.NameTwoSampleNN, v.Value(), "mean of the two sets, each row left out once, of equal distances the real row")
	out.addPart(metric.NameTwoSampleNN, "real_accuracy", v.Real)
	out.addPart(metric.NameTwoSampleNN, "generated_accuracy", v.Generated)
	out.firstRows(s, v.Rows)
	return out, nil
}

// frechet computes the Fréchet distance.
func (r *runner) frechet(ctx context.Context, s sets, _ metric.Halves) (*outcome, error) {
	v, err := frechet.Distance(ctx, s.real, s.gen, r.options)
	if err != nil {
		return nil, err
	}
	out := single(metric.NameFrechet, v.Value, by(r.settings.Convention.of(metric.NameFrechet))+"covariances over n-1; falls as rows grow in number, see fd-infinity")
	out.Warnings = v.Warnings
	out.addPart(metric.NameFrechet, "mean_term", v.MeanTerm)
	out.addPart(metric.NameFrechet, "covariance_term", v.CovarianceTerm)
	if s.real.N != s.gen.N {
		out.Warnings = append(out.Warnings, fmt.Sprintf("the sets have %d and %d rows: compare the distance only with distances of the same numbers of rows", s.real.N, s.gen.N))
	}
	return out, nil
}
