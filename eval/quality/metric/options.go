package metric

import (
	"errors"
	"runtime"

	"repbench/internal/errkind"
	"repbench/internal/progress"
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

// WithDefaults replaces zero values by what they stand for.
func (o Options) WithDefaults() Options {
	if o.Threads <= 0 {
		o.Threads = runtime.GOMAXPROCS(0)
	}
	if o.MaxMemory <= 0 {
		o.MaxMemory = DefaultMemory
	}
	o.Progress = progress.Or(o.Progress)
	return o
}
