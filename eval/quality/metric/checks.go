package metric

import (
	"fmt"
	"math"

	"repbench/features/matrix"
	"repbench/internal/dense"
	"repbench/internal/errkind"
	"repbench/internal/tasks"
)

// Names of the sets in messages.
const (
	// RealSet is the set of real rows.
	RealSet = "real"
	// GeneratedSet is the set of generated rows.
	GeneratedSet = "generated"
	// TestSet is the second set of real rows.
	TestSet = "test"
)

// CheckPair refuses sets that are empty, of different widths, or reach beyond their
// storage.
func CheckPair(metric string, real, gen matrix.View) error {
	for _, s := range []struct {
		name string
		x    matrix.View
	}{{RealSet, real}, {GeneratedSet, gen}} {
		if err := CheckSet(metric, s.name, s.x); err != nil {
			return err
		}
	}
	if real.D != gen.D {
		return fmt.Errorf("%s: rows of the %s set have %d features, rows of the %s set %d: %w", metric, RealSet, real.D, GeneratedSet, gen.D, matrix.ErrShape)
	}
	return nil
}

// CheckSet refuses a set that is empty or reaches beyond its storage.
func CheckSet(metric, name string, x matrix.View) error {
	if err := x.Validate(); err != nil {
		return fmt.Errorf("%s: the %s set: %w: %w", metric, name, err, matrix.ErrShape)
	}
	if x.N == 0 || x.D == 0 {
		return errkind.Errorf(ErrRows, "%s: the %s set has %d rows and %d columns", metric, name, x.N, x.D)
	}
	return nil
}

// CheckFinite returns an error that names the set, the row and the column of a value that
// is NaN or infinite, or nil. Of several it names the one in the lowest row.
func CheckFinite(name string, x matrix.View, threads int) error {
	const part = 64
	bad := make([]bool, x.N)
	tasks.Do(threads, (x.N+part-1)/part, func(_, p int) {
		buf := make([]float32, x.D)
		lo, hi := p*part, min(p*part+part, x.N)
		for i := lo; i < hi; i++ {
			var sum float32 // NaN as soon as one difference is
			for _, v := range x.Row(i, buf) {
				sum += v - v
			}
			bad[i] = sum != 0
		}
		x.GiveBack(lo, hi)
	})
	for i, b := range bad {
		if !b {
			continue
		}
		if j, v, found := x.NotFiniteIn(i); found {
			return fmt.Errorf("the %s set holds %v in row %d, column %d: %w", name, v, i, j, matrix.ErrNotFinite)
		}
	}
	return nil
}

// Finite refuses a value that is not, and names the feature that is not.
func Finite(metric string, value float64, real, gen matrix.View, o Options) error {
	if !math.IsNaN(value) && !math.IsInf(value, 0) {
		return nil
	}
	if err := CheckFinite(RealSet, real, o.Threads); err != nil {
		return fmt.Errorf("%s: %w", metric, err)
	}
	if err := CheckFinite(GeneratedSet, gen, o.Threads); err != nil {
		return fmt.Errorf("%s: %w", metric, err)
	}
	return fmt.Errorf("%s is %v: the features are too large to be squared; scale them: %w", metric, value, matrix.ErrNotFinite)
}

// CheckMatrices refuses work on count matrices of order×order float64, and other bytes, that
// does not fit into MaxMemory.
func CheckMatrices(metric string, count, order int, other int64, o Options) error {
	need := int64(count)*dense.Bytes(order, order) + other
	if need <= o.MaxMemory {
		return nil
	}
	return errkind.Errorf(ErrOptions, "%s: needs %.4g MB, for matrices of %d×%d in float64 (%d at a time), more than the %.4g MB allowed; allow more memory, or use fewer columns (pooled features, one layer)",
		metric, float64(need)/1e6, order, order, count, float64(o.MaxMemory)/1e6)
}
