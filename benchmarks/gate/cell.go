package gate

import (
	"slices"

	"repbench/benchmarks/ledger"
	"repbench/internal/measure"
)

// Verdict is what the gate says of a cell and of a suite.
type Verdict string

// Verdicts.
const (
	// Pass: identical, or the drop is shown to be below the margin.
	Pass Verdict = "pass"
	// Regressed: the drop is shown to be above 0, and is above the tolerance.
	Regressed Verdict = "regressed"
	// Open: neither was shown.
	Open Verdict = "inconclusive"
	// Failed: the cell could not be compared.
	Failed Verdict = "error"
	// Ungated: neither side has the measurement, so the cell takes no part.
	Ungated Verdict = "not gated"
)

// Exit codes of a comparison, which scripts rely on.
const (
	ExitPass      = 0
	ExitFailed    = 1
	ExitRegressed = 3
	ExitOpen      = 4
)

// Kind is how a cell is judged.
type Kind string

// Kinds of cells.
const (
	Identical Kind = "identical"
	Fixed     Kind = "fixed"
	Seeded    Kind = "seeded"
)

// Name is what joins the lines of a cell: the names of the suite.
type Name struct {
	Encoder  string `json:"encoder"`
	Data     string `json:"data"`
	Protocol string `json:"protocol"`
}

// String is the name as text.
func (n Name) String() string { return n.Encoder + " / " + n.Data + " / " + n.Protocol }

// Cell is the comparison of one cell. Values, drops and bounds are in Unit.
type Cell struct {
	Name
	Kind    Kind    `json:"kind,omitempty"`
	Verdict Verdict `json:"verdict"`
	// Reason is the verdict in a sentence with its numbers.
	Reason string `json:"reason"`
	Threshold
	// Unit is "points" for accuracies, "" for the measurement's own unit.
	Unit string `json:"unit,omitempty"`
	// Better says which values are better.
	Better measure.Direction `json:"better,omitempty"`
	// DataHash is the hash of the data set that both sides evaluated.
	DataHash string `json:"data_hash,omitempty"`
	// Base and Head are the two samples; the head has the seeds of the look that decided.
	Base Sample `json:"base"`
	Head Sample `json:"head"`
	// Drop is how much worse the head is; negative: it is better. Of seeded cells it is the more exact
	// of two estimates: the mean over Pairs of equal seeds, or, where Pairs is 0, the difference of means.
	Drop  float64 `json:"drop"`
	Pairs int     `json:"pairs,omitempty"`
	// Lower is the bound above 0 that regressed needs (at Level), Upper the bound below the margin
	// that pass needs; nil where the numbers give none.
	Lower *float64 `json:"lower,omitempty"`
	Upper *float64 `json:"upper,omitempty"`
	// P is the one-sided p-value of a drop above 0, Level what Holm's correction compares it with.
	P     float64 `json:"p"`
	Level float64 `json:"level"`
	// PMargin is the p-value of a drop of the margin or more.
	PMargin float64 `json:"p_margin"`
	// Look is the number of head seeds at which the cell was last judged; 0: it was not, or has none.
	Look int `json:"look,omitempty"`
	// More is how many head seeds an open cell needs until the look at Target; 0: no look is left, or
	// seeds cannot help. Advised is the number of head seeds that would be enough in 9 of 10 cases.
	More    int `json:"more,omitempty"`
	Target  int `json:"target,omitempty"`
	Advised int `json:"advised,omitempty"`
	// Discordant are the test images that exactly one side gets right, of fixed cells.
	Discordant *Discordant `json:"discordant,omitempty"`
	// Differences name what is not the same on both sides: options, weights, the evaluation's seed.
	Differences []string `json:"differences,omitempty"`
	// Warnings are doubts about this cell.
	Warnings []string `json:"warnings,omitempty"`

	all Sample // of the head, also beyond the look
}

// Sample is the values of one side.
type Sample struct {
	// Seeds are in ascending order, nil for fixed cells; Values belong to them.
	Seeds  []uint64  `json:"seeds,omitempty"`
	Values []float64 `json:"values,omitempty"`
	// Mean and SD are over Values; SD is 0 for fewer than two.
	Mean float64 `json:"mean"`
	SD   float64 `json:"sd"`
	// Collapsed are the seeds whose training ended without a finite result. They are not in Seeds.
	Collapsed []uint64 `json:"collapsed,omitempty"`
}

// count is the number of seeds, collapsed ones included.
func (s Sample) count() int { return len(s.Values) + len(s.Collapsed) }

// Discordant says which test images changed between right and wrong, by their place in the split.
type Discordant struct {
	// Images is the number of test images.
	Images int `json:"images"`
	// Lost are right in the base only, Won in the head only.
	Lost []int `json:"lost"`
	Won  []int `json:"won"`
}

// Comparison is the outcome for a suite.
type Comparison struct {
	Suite   string  `json:"suite"`
	Verdict Verdict `json:"verdict"`
	Rule    Rule    `json:"rule"`
	Base    Side    `json:"base"`
	Head    Side    `json:"head"`
	// Cells are in the order of the base.
	Cells []Cell `json:"cells"`
	// New are cells that only the head has; they are not judged.
	New []Name `json:"new,omitempty"`
	// Warnings are doubts about the whole comparison.
	Warnings []string `json:"warnings,omitempty"`
}

// Side is where the lines of one side come from, each value once, in alphabetical order.
type Side struct {
	Commits  []string `json:"commits"`
	Machines []string `json:"machines"`
	Backends []string `json:"backends"`
	SIMD     []string `json:"simd"`
	Lines    int      `json:"lines"`
}

// Count is the number of cells with the verdict.
func (c *Comparison) Count(v Verdict) int {
	n := 0
	for _, cell := range c.Cells {
		if cell.Verdict == v {
			n++
		}
	}
	return n
}

// ExitCode is the exit code of the verdict. One cell that could not be compared is enough for ExitFailed, even
// where other cells regressed.
func (c *Comparison) ExitCode() int {
	switch c.Verdict {
	case Pass:
		return ExitPass
	case Regressed:
		return ExitRegressed
	case Open:
		return ExitOpen
	}
	return ExitFailed
}

// sum is the verdict of the suite: the first of error, regressed and inconclusive that a cell has.
func (c *Comparison) sum() Verdict {
	for _, v := range []Verdict{Failed, Regressed, Open, Pass} {
		if c.Count(v) > 0 {
			return v
		}
	}
	return Failed
}

// nameOf is the cell of a line.
func nameOf(l *ledger.Line) Name { return Name{l.Encoder, l.Data, l.Protocol} }

// side describes lines.
func side(lines []ledger.Line) Side {
	collect := func(of func(*ledger.Line) string) []string {
		out := []string{}
		for i := range lines {
			if v := of(&lines[i]); v != "" {
				out = append(out, v)
			}
		}
		slices.Sort(out)
		return slices.Compact(out)
	}
	return Side{
		Lines:    len(lines),
		Commits:  collect(func(l *ledger.Line) string { return l.Commit() }),
		Machines: collect(func(l *ledger.Line) string { return l.Machine.String() }),
		Backends: collect(func(l *ledger.Line) string { return l.Fingerprint.Backend }),
		SIMD:     collect(func(l *ledger.Line) string { return l.Fingerprint.SIMD }),
	}
}
