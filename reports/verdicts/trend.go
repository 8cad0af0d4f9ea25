package verdicts

import (
	"fmt"
	"math"

	"repbench/benchmarks/gate"
	"repbench/reports/internal/figures"
	"repbench/reports/internal/format"
	"repbench/reports/internal/page"
)

// Trend is the history of a suite.
type Trend struct {
	Suite string `json:"suite"`
	// Order says what the order of the commits is: "git" or "time".
	Order string `json:"order"`
	// Commits are in their order; Series refers to them by their place.
	Commits []string      `json:"commits"`
	Series  []gate.Series `json:"series"`
	// Pin is a pinned release, "" for none, and Since what became of it: the newest commit compared with it.
	Pin   string           `json:"pin,omitempty"`
	Since *gate.Comparison `json:"since,omitempty"`
	// Notes are sentences about what was left out.
	Notes []string `json:"notes,omitempty"`
}

// Page is the trend as one web page that needs no other file.
func (t *Trend) Page() ([]byte, error) {
	newest := ""
	if n := len(t.Commits); n > 0 {
		newest = " to " + Short(t.Commits[n-1])
	}
	d := page.Document{Title: t.Suite + ": trend", Subtitle: fmt.Sprintf("%s%s, in the order of %s", format.Plural(len(t.Commits), "commit"), newest, orders[t.Order])}
	d.Sections = append(d.Sections, page.Section{ID: "steps", Title: "Steps", Blocks: t.steps()})
	if t.Since != nil {
		d.Sections = append(d.Sections, page.Section{ID: "pin", Title: "Since the pinned release " + Short(t.Pin), Blocks: t.drift()})
	}
	for i, s := range t.Series {
		d.Sections = append(d.Sections, page.Section{ID: fmt.Sprintf("series-%d", i+1), Title: s.Name.String(), Minor: true, Blocks: t.series(i, s)})
	}
	return page.HTML(d)
}

// orders are the orders of commits as words.
var orders = map[string]string{"git": "git's history", "time": "the time at which they were measured"}

// steps lists all steps.
func (t *Trend) steps() []page.Block {
	table := page.Table{
		Caption: "Changes of a level that last at least two commits, the newest first.",
		Columns: []page.Column{{Title: "Encoder / data / protocol"}, {Title: "First commit"}, {Title: "Before", Right: true}, {Title: "After", Right: true}, {Title: "Drop", Right: true}},
	}
	for at := len(t.Commits) - 1; at >= 0; at-- {
		for i, s := range t.Series {
			for _, step := range s.Steps {
				if s.Points[step.At].Commit == at {
					table.Rows = append(table.Rows, page.TableRow{Strong: step.Drop > 0, Link: fmt.Sprintf("series-%d", i+1), Cells: []string{
						s.Name.String(), Short(t.Commits[at]), number(s, step.Before), number(s, step.After), figures.Signed(step.Drop)}})
				}
			}
		}
	}
	var out []page.Block
	if len(t.Notes) > 0 {
		out = append(out, page.Callout{Kind: page.Note, Items: t.Notes})
	}
	if len(table.Rows) == 0 {
		return append(out, page.Text("No level changed for two commits or more."))
	}
	return append(out, table)
}

// drift is what was lost since the pin, which commits one by one need not show.
func (t *Trend) drift() []page.Block {
	c := t.Since
	out := []page.Block{page.Text("The newest commit against the pinned release: " + Headline(c) + ". Many small drops pass a gate one by one, and add up here.")}
	out = append(out, drops(c.Cells)...)
	return append(out, table(c.Cells, 0, false))
}

func (t *Trend) series(i int, s gate.Series) []page.Block {
	o := figures.TrendOptions{Axis: s.Metric, Reference: math.NaN()}
	if s.Unit != "" {
		o.Axis += " in " + s.Unit
	}
	for _, c := range t.Commits {
		o.Labels = append(o.Labels, shortest(c))
	}
	var points []figures.TrendPoint
	for _, p := range s.Points {
		points = append(points, figures.TrendPoint{X: p.Commit, Dots: p.Values, Mean: p.Mean})
		if t.Commits[p.Commit] == t.Pin {
			o.Reference, o.Note = p.Mean, fmt.Sprintf("pinned %s: %s", Short(t.Pin), number(s, p.Mean))
		}
	}
	o.Levels = levels(s)
	caption := "One dot per seed, and the mean of each commit."
	if len(o.Levels) > 0 {
		caption += " Bars are fitted levels: orange after a drop, green after a gain."
	}
	if !math.IsNaN(o.Reference) {
		caption += " The dashed line is the pinned release."
	}
	return []page.Block{page.Figure{Name: fmt.Sprintf("trend-%d", i+1), Caption: caption, Drawing: figures.Trend(points, o)}}
}

// levels are the fitted levels of a series that has steps.
func levels(s gate.Series) []figures.TrendLevel {
	var out []figures.TrendLevel
	for i, step := range s.Steps {
		if i == 0 {
			out = append(out, figures.TrendLevel{From: s.Points[0].Commit, To: s.Points[step.At-1].Commit, Value: step.Before, Colour: figures.Muted})
		}
		end := len(s.Points)
		if i+1 < len(s.Steps) {
			end = s.Steps[i+1].At
		}
		l := figures.TrendLevel{From: s.Points[step.At].Commit, To: s.Points[end-1].Commit, Value: step.After, Colour: figures.Green}
		if step.Drop > 0 {
			l.Colour = figures.Orange
		}
		out = append(out, l)
	}
	return out
}

// number is a value of a series.
func number(s gate.Series, v float64) string {
	c := gate.Cell{Unit: s.Unit}
	return c.Number(v)
}

// shortest is a commit below an axis.
func shortest(commit string) string { return shortened(commit, 7, "*") }
