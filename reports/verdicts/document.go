package verdicts

import (
	"fmt"
	"math"
	"strconv"
	"strings"

	"repbench/benchmarks/gate"
	"repbench/reports/internal/figures"
	"repbench/reports/internal/page"
)

// HTML is the comparison as one web page that needs no other file. pictures shows the test images of
// fixed cells that changed; nil shows their numbers.
func HTML(c *gate.Comparison, pictures Pictures) ([]byte, error) {
	return page.HTML(document(c, worstFirst(c.Cells), true, pictures))
}

// Markdown is the comparison as Markdown, which refers to no other file.
func Markdown(c *gate.Comparison) ([]byte, error) { return markdown(c, worstFirst(c.Cells)) }

// markdown shows some of the cells.
func markdown(c *gate.Comparison, cells []gate.Cell) ([]byte, error) {
	text, _, err := page.Markdown(document(c, cells, false, nil))
	return text, err
}

// document describes the comparison. Only cells are shown; drawn says whether figures are drawn.
func document(c *gate.Comparison, cells []gate.Cell, drawn bool, pictures Pictures) page.Document {
	d := page.Document{Title: c.Suite + ": " + string(c.Verdict), Subtitle: "base → head: " + sides(c)}
	outcome := page.Section{ID: "outcome", Title: "Outcome", Blocks: []page.Block{tiles(c)}}
	if len(c.Warnings) > 0 {
		outcome.Blocks = append(outcome.Blocks, page.Callout{Kind: page.Warning, Items: c.Warnings})
	}
	if drawn {
		outcome.Blocks = append(outcome.Blocks, drops(cells)...)
	}
	outcome.Blocks = append(outcome.Blocks, table(cells, len(c.Cells)-len(cells), true))
	if len(c.New) > 0 {
		outcome.Blocks = append(outcome.Blocks, page.Text("Only in the head, not judged: "+joined(c.New)+"."))
	}
	d.Sections = append(d.Sections, outcome)
	for i, cell := range cells {
		if s := section(i, cell, pictures, drawn); len(s.Blocks) > 0 {
			d.Sections = append(d.Sections, s)
		}
	}
	d.Sections = append(d.Sections, page.Section{ID: "rule", Title: "Rule", Blocks: rule(c)})
	return d
}

func joined(names []gate.Name) string {
	var out []string
	for _, n := range names {
		out = append(out, n.String())
	}
	return strings.Join(out, ", ")
}

func tiles(c *gate.Comparison) page.Tiles {
	out := page.Tiles{{Label: "Verdict", Value: string(c.Verdict), Detail: fmt.Sprintf("exit code %d", c.ExitCode())}}
	for _, v := range []gate.Verdict{gate.Failed, gate.Regressed, gate.Open, gate.Pass, gate.Ungated} {
		if n := c.Count(v); n > 0 || v == gate.Regressed || v == gate.Pass {
			out = append(out, page.Tile{Label: word(v), Value: strconv.Itoa(n), Detail: fmt.Sprintf("of %d cells", len(c.Cells))})
		}
	}
	return out
}

// word is a verdict with a capital.
func word(v gate.Verdict) string { return strings.ToUpper(string(v[:1])) + string(v[1:]) }

// colours of verdicts in figures.
var colours = map[gate.Verdict]colour{
	gate.Regressed: figures.Orange, gate.Open: figures.Purple, gate.Pass: figures.Green, gate.Failed: figures.Ink, gate.Ungated: figures.Quoted,
}

// drops are figures of intervals, one for each measurement and margin, of at most figures.MaxRows cells each.
func drops(cells []gate.Cell) []page.Block {
	type group struct {
		t    gate.Threshold
		unit string
		rows []figures.Drop
	}
	var groups []*group
	for _, c := range cells {
		if c.Lower == nil || c.Verdict == gate.Failed || c.Verdict == gate.Ungated {
			continue
		}
		var g *group
		for _, old := range groups {
			if old.t.Metric == c.Metric && old.t.Margin == c.Margin && len(old.rows) < figures.MaxRows {
				g = old
			}
		}
		if g == nil {
			g = &group{t: c.Threshold, unit: c.Unit}
			groups = append(groups, g)
		}
		g.rows = append(g.rows, figures.Drop{Label: c.Name.String(), Value: c.Drop, Lo: finite(*c.Lower), Hi: finite(*c.Upper), Word: string(c.Verdict), Colour: colours[c.Verdict]})
	}
	var out []page.Block
	for i, g := range groups {
		axis := "how much worse: " + g.t.Metric
		if g.unit != "" {
			axis += " in " + g.unit
		}
		out = append(out, page.Figure{Name: fmt.Sprintf("drops-%d", i+1),
			Caption: "Drops with their bounds. Right of the line of no change as a whole: the drop is shown. Left of the margin as a whole: a drop of the margin is excluded. Neither: inconclusive.",
			Drawing: figures.Drops(g.rows, figures.DropsOptions{Axis: axis, Margin: g.t.Margin})})
	}
	return out
}

// finite is a number that a figure can clip.
func finite(v float64) float64 { return min(max(v, -math.MaxFloat32), math.MaxFloat32) }

