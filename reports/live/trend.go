package live

import (
	"cmp"
	"fmt"
	"maps"
	"net/url"
	"path"
	"slices"
	"strconv"
	"time"

	"repbench/benchmarks/gate"
	"repbench/benchmarks/ledger"
	"repbench/reports/verdicts"
)

// trendData is the page of a trend.
type trendData struct {
	Ledgers []string
	// Ledger, Suite, Machine and Pin choose; Pin is a commit that is drawn as a line.
	Ledger, Suite, Machine, Pin string
	Suites, Machines, Commits   []string
	Problem                     string
	Series                      []trendSeries
	Places                      int
}

// trendSeries is a cell over commits, as a chart of 1000 by 1000.
type trendSeries struct {
	gate.Series
	Low, High, First, Last, Mean string
	Path                         string
	Dots                         []place
	Marks                        []mark
	Pin                          string // the place of the pinned commit's mean; "": none
	Steps                        []stepView
}

// mark is a vertical line at a step.
type mark struct {
	X     string
	Worse bool
}

// stepView is a step in words.
type stepView struct {
	Text  string
	Worse bool
}

// trend is the page of a ledger's history.
func (s *Site) trend(q url.Values) (*content, error) {
	f, err := s.everything()
	if err != nil {
		return nil, err
	}
	d := trendData{Ledger: q.Get("ledger"), Suite: q.Get("suite"), Machine: q.Get("machine"), Pin: q.Get("pin")}
	for _, l := range f.ledgers {
		d.Ledgers = append(d.Ledgers, l.dir)
	}
	if d.Ledger == "" && len(d.Ledgers) > 0 {
		d.Ledger = d.Ledgers[0]
	}
	if i := slices.Index(d.Ledgers, d.Ledger); i >= 0 {
		if err := s.history(&d, f.ledgers[i]); err != nil {
			d.Problem = s.shown(err)
		}
	} else if d.Ledger != "" {
		return nil, notFound(fmt.Sprintf("there is no ledger %.200q below this folder", d.Ledger))
	}
	return &content{Title: "Trend", Tab: "Trend", Body: "trend", Data: d, Notes: f.notes}, nil
}

// history reads a ledger. Its commits are in the order in which they were measured.
func (s *Site) history(d *trendData, l ledgerFolder) error {
	all := map[string][]ledger.Line{}
	suites := map[string]bool{}
	for _, c := range l.commits {
		lines, err := ledger.ReadFolder(s.path(path.Join(l.dir, c)))
		if err != nil {
			return err
		}
		all[c] = lines
		for _, line := range lines {
			suites[line.Suite] = true
		}
	}
	if d.Suites = slices.Sorted(maps.Keys(suites)); len(d.Suites) == 0 {
		return fmt.Errorf("%s has no lines", l.dir)
	}
	if !suites[d.Suite] {
		d.Suite = d.Suites[0]
	}
	classes := map[string]bool{}
	for _, lines := range all {
		for _, line := range lines {
			if line.Suite == d.Suite {
				classes[line.Machine.Class] = true
			}
		}
	}
	if d.Machines = slices.Sorted(maps.Keys(classes)); !classes[d.Machine] {
		d.Machine = d.Machines[0]
	}
	begun := map[string]time.Time{}
	for _, c := range l.commits {
		all[c] = slices.DeleteFunc(all[c], func(line ledger.Line) bool { return line.Suite != d.Suite || line.Machine.Class != d.Machine })
		if len(all[c]) == 0 {
			continue
		}
		d.Commits = append(d.Commits, c)
		begun[c] = slices.MinFunc(all[c], func(a, b ledger.Line) int { return a.Finished.Compare(b.Finished) }).Finished
	}
	slices.SortStableFunc(d.Commits, func(a, b string) int { return cmp.Or(begun[a].Compare(begun[b]), cmp.Compare(a, b)) })
	var lines [][]ledger.Line
	for _, c := range d.Commits {
		lines = append(lines, all[c])
	}
	series, err := gate.History(lines, s.ruleOf(d.Suite))
	for _, one := range series {
		if len(one.Points) > 0 {
			d.Series = append(d.Series, d.draw(one))
		}
	}
	return err
}

// ruleOf is the rule of a suite: from a folder of it, where one is found, else the default.
func (s *Site) ruleOf(name string) gate.Rule {
	if f, err := s.everything(); err == nil {
		for _, dir := range f.suites {
			if g, err := s.suiteAt(dir); err == nil && g.Name == name {
				return g.folder.Suite.Gate
			}
		}
	}
	return gate.Default()
}

// draw makes a chart of a series.
func (d *trendData) draw(g gate.Series) trendSeries {
	var values []float64
	for _, p := range g.Points {
		values = append(append(values, p.Values...), p.Mean)
	}
	low, high := withRoom(slices.Min(values), slices.Max(values))
	x := func(commit int) float64 { return 1000 * (float64(commit) + 0.5) / float64(len(d.Commits)) }
	y := func(v float64) string { return strconv.FormatFloat(1000*(high-v)/(high-low), 'f', 1, 64) }
	text := func(v float64) string { return strconv.FormatFloat(v, 'f', 1, 64) }
	t := trendSeries{Series: g, Low: number(low), High: number(high), First: verdicts.Short(d.Commits[0]), Last: verdicts.Short(d.Commits[len(d.Commits)-1]),
		Mean: number(g.Points[len(g.Points)-1].Mean)}
	for i, p := range g.Points {
		t.Path += string("ML"[min(i, 1)]) + text(x(p.Commit)) + " " + y(p.Mean)
		for _, v := range p.Values {
			t.Dots = append(t.Dots, place{text(x(p.Commit)), y(v)})
		}
		if d.Commits[p.Commit] == d.Pin {
			t.Pin = y(p.Mean)
		}
	}
	for _, step := range g.Steps {
		at := g.Points[step.At].Commit
		t.Marks = append(t.Marks, mark{text(x(at) - 500/float64(len(d.Commits))), step.Drop > 0})
		words := "better"
		if step.Drop > 0 {
			words = "worse"
		}
		t.Steps = append(t.Steps, stepView{fmt.Sprintf("%s at %s: %s to %s", words, verdicts.Short(d.Commits[at]), number(step.Before), number(step.After)), step.Drop > 0})
	}
	return t
}
