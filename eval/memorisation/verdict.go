package memorisation

import (
	"fmt"
	"slices"
	"strings"

	"repbench/eval/memorisation/pvalues"
)

// Finding is what a run says about copies.
type Finding string

// The findings.
const (
	// Copies: images were found that are copies, up to the false discovery rate.
	Copies Finding = "copies"
	// NoneFound: no copies of the kinds that the run can see were found.
	NoneFound Finding = "none found"
	// Undecided: the nulls do not allow a statement.
	Undecided Finding = "undecided"
)

// Verdict is what follows from the numbers of a run.
type Verdict struct {
	// Finding is the finding, Null the null that it rests on: "held-out" or "own".
	Finding Finding `json:"finding"`
	// Null is the null that the finding rests on.
	Null string `json:"null"`
	// Sees and Blind are the kinds of planted copies that this setting sees (0.9 of them
	// detected) and does not; both are empty without controls.
	Sees []string `json:"sees,omitempty"`
	// Blind are the kinds that it does not see.
	Blind []string `json:"blind,omitempty"`
	// Sentence is the verdict in one sentence, with what it is limited to.
	Sentence string `json:"sentence"`
	// Warnings say what it is not safe to conclude.
	Warnings []string `json:"warnings,omitempty"`
}

// Nulls of a verdict.
const (
	// HeldOutNull: scores of held-out images.
	HeldOutNull = "held-out"
	// GeneratorsNull: scores of the generated images against held-out ones.
	GeneratorsNull = "own"
)

// SeesAt is the detection rate of planted copies from which on a setting sees their kind.
const SeesAt = 0.9

// ConcentratedAt is the share of n below which n_eff is called concentrated.
const ConcentratedAt = 0.1

// Evidence are the numbers that a verdict follows from.
type Evidence struct {
	// Generated is the number of generated images, Null the number of images of the null.
	Generated int
	// Null is the number of images of the null.
	Null int
	// Selected are the images selected at the false discovery rate FDR with the held-out null.
	Selected []int
	// FDR is the false discovery rate.
	FDR float64
	// SmallestFindable is the smallest number that could have been selected.
	SmallestFindable int
	// OwnNull is the comparison with the generator's own null; nil: not done.
	OwnNull *pvalues.OwnNull
	// NEff and Distinct are the effective and the distinct number of nearest training images.
	NEff float64
	// Distinct is the number of distinct nearest training images.
	Distinct int
	// Controls are the planted copies by kind; empty: none were planted.
	Controls map[string]Control
	// UpperBound is UpperBound95 of the result.
	UpperBound float64
	// CopyRate is the copy rate of the result, estimated from small p-values of the held-out null.
	CopyRate pvalues.Rate
}

// Conclude is the verdict. The held-out null finds; where the generator's own null does not
// confirm what it finds (OwnNull flags fewer than half of the selected images), the generator's
// images are unlike the data, and the own null decides.
func (e Evidence) Conclude() Verdict {
	v := Verdict{Finding: NoneFound, Null: HeldOutNull}
	v.Sees, v.Blind = e.sees()
	found := len(e.Selected)
	if found > 0 {
		v.Finding = Copies
	}
	concentrated := e.NEff < ConcentratedAt*float64(e.Generated)
	if concentrated {
		v.Warnings = append(v.Warnings, fmt.Sprintf("nearest neighbours concentrate on %d images (effective number %.0f of %d): the generated images are no independent trials",
			e.Distinct, e.NEff, e.Generated))
	}
	if confirmed := e.confirmed(); found > 2*confirmed {
		v.Null = GeneratorsNull
		v.Warnings = append(v.Warnings, fmt.Sprintf("generated images are unlike the data: distances to held-out images are no null for them "+
			"(of %d images selected, the generator's own null flags %d)", found, confirmed))
		switch {
		case slices.Max(e.OwnNull.Selected) == 0:
			v.Finding, found = NoneFound, 0
		case concentrated:
			v.Finding, found = Undecided, 0
		default:
			found = slices.Max(e.OwnNull.Selected)
		}
	}
	if v.Finding == NoneFound && (!e.couldFind(v) || e.moreThanChance(v)) {
		v.Finding = Undecided
	}
	v.Sentence = e.sentence(v, found)
	return v
}

// couldFind reports whether copies could have been found: the null is large enough, and where
// copies were planted, some kind of them is seen.
func (e Evidence) couldFind(v Verdict) bool {
	return e.SmallestFindable <= e.Generated && (len(e.Controls) == 0 || len(v.Sees) > 0)
}

