package quality

import (
	"context"
	"fmt"

	"repbench/eval/quality/metric"
	"repbench/features/matrix"
	"repbench/internal/equalrows"
)

// Inputs are the sets of a run.
type Inputs struct {
	// Real are the features of real rows, by default the rows that a generator was trained on.
	Real matrix.View
	// Generated are the features of generated rows.
	Generated matrix.View
	// Test is a second real sample, which the generator has not seen; no rows: there is none.
	Test matrix.View
	// Logits are the logits of a classifier for generated rows, one column for each class; no
	// rows: there are none.
	Logits matrix.View
	// TestLogits are the logits of the classifier for held-out real rows, TestLabels the classes
	// of these rows; no rows: there are none.
	TestLogits matrix.View
	TestLabels []int32
}

// Given are random choices that were made elsewhere. They serve for the value of a metric,
// not for its halves and its floor.
type Given struct {
	// KIDReal and KIDGenerated are the rows of subsets for KID, one list for each subset.
	KIDReal, KIDGenerated [][]int32
	// FDInfinityRows are generated rows for FD-infinity, one list for each size.
	FDInfinityRows [][]int32
	// Directions are unit vectors for the sliced distances; they serve for all values.
	Directions [][]float64
	// FLDPermutation is an order of the real rows for the baseline of FLD.
	FLDPermutation []int32
}

// check refuses sets that do not fit together, and values that are not finite.
func (in Inputs) check(o metric.Options) error {
	sets := []struct {
		name string
		x    matrix.View
	}{{metric.RealSet, in.Real}, {metric.GeneratedSet, in.Generated}, {metric.TestSet, in.Test}}
	for _, s := range sets {
		if s.x.N == 0 {
			continue
		}
		if err := metric.CheckSet(Kind, s.name, s.x); err != nil {
			return err
		}
		if in.Real.N > 0 && s.x.D != in.Real.D {
			return fmt.Errorf("rows of the real set have %d features, rows of the %s set %d: use one encoder for all: %w", in.Real.D, s.name, s.x.D, matrix.ErrShape)
		}
		if err := metric.CheckFinite(s.name, s.x, o.Threads); err != nil {
			return err
		}
	}
	return nil
}

// sets are what one value of a metric is computed on.
type sets struct {
	real, gen, test matrix.View
	// logits are the logits of gen.
	logits matrix.View
	// given says that what Given holds counts: the sets are the whole sets.
	given bool
}

// sharedRows warns of test rows that equal real rows: they make floors too low, as copies
// make the values of a generator.
func (in Inputs) sharedRows(ctx context.Context) ([]string, error) {
	warnings := []string{}
	if in.Real.N == 0 || in.Test.N == 0 {
		return warnings, nil
	}
	r, err := equalrows.Compare(ctx, in.Real.Bytes(), in.Test.Bytes(), nil)
	if err == nil && r.Rows > 0 {
		warnings = append(warnings, fmt.Sprintf("%d of %d rows of the test set equal a row of the real set (the first: row %d equals row %d): floors are too low", r.Rows, in.Test.N, r.B, r.A))
	}
	return warnings, err
}

// logitsAlone are the inputs of a run that needs no features.
func (in Inputs) logitsAlone() Inputs {
	in.Real, in.Generated, in.Test = matrix.View{}, in.Logits, in.TestLogits
	return in
}

// whole are the sets of the value itself.
func (in Inputs) whole() sets {
	return sets{real: in.Real, gen: in.Generated, test: in.Test, logits: in.Logits, given: true}
}

// half are the sets of half s. The logits are the logits of its generated rows, or a half of
// their own where they are of other rows.
func (in Inputs) half(h metric.Halves, s int, seed uint64) sets {
	real, gen := h.Pair(s, in.Real, in.Generated)
	of := h.Generated
	if in.Logits.N != in.Generated.N {
		of = make([]uint64, in.Logits.N)
		metric.DrawHalf(of, s, metric.Random(seed, metric.StreamLogits, uint64(s)))
	}
	return sets{real: real, gen: gen, test: in.Test, logits: in.Logits.Subset(metric.RowsOf(of, s))}
}

// floor are two real samples in the places of the real and the generated set: the real set
// and the test set, or two halves of the real set where there is no test set. The second
// has at most as many rows as the generated set.
func (in Inputs) floor(seed uint64) sets {
	rng := metric.Random(seed, metric.StreamFloor, 0)
	f := sets{real: in.Real, gen: in.Test, test: in.Test, logits: in.TestLogits}
	if in.Test.N == 0 {
		order := metric.DrawRows(rng, in.Real.N, in.Real.N)
		f.real, f.gen = in.Real.Subset(order[:in.Real.N/2]), in.Real.Subset(order[in.Real.N/2:])
	}
	if f.gen.N > in.Generated.N {
		f.gen = f.gen.Subset(metric.DrawRows(rng, f.gen.N, in.Generated.N))
	}
	return f
}