// table has a row per cell; left is the number of cells that are left out, and links says whether cells have sections of their own.
func table(cells []gate.Cell, left int, links bool) page.Table {
	t := page.Table{
		Caption: "Cells, the worst first. Drop: how much worse the head is, with its bounds; p: of a drop above 0, and the level after Holm's correction.",
		Columns: []page.Column{{Title: "Encoder / data / protocol"}, {Title: "Verdict"}, {Title: "Base (seeds)", Right: true}, {Title: "Head (seeds)", Right: true},
			{Title: "Drop", Right: true}, {Title: "Bounds", Right: true}, {Title: "p", Right: true}, {Title: "Level", Right: true}},
	}
	if left > 0 {
		t.Caption += fmt.Sprintf(" %d more cells are left out.", left)
	}
	for i, c := range cells {
		row := page.TableRow{Cells: []string{c.Name.String(), string(c.Verdict), "", "", "", "", "", ""}, Strong: c.Verdict == gate.Regressed || c.Verdict == gate.Failed}
		if links && detailed(c) {
			row.Link = sectionID(i)
		}
		if c.Verdict != gate.Failed && c.Verdict != gate.Ungated {
			copy(row.Cells[2:], numbers(c))
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}

// numbers are the cells of a row behind the verdict.
func numbers(c gate.Cell) []string {
	bounds, p, level := "", "–", "–"
	if c.Lower != nil && c.Kind != gate.Identical {
		bounds = figures.Signed(*c.Lower) + " … " + figures.Signed(*c.Upper)
		p, level = small(c.P), small(c.Level)
	}
	return []string{sample(c, c.Base), sample(c, c.Head), figures.Signed(c.Drop), bounds, p, level}
}

// sample is a mean with its standard deviation and number of seeds.
func sample(c gate.Cell, s gate.Sample) string {
	if len(s.Values) == 0 {
		return "–"
	}
	mean := c.Number(s.Mean)
	if len(s.Seeds) == 0 {
		return mean
	}
	if len(s.Seeds) == 1 {
		return mean + " (1)"
	}
	return fmt.Sprintf("%s ± %s (%d)", mean, c.Number(s.SD), len(s.Seeds))
}

// small is a p-value or a level.
func small(p float64) string {
	if p < 0.0001 {
		return "< 0.0001"
	}
	return strconv.FormatFloat(p, 'g', 2, 64)
}

// detailed reports whether a cell has a section of its own.
func detailed(c gate.Cell) bool {
	return c.Verdict != gate.Pass || len(c.Differences) > 0 || c.Discordant != nil && len(c.Discordant.Lost)+len(c.Discordant.Won) > 0
}

func sectionID(i int) string { return fmt.Sprintf("cell-%d", i+1) }

// section says why a cell has its verdict.
func section(i int, c gate.Cell, pictures Pictures, drawn bool) page.Section {
	s := page.Section{ID: sectionID(i), Title: c.Name.String(), Minor: true}
	if !detailed(c) {
		return s
	}
	s.Blocks = append(s.Blocks, page.Text(word(c.Verdict)+": "+c.Reason+"."))
	if len(c.Differences) > 0 {
		s.Blocks = append(s.Blocks, page.Callout{Kind: page.Note, Items: []string{"Base and head differ: " + strings.Join(c.Differences, "; ") + "."}})
	}
	if len(c.Warnings) > 0 {
		s.Blocks = append(s.Blocks, page.Callout{Kind: page.Warning, Items: c.Warnings})
	}
	if c.Discordant != nil && drawn {
		s.Blocks = append(s.Blocks, discordant(i, c, pictures)...)
	}
	return s
}

func rule(c *gate.Comparison) []page.Block {
	r := c.Rule
	looks := strings.Trim(strings.Join(strings.Fields(fmt.Sprint(r.Looks)), ", "), "[]")
	facts := []page.Fact{
		{Key: "Measurement", Value: r.Metric}, {Key: "Margin", Value: strconv.FormatFloat(r.Margin, 'g', -1, 64)},
		{Key: "Tolerance", Value: strconv.FormatFloat(r.Tolerance, 'g', -1, 64)}, {Key: "Alpha", Value: strconv.FormatFloat(r.Alpha, 'g', -1, 64)},
		{Key: "Looks (head seeds)", Value: looks}, {Key: "Base seeds asked for", Value: strconv.Itoa(r.BaseSeeds)},
	}
	for _, s := range []struct {
		name string
		side gate.Side
	}{{"Base", c.Base}, {"Head", c.Head}} {
		facts = append(facts,
			page.Fact{Key: s.name + " commit", Value: strings.Join(s.side.Commits, ", ")},
			page.Fact{Key: s.name + " machine", Value: strings.Join(s.side.Machines, "; ")},
			page.Fact{Key: s.name + " backend", Value: strings.Join(append(append([]string{}, s.side.Backends...), s.side.SIMD...), ", ")})
	}
	return []page.Block{
		page.Text("Regressed: the drop is shown to be above 0 (one-sided, Holm's correction over all cells of the suite) and is above the tolerance. " +
			"Pass: the drop is shown to be below the margin, or the cell is identical. Inconclusive: neither was shown."),
		page.Facts{Caption: "What was applied, and to what.", Items: facts},
	}
}
