package gate

import (
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"

	"repbench/internal/errkind"
	"repbench/internal/measure"
)

// ErrRule is the kind of error of a rule that cannot be applied.
var ErrRule = errors.New("the rule of the gate is wrong")

// Inconclusive says how reports show cells that stay open. The exit code is the same.
type Inconclusive string

// Values of Rule.Inconclusive.
const (
	Warn Inconclusive = "warn"
	Fail Inconclusive = "fail"
)

// maxLooks bounds the number of looks: each makes all levels smaller.
const maxLooks = 20

// Rule says what counts as worse. Decode a suite's table [gate] over Default, so that what it leaves
// out keeps its default.
type Rule struct {
	// Metric is the name of the measurement that is compared, Margin the drop that must not be
	// missed, Tolerance the drop that is accepted even when it is certain. Both are in points (1/100)
	// for accuracies and in the unit of the measurement for others.
	Metric    string  `toml:"metric" json:"metric"`
	Margin    float64 `toml:"margin" json:"margin"`
	Tolerance float64 `toml:"tolerance" json:"tolerance"`
	// Alpha bounds the chance that any cell of a suite without change is called regressed, and for
	// each cell the chance that a drop of the margin passes.
	Alpha float64 `toml:"alpha" json:"alpha"`
	// Looks are the numbers of head seeds at which cells may be judged, in ascending order.
	Looks []int `toml:"looks" json:"looks"`
	// BaseSeeds is the number of seeds that a base should have; fewer are warned about.
	BaseSeeds int `toml:"base_seeds" json:"base_seeds"`
	// Inconclusive is Warn or Fail.
	Inconclusive Inconclusive `toml:"inconclusive" json:"inconclusive"`
	// Of has the thresholds of protocols that are judged by another measurement, by the name that
	// the suite gives the protocol.
	Of map[string]Threshold `toml:"of" json:"of,omitempty"`
}

// Threshold is a measurement with its margin and tolerance, as in Rule.
type Threshold struct {
	Metric    string  `toml:"metric" json:"metric"`
	Margin    float64 `toml:"margin" json:"margin"`
	Tolerance float64 `toml:"tolerance" json:"tolerance"`
}

// Default is the rule of a suite without a table [gate].
func Default() Rule {
	return Rule{
		Metric: measure.TestAccuracy, Margin: 1, Tolerance: 0.1, Alpha: 0.05,
		Looks: []int{5, 8, 12}, BaseSeeds: 20, Inconclusive: Warn,
	}
}

// For is the threshold of a protocol.
func (r Rule) For(protocol string) Threshold {
	if t, ok := r.Of[protocol]; ok {
		return t
	}
	return Threshold{r.Metric, r.Margin, r.Tolerance}
}

// level is the share of Alpha that one look may spend.
func (r Rule) level() float64 { return r.Alpha / float64(len(r.Looks)) }

// Check says all that is wrong with the rule; errors are of the kind ErrRule.
func (r Rule) Check() error {
	var problems []string
	bad := func(format string, args ...any) { problems = append(problems, fmt.Sprintf(format, args...)) }
	if err := (Threshold{r.Metric, r.Margin, r.Tolerance}).check(); err != "" {
		bad("%s", err)
	}
	for _, protocol := range slices.Sorted(maps.Keys(r.Of)) {
		if err := r.Of[protocol].check(); err != "" {
			bad("of.%s: %s", protocol, err)
		}
	}
	if !(r.Alpha > 0 && r.Alpha < 0.5) {
		bad("alpha is %v; it must lie between 0 and 0.5, 0.05 is usual", r.Alpha)
	}
	switch {
	case len(r.Looks) == 0 || len(r.Looks) > maxLooks:
		bad("looks has %d numbers; name 1 to %d numbers of head seeds, as [5, 8, 12]", len(r.Looks), maxLooks)
	case r.Looks[0] < 2 || !slices.IsSorted(r.Looks) || len(slices.Compact(slices.Clone(r.Looks))) < len(r.Looks):
		bad("looks is %v; each number of head seeds must be above the one before, the first at least 2", r.Looks)
	}
	if r.BaseSeeds < 0 {
		bad("base_seeds is %d; it must not be negative", r.BaseSeeds)
	}
	if r.Inconclusive != Warn && r.Inconclusive != Fail {
		bad(`inconclusive is %q; it must be "warn" or "fail"`, r.Inconclusive)
	}
	if len(problems) == 0 {
		return nil
	}
	return errkind.Errorf(ErrRule, "%s", strings.Join(problems, "; "))
}

// check says what is wrong with the threshold, "" for nothing.
func (t Threshold) check() string {
	switch {
	case t.Metric == "":
		return `metric is missing; name a measurement, as "test_accuracy"`
	case !(t.Margin > 0) || math.IsInf(t.Margin, 0):
		return fmt.Sprintf("margin is %v; it must be a number above 0", t.Margin)
	case !(t.Tolerance >= 0 && t.Tolerance < t.Margin):
		return fmt.Sprintf("tolerance is %v and margin is %v; the tolerance must not be negative, and must be below the margin", t.Tolerance, t.Margin)
	}
	return ""
}
