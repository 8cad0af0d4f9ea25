package quality

import (
	"context"
	"fmt"
	"math"

	"repbench/eval/quality/kid"
	"repbench/eval/quality/metric"
	"repbench/internal/errkind"
)

// kid computes the kernel inception distance.
func (r *runner) kid(ctx context.Context, s sets, h metric.Halves) (*outcome, error) {
	k := kid.Options{Estimator: r.settings.Estimator, Halves: h}
	program, n := r.settings.Convention.of(metric.NameKID), min(s.real.N, s.gen.N)
	switch {
	case s.given && r.settings.Given.KIDReal != nil:
		k.RealRows, k.GeneratedRows = r.settings.Given.KIDReal, r.settings.Given.KIDGenerated
		program = ""
	default:
		if err := r.checkSubsets(s); err != nil {
			return nil, err
		}
		k.Subsets, k.SubsetRows = kidSubsets(program, n)
	}
	v, err := kid.KID(ctx, s.real, s.gen, k, r.options)
	if err != nil {
		return nil, err
	}
	out := single(metric.NameKID, v.Value, kidText(k, program))
	if len(v.Halves) > 0 {
		out.Halves = map[string][]float64{metric.NameKID: v.Halves}
	}
	if len(v.Subsets) > 0 {
		out.addPart(metric.NameKID, "subset_sd", v.SubsetSD())
	}
	if len(v.Subsets) > 1 {
		out.addPart(metric.NameKID, "subset_standard_error", v.SubsetSE())
	}
	out.Warnings = kidWarnings(v, s.real.N, s.gen.N)
	return out, nil
}

// checkKID refuses sets that are too small for the convention's subsets.
func (r *runner) checkKID() error {
	if r.settings.Given.KIDReal != nil {
		return nil
	}
	return r.checkSubsets(r.inputs.whole())
}

// checkSubsets refuses sets that have fewer rows than a subset of the convention.
func (r *runner) checkSubsets(s sets) error {
	c := r.settings.Convention
	n := min(s.real.N, s.gen.N)
	program := c.of(metric.NameKID)
	if _, rows := kidSubsets(program, n); rows <= n {
		return nil
	}
	subsets, rows := kidSubsets(cleanFID, n)
	return errkind.Errorf(metric.ErrRows, "kid: %s takes subsets of 1000 rows; real has %d, generated %d: give --convention %s for all rows, or --convention %s for %d subsets of %d rows",
		program, s.real.N, s.gen.N, c.with(metric.NameKID, ownDefault), c.with(metric.NameKID, cleanFID), subsets, rows)
}

// kidText says which estimate it is.
func kidText(k kid.Options, program string) string {
	kernel := fmt.Sprintf("kernel (x·y/d+1)³, %v", k.Estimator)
	switch {
	case k.RealRows != nil:
		return fmt.Sprintf("%d given subsets, %s", len(k.RealRows), kernel)
	case k.Subsets > 0:
		return fmt.Sprintf("%s%d random subsets of %d rows, %s", by(program), k.Subsets, k.SubsetRows, kernel)
	}
	return fmt.Sprintf("%sall rows, %s", by(program), kernel)
}

// kidWarnings say where single rows, or copies, make the value.
func kidWarnings(v kid.Value, real, gen int) []string {
	var out []string
	// In a set of four rows each takes part in half of the pairs.
	if h := v.Heaviest; h.Share > 0.5 && min(real, gen) > 4 {
		out = append(out, fmt.Sprintf("one row carries more than half of the kernel sum: row %d of the %s set takes part in %.0f %% of it; look for outliers, the kernel is cubic", h.Row, h.Set, 100*h.Share))
	}
	if v.Copies > 0.1*float64(gen) && significant(v) {
		out = append(out, fmt.Sprintf("strongly negative, a sign of copies: as low as about %.0f generated rows that equal real rows make it", math.Min(v.Copies, float64(gen))))
	}
	return out
}

// significant reports whether the value is below 0 by more than the halves leave to chance.
func significant(v kid.Value) bool {
	return len(v.Halves) < 2 || v.Value < -1.96*metric.Spread(v.Halves)
}
