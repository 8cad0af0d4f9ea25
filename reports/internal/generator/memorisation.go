package generator

import (
	"fmt"

	"repbench/eval/memorisation"
	"repbench/eval/memorisation/plant"
	"repbench/reports/internal/figures"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
)

// CopiesInShort is the finding in a few words.
func CopiesInShort(s *memorisation.Stored) string {
	switch s.Verdict.Finding {
	case memorisation.Copies:
		return format.Plural(len(s.Flagged), "image") + " selected as copies"
	case memorisation.NoneFound:
		if len(s.Verdict.Sees) == 0 {
			return "none found; not known which kinds are seen"
		}
		return fmt.Sprintf("none found of the kinds seen (%d of %d)", len(s.Verdict.Sees), len(s.Controls))
	}
	return "not decided"
}

// Memorisation show how suspicious the images are, which copies the setting can see, and
// the pairs behind the numbers.
func Memorisation(id string, s *memorisation.Stored) []page.Block {
	out := []page.Block{page.Text(memorisationMethod(s))}
	out = append(out, scoreFigure(id, s)...)
	out = append(out, controlTable(s)...)
	out = append(out, pairBlocks(id, s)...)
	return append(out, nullTable(s), statisticsTable(s))
}

// memorisationMethod says in words what was done.
func memorisationMethod(s *memorisation.Stored) string {
	what := "pixels"
	if s.Encoder != "" {
		what = "features of " + format.Text(s.Encoder, 60)
	}
	out := fmt.Sprintf("Each of %s generated images was compared with %s training images (%s, %s). Its score is the %s; a small score is suspicious. "+
		"Its p-value is the share of %s held-out images (%s), which the generator was not trained on, with a score as small.",
		format.Count(s.Generated), format.Count(s.TrainRows), what, format.Text(s.Metric, 40), s.Score.Formula(),
		format.Count(s.Null.Rows), format.OrNone(format.Text(s.Null.Kind, 60)))
	if s.WithEncoder != "" {
		out += fmt.Sprintf(" A second test compares features of %s; the p-value is twice the smaller of the two.", format.Text(s.WithEncoder, 60))
	}
	return out
}

// ridgeNames are the rows of the figure of scores beside planted copies, in their order.
var ridgeNames = []struct {
	series, label string
	look          figures.RidgeLook
}{
	{memorisation.SeriesGenerated, "generated", figures.Judged},
	{memorisation.SeriesNull, "held-out (the null)", figures.Reference},
	{memorisation.SeriesNegative, "held-out (control)", figures.Reference},
	{memorisation.SeriesFolds, "generated, against training folds", figures.Judged},
	{memorisation.SeriesOwnNull, "generated, against held-out", figures.Reference},
}

// scoreFigure draws the scores of the generated images, of both nulls and of the controls.
func scoreFigure(id string, s *memorisation.Stored) []page.Block {
	h := s.Histogram
	if h == nil || len(h.Series) == 0 {
		return nil
	}
	counts := map[string][]int{}
	for _, c := range h.Series {
		counts[c.Name] = c.Counts
	}
	var rows []figures.Ridge
	for _, n := range ridgeNames {
		if c, ok := counts[n.series]; ok {
			rows = append(rows, figures.Ridge{Label: n.label, Note: format.Count(total(c)) + " images", Counts: c, Look: n.look})
		}
	}
	for _, k := range controlKinds(s) {
		if c, ok := counts[k]; ok {
			rows = append(rows, figures.Ridge{Label: "planted: " + k, Note: figures.Percent(s.Controls[k].Detected, 1) + " detected", Counts: c, Look: figures.Control})
		}
	}
	level := s.DetectionLevel()
	if s.WithEncoder != "" { // a p-value of two tests is twice the smaller one
		level /= 2
	}
	o := figures.RidgesOptions{Lo: h.Lo, Width: h.Width, Axis: "score (" + s.Score.String() + "): smaller is more suspicious", Mark: threshold(h, counts[memorisation.SeriesNull], level)}
	o.MarkNote = fmt.Sprintf("p ≤ %.2g left of this line", s.DetectionLevel())
	return []page.Block{page.Figure{
		Name: id + "-scores",
		Caption: "Scores of the generated images (blue), of real images that the generator was not trained on (grey), and of planted copies of training images (orange). " +
			"Without copying the generated images lie where the held-out ones do, or to the right; copies lie to the left. " +
			"The height of a bar grows with the square root of its share of the row, so that a few images apart from the others can be seen.",
		Drawing: figures.Ridges(rows, o),
	}}
}

