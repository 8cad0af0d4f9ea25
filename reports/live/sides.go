package live

import (
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"path"
	"slices"

	"repbench/benchmarks/gate"
	"repbench/benchmarks/ledger"
	"repbench/reports/verdicts"
)

// side is what can be compared: the results in the folder of a suite, or the results of a commit in a ledger.
type side struct {
	// Name stands in the URL, Title is for people.
	Name, Title string
	dir         string
	suite       bool
}

// sidesOf are all sides that were found.
func sidesOf(f *found) (out []side) {
	for _, dir := range f.suites {
		out = append(out, side{"suite:" + dir, "folder " + dir, dir, true})
	}
	for _, l := range f.ledgers {
		for _, c := range l.commits {
			out = append(out, side{"ledger:" + path.Join(l.dir, c), fmt.Sprintf("commit %s of %s", verdicts.Short(c), l.dir), path.Join(l.dir, c), false})
		}
	}
	return out
}

// results are the lines of a side with the rule of its suite, where it has one.
type results struct {
	lines []ledger.Line
	rule  *gate.Rule
	notes []string
}

// read reads the results of a side.
func (s *Site) results(d side) (r results, err error) {
	if !d.suite {
		r.lines, err = ledger.ReadFolder(s.path(d.dir))
		return r, err
	}
	g, err := s.suiteAt(d.dir)
	if err != nil {
		return r, err
	}
	r.rule = &g.folder.Suite.Gate
	for _, c := range g.folder.Cells() {
		if g.folder.Orphan(c) {
			continue
		}
		l, err := g.folder.Result(c)
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			r.notes = append(r.notes, fmt.Sprintf("%s is left out: %s", c, s.shown(err)))
		default:
			r.lines = append(r.lines, *l)
		}
	}
	return r, nil
}

// chosen is what a comparison is made of.
type chosen struct {
	Base, Head string
	// Suites and Machines are the names that both sides have, Suite and Machine the ones that are compared.
	Suite, Machine   string
	Suites, Machines []string
}

// compared is a comparison, or why there is none.
type compared struct {
	chosen
	Result *gate.Comparison
	notes  []string
}

// errChoose says that a choice is missing; the page offers it.
var errChoose = errors.New("choose two sides")

// compareSides compares the sides that a URL names.
func (s *Site) compareSides(q url.Values, all []side) (c compared, err error) {
	c.chosen = chosen{Base: q.Get("base"), Head: q.Get("head"), Suite: q.Get("suite"), Machine: q.Get("machine")}
	if c.Base == "" || c.Head == "" {
		return c, errChoose
	}
	var both [2]results
	for i, name := range []string{c.Base, c.Head} {
		at := slices.IndexFunc(all, func(d side) bool { return d.Name == name })
		if at < 0 {
			return c, fmt.Errorf("there is no side %.200q below this folder; choose one of the lists", name)
		}
		if both[i], err = s.results(all[at]); err != nil {
			return c, err
		}
		c.notes = append(c.notes, both[i].notes...)
	}
	if err := c.choose(&both); err != nil {
		return c, err
	}
	rule := gate.Default()
	for _, r := range both {
		if r.rule != nil {
			rule = *r.rule // the head's, where both have one
		}
	}
	c.Result, err = gate.Compare(both[0].lines, both[1].lines, rule)
	return c, err
}

// choose keeps the lines of one suite and one class of machines on both sides.
func (c *chosen) choose(both *[2]results) error {
	common := func(field func(ledger.Line) string) []string {
		return ledger.Common(both[0].lines, both[1].lines, field)
	}
	keep := func(field func(ledger.Line) string, value string) {
		for i := range both {
			both[i].lines = ledger.With(both[i].lines, field, value)
		}
	}
	for i, r := range both {
		if len(r.lines) == 0 {
			return fmt.Errorf("%s has no results yet", [...]string{"the base", "the head"}[i])
		}
	}
	c.Suites = common(ledger.SuiteOf)
	if len(c.Suites) == 0 {
		return errors.New("the two sides have no suite in common")
	}
	if !slices.Contains(c.Suites, c.Suite) {
		c.Suite = c.Suites[0]
	}
	keep(ledger.SuiteOf, c.Suite)
	if c.Machines = common(ledger.ClassOf); len(c.Machines) == 0 {
		return nil // of different machines: the comparison warns
	}
	if !slices.Contains(c.Machines, c.Machine) {
		c.Machine = c.Machines[0]
	}
	keep(ledger.ClassOf, c.Machine)
	return nil
}

// query is the comparison as a URL.
func (c chosen) query() string {
	q := url.Values{"base": {c.Base}, "head": {c.Head}}
	for name, v := range map[string]string{"suite": c.Suite, "machine": c.Machine} {
		if v != "" {
			q.Set(name, v)
		}
	}
	return q.Encode()
}
