package quality

import (
	"repbench/eval/quality/kid"
	"repbench/eval/quality/metric"
	"repbench/eval/quality/nearest"
)

// Default numbers of halves: with more columns the halves of some metrics take long, so
// none are drawn unless a number is given.
const (
	// DefaultHalves is the number of halves up to HalvesColumns columns.
	DefaultHalves = 30
	// HalvesColumns is the largest number of columns with halves by default.
	HalvesColumns = 2048
	// AutoHalves stands for the default number.
	AutoHalves = -1
)

// Settings say what a run computes.
type Settings struct {
	// Metrics are names of numbers, see ParseNames.
	Metrics []string
	// Convention says whose settings the metrics take.
	Convention Conventions
	// Halves is the number of random halves behind each standard deviation, from 0 to
	// MaxHalves; AutoHalves: the default.
	Halves int
	// K, Self and Closed change the balls of the convention of precision and recall; 0 and
	// nil leave them.
	K            int
	Self, Closed *bool
	// Estimator is the estimator of KID.
	Estimator kid.Estimator
	// RankMeEpsilon replaces what is added to each share of RankMe; nil: the ε of the
	// convention. Centred takes the mean row out before.
	RankMeEpsilon *float64
	Centred       bool
	// Given are random choices made elsewhere.
	Given Given
	// Realism receives the realism scores of the generated rows where precision and recall
	// are computed; nil: nobody does.
	Realism func(scores []float64) error `json:"-"`
	// Journal keeps what is finished; nil: nothing is kept.
	Journal Journal `json:"-"`
}

// Journal keeps finished parts of a run, so that a run that was interrupted goes on.
type Journal interface {
	// Get reads the part of a name into v and reports whether it was there.
	Get(name string, v any) bool
	// Put keeps a part.
	Put(name string, v any) error
}

// noJournal keeps nothing.
type noJournal struct{}

func (noJournal) Get(string, any) bool  { return false }
func (noJournal) Put(string, any) error { return nil }

// prdc are the settings of precision and recall.
func (s Settings) prdc() nearest.PRDCOptions {
	p := prdcOptions(s.Convention.of(metric.NamePRDC))
	if s.K != 0 {
		p.K = s.K
	}
	if s.Self != nil {
		p.Self = *s.Self
	}
	if s.Closed != nil {
		p.Closed = *s.Closed
	}
	return p
}
