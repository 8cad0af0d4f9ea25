package gate

import (
	"fmt"
	"slices"

	"repbench/benchmarks/ledger"
	"repbench/internal/measure"
)

// Series is one cell over commits.
type Series struct {
	Name
	Threshold
	// Unit and Better are as in Cell.
	Unit   string            `json:"unit,omitempty"`
	Better measure.Direction `json:"better"`
	// Points are the commits that have the cell, in their order.
	Points []Point `json:"points"`
	// Noise is the standard deviation of one seed, without what equal seeds share over commits.
	Noise float64 `json:"noise"`
	// Steps are changes of the level that last.
	Steps []Step `json:"steps,omitempty"`
}

// Point is a commit of a series.
type Point struct {
	// Commit is the commit's place in the list that History was given.
	Commit int `json:"commit"`
	// Seeds and Values are as in Sample; Mean is the mean of Values.
	Seeds  []uint64  `json:"seeds,omitempty"`
	Values []float64 `json:"values"`
	Mean   float64   `json:"mean"`
	// Level is Mean without the luck of the seeds: what the commit would have with all seeds.
	Level float64 `json:"level"`
}

// Step is where the level of a series changes for at least two commits.
type Step struct {
	// At is the place in Points where the new level begins; Before and After are the levels.
	At     int     `json:"at"`
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	// Drop is how much worse it became; negative: better.
	Drop float64 `json:"drop"`
}

// History puts the lines of commits, in the order of their history, together by cell and fits steps to
// each. Lines of trainings that diverged, of other data than the newest commit's, and without the
// measurement are left out; cells whose measurement has no direction too. Each commit may have a cell and
// seed once.
func History(commits [][]ledger.Line, r Rule) ([]Series, error) {
	if err := r.Check(); err != nil {
		return nil, err
	}
	var out []*history
	at := map[Name]*history{}
	for i := len(commits) - 1; i >= 0; i-- { // the newest says what data and direction are
		own := map[Name][]ledger.Line{}
		var names []Name
		for _, l := range commits[i] {
			n := nameOf(&l)
			if own[n] == nil {
				names = append(names, n)
			}
			own[n] = append(own[n], l)
		}
		for _, n := range names {
			if err := order(own[n], fmt.Sprintf("commit %s", own[n][0].Commit())); err != nil {
				return nil, err
			}
			h := at[n]
			if h == nil {
				h = newHistory(n, own[n][0].DataHash, r)
				at[n] = h
				out = append(out, h)
			}
			h.add(i, own[n])
		}
	}
	var all []Series
	for _, h := range out {
		if len(h.Points) == 0 {
			continue
		}
		slices.Reverse(h.Points)
		h.fit()
		all = append(all, h.Series)
	}
	return all, nil
}

// history is a series in the making.
type history struct {
	Series
	data  string
	trial *trial // knows the measurement
}

func newHistory(n Name, data string, r Rule) *history {
	t := &trial{Cell: &Cell{Name: n, Threshold: r.For(n.Protocol)}, scale: 1}
	return &history{Series: Series{Name: n, Threshold: t.Threshold, Points: []Point{}}, data: data, trial: t}
}

// add adds a commit, if it has anything to add.
func (h *history) add(commit int, lines []ledger.Line) {
	t := h.trial
	var p Point
	for i := range lines {
		m, ok := t.measurement(&lines[i])
		if !ok || lines[i].Diverged != "" || lines[i].DataHash != h.data || m.Better == "" || h.Better != "" && m.Better != h.Better {
			continue
		}
		h.Better = m.Better
		t.units()
		if lines[i].Seed != nil {
			p.Seeds = append(p.Seeds, *lines[i].Seed)
		}
		p.Values = append(p.Values, m.Value*t.scale)
	}
	if len(p.Values) == 0 || len(p.Seeds) > 0 && len(p.Seeds) < len(p.Values) {
		return
	}
	s := Sample{Values: p.Values}
	s.describe()
	p.Commit, p.Mean = commit, s.Mean
	h.Unit = t.Unit
	h.Points = append(h.Points, p)
}

// drop is how much worse after is than before.
func (h *history) drop(before, after float64) float64 {
	if h.Better == measure.Lower {
		return after - before
	}
	return before - after
}
