package quality

import (
	"context"
	"fmt"

	"repbench/eval/quality/frechet"
	"repbench/eval/quality/metric"
)

// fdInfinity computes the Fréchet distance at infinitely many rows. Its standard deviation
// is the standard error of the line's intercept.
func (r *runner) fdInfinity(ctx context.Context, s sets, _ metric.Halves) (*outcome, error) {
	var f frechet.FDInfinityOptions
	program := r.settings.Convention.of(metric.NameFDInfinity)
	if program == mchong6 {
		f.Convention = frechet.FDInfinityMchong6
	}
	rows := fmt.Sprintf("random rows, seed %d", r.options.Seed)
	if s.given && r.settings.Given.FDInfinityRows != nil {
		f.Rows, rows, program = r.settings.Given.FDInfinityRows, "given rows", ""
	}
	v, err := frechet.FDInfinity(ctx, s.real, s.gen, f, r.options)
	if err != nil {
		return nil, err
	}
	sizes := len(v.Sizes)
	out := single(metric.NameFDInfinity, v.Value, fmt.Sprintf("%sintercept over 1/N of %d sizes from %d to %d, %s; the interval is that of the intercept", by(program), sizes, v.Sizes[0], v.Sizes[sizes-1], rows))
	out.Warnings = v.Warnings
	out.SD = map[string]float64{metric.NameFDInfinity: v.StandardError}
	out.addPart(metric.NameFDInfinity, "slope", v.Slope)
	return out, nil
}
