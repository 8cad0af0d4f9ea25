package knn

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"repbench/eval/neighbours"
)

// Votes says how much the vote of a neighbour counts.
type Votes int

// The votes of a neighbour of similarity s.
const (
	// Uniform: each counts 1.
	Uniform Votes = iota
	// Exponential: exp(s/T).
	Exponential
	// Inverse: 1/(d+ε), d the Euclidean distance; for the metric Euclidean only.
	Inverse
)

var votesNames = []string{"uniform", "exp", "inverse"}

// String returns the name that ParseVotes takes.
func (v Votes) String() string {
	if v < 0 || int(v) >= len(votesNames) {
		return fmt.Sprintf("%d", int(v))
	}
	return votesNames[v]
}

// ParseVotes returns the Votes of a name: uniform, exp or inverse.
func ParseVotes(name string) (Votes, error) {
	i := slices.Index(votesNames, name)
	if i < 0 {
		return 0, fmt.Errorf("votes %q: choose %s", name, strings.Join(votesNames, ", "))
	}
	return Votes(i), nil
}

// Defaults of a Rule.
const (
	DefaultTemperature = 0.07
	DefaultEpsilon     = 1e-5
)

// Rule is a convention: which rows are neighbours and how they vote. The zero
// value is the class of the nearest row by cosine.
type Rule struct {
	// K lists the numbers of neighbours to choose from; empty: 1. With one there
	// is nothing to choose.
	K []int
	// Metric says which rows are near, and how near.
	Metric neighbours.Metric
	// Votes is the weight of a neighbour.
	Votes Votes
	// Temperature is T of Exponential; 0: 0.07.
	Temperature float64
	// Epsilon is ε of Inverse; 0: 1e-5.
	Epsilon float64

	// preset is where the rule came from.
	preset string
}

func (r Rule) withDefaults() Rule {
	if len(r.K) == 0 {
		r.K = []int{1}
	}
	r.K = slices.Clone(r.K)
	slices.Sort(r.K)
	r.K = slices.Compact(r.K)
	if r.Temperature == 0 {
		r.Temperature = DefaultTemperature
	}
	if r.Epsilon == 0 {
		r.Epsilon = DefaultEpsilon
	}
	return r
}

// Validate says what is wrong with the rule, or nil.
func (r Rule) Validate() error { return r.withDefaults().validate() }

// validate is Validate for a rule with its defaults set.
func (r Rule) validate() error {
	if err := r.Metric.Validate(); err != nil {
		return err
	}
	switch {
	case r.Votes < Uniform || r.Votes > Inverse:
		return fmt.Errorf("votes %d: choose uniform, exp or inverse", r.Votes)
	case r.K[0] < 1:
		return fmt.Errorf("k = %d: must be at least 1", r.K[0])
	case !positive(r.Temperature):
		return fmt.Errorf("temperature %v: must be positive", r.Temperature)
	case !positive(r.Epsilon):
		return fmt.Errorf("epsilon %v: must be positive", r.Epsilon)
	case r.Votes == Inverse && r.Metric.Kind != neighbours.Euclidean:
		return fmt.Errorf("inverse votes need a distance: the metric is %s, not euclidean", r.Metric.Kind)
	}
	return nil
}

func positive(v float64) bool { return v > 0 && !math.IsInf(v, 1) }

// weight returns the vote of a neighbour of similarity s where the nearest has
// the similarity first. Exponential votes are divided by that of the nearest:
// the same classes win, and nothing overflows.
func (r Rule) weight(s, first float64) float64 {
	switch r.Votes {
	case Exponential:
		return math.Exp((s - first) / r.Temperature)
	case Inverse:
		return 1 / (r.Epsilon - s)
	}
	return 1
}

// Convention returns the rule in words, with k neighbours.
func (r Rule) Convention(k int) string {
	r = r.withDefaults()
	var b strings.Builder
	if r.preset != "" && r.Name() == "" {
		fmt.Fprintf(&b, "not quite %s: ", r.preset)
	}
	b.WriteString(r.features())
	fmt.Fprintf(&b, "; k = %d; %s", k, r.votes())
	b.WriteString("; equal similarities in the order of the training rows, equal votes to the lower class index")
	if p, ok := presets[r.Name()]; ok && p.note != "" {
		b.WriteString("; " + p.note)
	}
	return b.String()
}

func (r Rule) features() string {
	norm := "rows as they are"
	if r.Metric.Unit() {
		norm = "rows divided by their L2 norm"
	}
	return norm + ", " + [...]string{"cosine similarity", "inner product", "Euclidean distance"}[r.Metric.Kind]
}

func (r Rule) votes() string {
	switch r.Votes {
	case Exponential:
		s := "similarity"
		if r.Metric.Kind == neighbours.Euclidean {
			s = "-distance"
		}
		return fmt.Sprintf("votes exp(%s/T), T = %g", s, r.Temperature)
	case Inverse:
		return fmt.Sprintf("votes 1/(distance + %g)", r.Epsilon)
	}
	return "votes of 1"
}
