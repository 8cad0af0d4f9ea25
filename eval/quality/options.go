package quality

import (
	"errors"
	"fmt"
	"runtime"

	"repbench/features/matrix"
	"repbench/internal/errkind"
	"repbench/internal/progress"
	"repbench/internal/tasks"
)

// Errors that a caller may want to tell apart; they come wrapped in one that names the
// metric and the set.
var (
	// ErrOptions: settings that are wrong or do not fit together.
	ErrOptions = errors.New("wrong settings")
	// ErrRows: a set has too few rows for a metric.
	ErrRows = errors.New("too few rows")
)

// DefaultMemory is the memory that a metric takes beside its inputs where Options do not
// say: 1 GiB.
const DefaultMemory = 1 << 30

// Options say how a metric is computed. Threads and MaxMemory change nothing in the value.
type Options struct {
	// Threads is the number of goroutines; 0: all processors that Go may use.
	Threads int
	// MaxMemory bounds, in bytes, what a metric keeps beside its inputs; 0: DefaultMemory.
	// A metric that needs more at least says so in its error.
	MaxMemory int64
	// Progress is told how far the work is; nil: nobody is.
	Progress progress.Reporter
	// Seed draws what is random: halves, subsets, directions, permutations.
	Seed uint64
}

// Validate says what is wrong with the options, or nil.
func (o Options) Validate() error {
	switch {
	case o.Threads < 0:
		return errkind.Errorf(ErrOptions, "Threads = %d: negative", o.Threads)
	case o.MaxMemory < 0:
		return errkind.Errorf(ErrOptions, "MaxMemory = %d: negative", o.MaxMemory)
	}
	return nil
}

// withDefaults replaces zero values by what they stand for.
func (o Options) withDefaults() Options {
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.MaxMemory <= 0 {
		o.MaxMemory = DefaultMemory
	}
	o.Progress = progress.Or(o.Progress)
	return o
}

// Names of the sets in messages.
const (
	realSet      = "real"
	generatedSet = "generated"
	testSet      = "test"
)

// checkPair refuses sets that are empty, of different widths, or reach beyond their
// storage.
func checkPair(metric string, real, gen matrix.View) error {
	for _, s := range []struct {
		name string
		x    matrix.View
	}{{realSet, real}, {generatedSet, gen}} {
		if err := checkSet(metric, s.name, s.x); err != nil {
			return err
		}
	}
	if real.D != gen.D {
		return fmt.Errorf("%s: rows of the %s set have %d features, rows of the %s set %d: %w", metric, realSet, real.D, generatedSet, gen.D, matrix.ErrShape)
	}
	return nil
}

// checkSet refuses a set that is empty or reaches beyond its storage.
func checkSet(metric, name string, x matrix.View) error {
	if err := x.Validate(); err != nil {
		return fmt.Errorf("%s: the %s set: %w: %w", metric, name, err, matrix.ErrShape)
	}
	if x.N == 0 || x.D == 0 {
		return errkind.Errorf(ErrRows, "%s: the %s set has %d rows and %d columns", metric, name, x.N, x.D)
	}
	return nil
}

// checkFinite returns an error that names the set, the row and the column of a value that
// is NaN or infinite, or nil. Of several it names that of the lowest row.
func checkFinite(name string, x matrix.View, threads int) error {
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