// moreThanChance reports whether more generated images have small p-values than chance explains,
// although none of them could be selected by itself.
func (e Evidence) moreThanChance(v Verdict) bool {
	return v.Null == HeldOutNull && len(e.Selected) == 0 && e.CopyRate.Lo > 0
}

// confirmed is the number of selected images that the generator's own null flags too: at 0.05,
// or at the smallest p-value that it can have where that is larger. Without an own null it is all
// of them.
func (e Evidence) confirmed() int {
	n := 0
	for _, i := range e.Selected {
		if e.confirms(i) {
			n++
		}
	}
	return n
}

// confirms reports whether the generator's own null flags image i.
func (e Evidence) confirms(i int) bool {
	if e.OwnNull == nil {
		return true
	}
	level := max(0.05, float64(e.OwnNull.Folds)/float64(len(e.OwnNull.P)+1))
	return e.OwnNull.P[i] <= level
}

// sees splits the kinds of controls into the kinds that are seen and the kinds that are not.
func (e Evidence) sees() (sees, blind []string) {
	for kind, c := range e.Controls {
		if c.Detected >= SeesAt {
			sees = append(sees, kind)
		} else {
			blind = append(blind, kind)
		}
	}
	slices.Sort(sees)
	slices.Sort(blind)
	return sees, blind
}

func (e Evidence) sentence(v Verdict, found int) string {
	limit := e.limit(v)
	switch v.Finding {
	case Copies:
		than := map[string]string{HeldOutNull: "held-out images are", GeneratorsNull: "the generator's images are to held-out images"}[v.Null]
		return fmt.Sprintf("%d of %d generated images are nearer to a training image than %s; %s (false discovery rate %g)%s.",
			found, e.Generated, than, byChance(e.FDR*float64(found)), e.FDR, limit)
	case Undecided:
		return e.undecided(v)
	}
	text := fmt.Sprintf("No copies were found among %d generated images", e.Generated)
	if len(v.Sees) > 0 {
		text += fmt.Sprintf(" of the kinds that this setting sees (%s); of those, at most %s are copies with 95 %% confidence", strings.Join(v.Sees, ", "), percent(e.UpperBound))
	}
	if e.SmallestFindable > 1 {
		text += fmt.Sprintf("; fewer than %d could not have been selected with a null of %d images", e.SmallestFindable, e.Null)
	}
	return text + limit + "."
}

// byChance says how many are expected to be selected by chance.
func byChance(n float64) string {
	switch {
	case n < 1:
		return "fewer than one of them is expected to be so by chance"
	case n < 1.5:
		return "about one of them is expected to be so by chance"
	}
	return fmt.Sprintf("about %.0f of them are expected to be so by chance", n)
}

// undecided says why there is no finding.
func (e Evidence) undecided(v Verdict) string {
	switch {
	case e.SmallestFindable > e.Generated:
		return fmt.Sprintf("Nothing can be said: with a null of %d images no number of copies among %d could have been selected at the false discovery rate %g.", e.Null, e.Generated, e.FDR)
	case v.Null == GeneratorsNull:
		return fmt.Sprintf("Whether the generator copies is not decided: its images are unlike the data, and their nearest training images are only %d%s.", e.Distinct, e.limit(v))
	case e.couldFind(v):
		return fmt.Sprintf("Whether the generator copies is not decided: no single image of %d could be selected, but more of them are near a training image than chance explains (copy rate %.2g %% [%.2g, %.2g]); either they are copies or the images are unlike held-out ones, and more held-out images in the null could tell which%s.",
			e.Generated, 100*e.CopyRate.Estimate, 100*e.CopyRate.Lo, 100*e.CopyRate.Hi, e.limit(v))
	}
	return fmt.Sprintf("No copies were found among %d generated images, but this setting sees no kind of copy that was planted (%s), so that nothing follows.",
		e.Generated, strings.Join(v.Blind, ", "))
}

// limit is what the verdict is limited to.
func (e Evidence) limit(v Verdict) string {
	switch {
	case len(e.Controls) == 0:
		return "; without controls nothing shows which kinds of copies this setting can see"
	case len(v.Blind) > 0:
		return "; this setting cannot see " + strings.Join(v.Blind, ", ")
	}
	return ""
}

func percent(share float64) string { return fmt.Sprintf("%.2g %%", 100*share) }
