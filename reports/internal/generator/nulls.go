package generator

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"repbench/eval/memorisation"
	"repbench/eval/memorisation/nearest"
	"repbench/reports/internal/figures"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
)

// sortedKeys are the keys of a map that keep accepts, in alphabetical order.
func sortedKeys[V any](m map[string]V, keep func(string) bool) []string {
	var out []string
	for k := range m {
		if keep(k) {
			out = append(out, k)
		}
	}
	slices.Sort(out)
	return out
}

// nullTable says how many images are flagged by each null.
func nullTable(s *memorisation.Stored) page.Table {
	t := page.Table{
		Caption: "Generated images flagged by each null. Without copying 1 % and 5 % are expected. Held-out images find copies; the generator's own null " +
			"compares the scores of the same images against parts of the training set with their scores against held-out images, which holds for any generator.",
		Columns: []page.Column{{Title: "Null"}, {Title: "Images", Right: true}, {Title: "p ≤ 0.01", Right: true}, {Title: "p ≤ 0.05", Right: true},
			{Title: fmt.Sprintf("Selected at FDR %g", s.FDR), Right: true}, {Title: "Fewest that can be selected", Right: true}, {Title: "The conclusion rests on"}},
	}
	row := func(name string, rows int, at1 string, at5 float64, selected, fewest int, null string) {
		rests := ""
		if s.Verdict.Null == null {
			rests = "this null"
		}
		t.Rows = append(t.Rows, page.TableRow{Strong: rests != "", Cells: []string{
			name, format.Count(rows), at1, figures.Percent(at5, 2), format.CountOrZero(selected), format.Count(fewest), format.OrNone(rests)}})
	}
	selected, at1 := len(s.Flagged), figures.Percent(s.FlaggedAt1, 2)
	if s.ControlLevel > 0 {
		at1 = fmt.Sprintf("none is below %.2g", s.ControlLevel)
	}
	row("held-out images", s.Null.Rows, at1, s.FlaggedAt5, selected, s.SmallestFindable, memorisation.HeldOutNull)
	if o := s.OwnNull; o != nil {
		row(fmt.Sprintf("own null, %s", format.Plural(o.Folds, "fold")), o.Rows, figures.Percent(o.FlaggedAt1, 2), o.FlaggedAt5, most(o.Selected), o.SmallestFindable, memorisation.GeneratorsNull)
	}
	return t
}

// most is the largest of some counts, 0 of none.
func most(counts []int) int {
	n := 0
	for _, c := range counts {
		n = max(n, c)
	}
	return n
}

// statisticsTable has the numbers of the literature with what they must not be taken for.
func statisticsTable(s *memorisation.Stored) page.Table {
	t := page.Table{
		Caption: "Numbers of the literature. Neither more nor less of them is better, and none of them alone shows copying: each stands beside what real images give.",
		Columns: []page.Column{{Title: "Number"}, {Title: "Generated", Right: true}, {Title: "Held-out", Right: true}, {Title: "How to read it"}},
	}
	add := func(name, generated, heldOut, words string) {
		t.Rows = append(t.Rows, page.TableRow{Cells: []string{name, generated, format.OrNone(heldOut), words}})
	}
	three := s.ThreeSample
	whole := "far below 0: generated images are nearer to the training images than held-out ones, as a whole"
	invalid := ""
	if !three.Valid {
		invalid = "not valid here: " + format.OrNone(format.Text(three.Why, 200))
		whole = invalid
	}
	add("Z_U", fixed(s.ZU, 2), "", whole)
	if s.CT != nil {
		byCells := fmt.Sprintf("Z_U by cells, %d of %d cells used; cannot see one copy in a hundred", len(s.CT.CellsUsed), len(s.CT.Z))
		if invalid != "" {
			byCells += "; " + invalid
		}
		add("C_T", fixed(s.CT.Value, 2), "", byCells)
	}
	if a := s.AuthPct; a != nil {
		add("AuthPct", fixed(a.Generated, 1), fixed(a.HeldOut, 1), "per cent of images that are authentic; falls with copies, and with images that share neighbours")
	}
	if y := s.YoonShare; y != nil {
		add("d₁/d₂ below 1/3", figures.Percent(y.Generated, 2), figures.Percent(y.HeldOut, 2), "share of images, at a threshold that is not calibrated")
	}
	if d := s.TargetDecoy; d != nil {
		add("nearest is a training image", figures.Percent(d.Share, 1), figures.Percent(d.Expected, 1)+" expected", fmt.Sprintf("z = %s, with an effective number of %s images", fixed(d.Z, 2), fixed(d.NEff, 0)))
	}
	add("effective number of neighbours", fixed(s.NEff, 0), "", fmt.Sprintf("of %s images: much smaller where images share nearest neighbours", format.Count(s.Generated)))
	if g := s.DiscriminatorGap; g != nil {
		add("discriminator gap", fmt.Sprintf("%.3f", g.AUC), "", fmt.Sprintf("AUC of the discriminator between training and held-out images (95 %%: %.3f–%.3f); 0.5 where it does not know its training images", g.Lo, g.Hi))
	}
	addNND(add, s.NND)
	return t
}

// addNND adds the distances of held-out images from the nearest generated and training images.
func addNND(add func(name, generated, heldOut, words string), n *nearest.NND) {
	if n == nil {
		return
	}
	training := map[int]nearest.NNDPoint{}
	for _, p := range n.Training {
		training[p.Images] = p
	}
	for _, p := range n.Generated {
		beside := ""
		if real, ok := training[p.Images]; ok {
			beside = fixed(real.Distance, 2) + " (training)"
		}
		add("nnd, "+format.Count(p.Images)+" images", fixed(p.Distance, 2), beside, fmt.Sprintf("mean distance of held-out images from the nearest, pixels in %s; %s grey levels per pixel", strings.ReplaceAll(n.Range.String(), "-", "−"), fixed(p.GreyLevels, 1)))
	}
}

// fixed writes a number with that number of decimals, one of many digits in scientific form.
func fixed(v float64, decimals int) string {
	if math.Abs(v) >= 1e7 {
		return format.Minus(strconv.FormatFloat(v, 'g', 4, 64))
	}
	return format.Minus(strconv.FormatFloat(v, 'f', decimals, 64))
}