func total(counts []int) int {
	n := 0
	for _, c := range counts {
		n += c
	}
	return n
}

// threshold is the greatest edge of a bin below which every score has a p-value of at most
// level; NaN where there is none. A level that is itself a p-value of the null, but for rounding,
// counts.
func threshold(h *memorisation.Histogram, null []int, level float64) float64 {
	n, below := total(null), 0
	for i, c := range null {
		below += c
		if float64(1+below) > level*float64(n+1)*(1+1e-9) {
			if i == 0 {
				return format.NaN
			}
			return h.Lo + float64(i)*h.Width
		}
	}
	return format.NaN
}

// controlKinds are the kinds of planted copies in the order of tables; unknown ones are last.
func controlKinds(s *memorisation.Stored) []string {
	var out []string
	known := map[string]bool{}
	for _, k := range plant.CopyKinds() {
		known[string(k)] = true
		if _, ok := s.Controls[string(k)]; ok {
			out = append(out, string(k))
		}
	}
	return append(out, sortedKeys(s.Controls, func(k string) bool { return !known[k] })...)
}

// controlTable says for each kind of planted copies whether the setting sees it.
func controlTable(s *memorisation.Stored) []page.Block {
	if len(s.Controls) == 0 {
		return []page.Block{page.Text("No copies were planted, so nothing shows which kinds of copies this setting can see.")}
	}
	t := page.Table{
		Caption: fmt.Sprintf("Controls: copies of training images, hidden among the images that are judged. A kind is seen where at least %.0f %% of its copies "+
			"have p ≤ %.2g. AUC: the probability that a copy has a smaller score than a held-out image. Source: copies whose nearest training image is the copied one.",
			100*memorisation.SeesAt, s.DetectionLevel()),
		Columns: []page.Column{{Title: "Planted"}, {Title: "Training images that are"}, {Title: "Copies", Right: true}, {Title: "AUC", Right: true},
			{Title: "Detected", Right: true}, {Title: "95 % interval", Right: true}, {Title: "Source found", Right: true}, {Title: "Conclusion"}},
	}
	for _, k := range controlKinds(s) {
		c, conclusion := s.Controls[k], "seen"
		if c.Detected < memorisation.SeesAt {
			conclusion = "cannot be seen"
		}
		t.Rows = append(t.Rows, page.TableRow{Strong: conclusion != "seen", Cells: []string{
			format.Text(k, 40), format.OrNone(plant.CopyKind(k).Words()), format.Count(c.N), fmt.Sprintf("%.3f", c.AUC), figures.Percent(c.Detected, 1),
			format.Interval95(c.DetectedCI95[0], c.DetectedCI95[1]), figures.Percent(c.SourceFound, 1), conclusion,
		}})
	}
	out := []page.Block{page.Lifted(t, "Detected", "AUC", "Conclusion")}
	if f := s.FalseAlarms; f != nil {
		out = append(out, page.Text(falseAlarms(f)))
	}
	return out
}

// falseAlarms says how many held-out images are flagged.
func falseAlarms(f *memorisation.FalseAlarms) string {
	out := fmt.Sprintf("False alarms: of %s held-out images that are not in the null %s have p ≤ %.2g (95 %%: %s %%)", format.Count(f.N),
		format.Percent(f.Measured), f.Nominal, format.Interval95(f.Lo, f.Hi))
	if f.Outside() {
		return out + fmt.Sprintf("; %s were expected, so the p-values are not what they should be.", format.Percent(f.Nominal))
	}
	return out + fmt.Sprintf("; %s were expected.", format.Percent(f.Nominal))
}
