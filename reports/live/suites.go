package live

import (
	"fmt"
	"net/url"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"repbench/benchmarks/ledger"
	"repbench/benchmarks/suite"
	"repbench/internal/measure"
)

// suiteCache has the suites that were looked at, by their folder.
type suiteCache struct {
	mu  sync.Mutex
	all map[string]*cached[*grid]
}

// grid is a suite as the first page shows it: encoders by data sets and protocols.
type grid struct {
	*suite.Overview
	// Dir is its folder, Name its name.
	Dir, Name string
	// Data are the data sets over the columns, Columns the protocols below them.
	Data    []span
	Columns []string
	Rows    []gridRow
	// Rest is the time left in words.
	Rest string

	folder *suite.Folder
	labels map[string]string // of trainings, by ID
}

// span is a heading over several columns.
type span struct {
	Name string
	Wide int
}

// gridRow is a row of a grid: an encoder.
type gridRow struct {
	Encoder string
	Squares []square
}

// square is an encoder, a data set and a protocol; Link is "" where the suite has no such cell.
type square struct {
	suite.Row
	Link, Value, SD string
	// Parts are the shares of the states, for a bar.
	Parts []part
}

// part is a part of a bar, as places on a bar of 1000.
type part struct {
	State suite.State
	At    float64
	Wide  float64
	Count int
}

// suiteAt is a suite as it is now. The error is one of reading it.
func (s *Site) suiteAt(dir string) (*grid, error) {
	s.suites.mu.Lock()
	c := s.suites.all[dir]
	if c == nil {
		if len(s.suites.all) > maxFound {
			clear(s.suites.all)
		}
		c = &cached[*grid]{}
		s.suites.all[dir] = c
	}
	s.suites.mu.Unlock()
	return c.get(s.o.Every, func() (*grid, error) { return s.readSuite(dir) })
}

// readSuite reads a suite.
func (s *Site) readSuite(dir string) (*grid, error) {
	f, err := suite.Open(s.path(dir))
	if err != nil {
		return nil, err
	}
	f.AnyProgram()
	g := &grid{Overview: f.Overview(suite.Seeds{}, true), Dir: dir, Name: f.Suite.Name, folder: f, labels: map[string]string{}}
	for _, c := range f.Cells() {
		if c.Training != "" && c.Seed != nil {
			g.labels[c.Training] = fmt.Sprintf("%s, seed %d", c.Encoder, *c.Seed)
		}
	}
	g.lay()
	g.Rest = rest(g.Left)
	return g, nil
}

// lay places the squares.
func (g *grid) lay() {
	type column struct{ data, protocol string }
	var columns []column
	var encoders []string
	for _, r := range g.Overview.Rows {
		if c := (column{r.Data, r.Protocol}); !slices.Contains(columns, c) {
			columns = append(columns, c)
		}
		if !slices.Contains(encoders, r.Encoder) {
			encoders = append(encoders, r.Encoder)
		}
	}
	order := map[string]int{}
	for _, c := range columns {
		if _, ok := order[c.data]; !ok {
			order[c.data] = len(order)
		}
	}
	slices.SortStableFunc(columns, func(a, b column) int { return order[a.data] - order[b.data] })
	for _, c := range columns {
		if n := len(g.Data); n == 0 || g.Data[n-1].Name != c.data {
			g.Data = append(g.Data, span{Name: c.data})
		}
		g.Data[len(g.Data)-1].Wide++
		g.Columns = append(g.Columns, c.protocol)
	}
	for _, e := range encoders {
		row := gridRow{Encoder: e, Squares: make([]square, len(columns))}
		for _, r := range g.Overview.Rows {
			if r.Encoder == e {
				row.Squares[slices.Index(columns, column{r.Data, r.Protocol})] = g.square(r)
			}
		}
		g.Rows = append(g.Rows, row)
	}
}

// Sums are the counts of all cells with their bar.
func (g *grid) Sums() sums { return sums{g.Counts, parts(g.Counts)} }

// sums are counts with their bar.
type sums struct {
	suite.Counts
	Bar []part
}

// Metrics are the measurements of the squares.
func (g *grid) Metrics() string {
	var names []string
	for _, r := range g.Overview.Rows {
		if r.Metric != "" && !slices.Contains(names, r.Metric) {
			names = append(names, r.Metric)
		}
	}
	return strings.Join(names, ", ")
}

// square is a square of the grid.
func (g *grid) square(r suite.Row) square {
	q := square{Row: r, Link: "suite?" + url.Values{"dir": {g.Dir}, "encoder": {r.Encoder}, "data": {r.Data}, "protocol": {r.Protocol}}.Encode()}
	q.Parts = parts(r.Counts)
	if r.Mean != nil {
		q.Value = value(r.Metric, *r.Mean)
	}
	if r.SD != nil {
		q.SD = value(r.Metric, *r.SD)
	}
	return q
}

// parts are the states of some cells on a bar.
func parts(c suite.Counts) (out []part) {
	at := 0.0
	for _, p := range []part{{State: suite.Done, Count: c.Done}, {State: suite.Running, Count: c.Running}, {State: suite.Failed, Count: c.Failed}, {State: suite.Interrupted, Count: c.Interrupted}} {
		if p.Count > 0 && c.Total > 0 {
			p.At, p.Wide = at, 1000*float64(p.Count)/float64(c.Total)
			at += p.Wide
			out = append(out, p)
		}
	}
	return out
}

// value is a measurement for people: accuracies in percent.
func value(metric string, v float64) string {
	if isShare(metric) {
		return minus(fmt.Sprintf("%.2f", 100*v))
	}
	return number(v)
}

// isShare reports whether a measurement is a share that is shown in percent.
func isShare(metric string) bool {
	return metric == measure.TestAccuracy || metric == measure.TrainAccuracy || metric == measure.ValidAccuracy
}

// unit is the unit in which a measurement is shown; "": none.
func unit(metric string) string {
	if isShare(metric) {
		return " %"
	}
	return ""
}

// Unit is the unit of a square's value.
func (q square) Unit() string { return unit(q.Metric) }

// rest is the time left in words.
func rest(e suite.Estimate) string {
	text := ""
	if e.Seconds > 0 {
		text = "about " + duration(time.Duration(e.Seconds*float64(time.Second))) + " of work left"
	}
	switch {
	case e.Unknown > 0 && text != "":
		text += fmt.Sprintf(", and %d whose time is not known yet", e.Unknown)
	case e.Unknown > 0:
		text = fmt.Sprintf("%d left, whose time is not known yet", e.Unknown)
	}
	return text
}

// labelsOf names the trainings of suites by their folders.
func (s *Site) labelsOf(f *found) map[string]string {
	out := map[string]string{}
	for _, dir := range f.suites {
		g, err := s.suiteAt(dir)
		if err != nil {
			continue // said on the first page
		}
		for id, label := range g.labels {
			out[path.Join(dir, "trainings", id)] = g.Name + ": " + label
		}
	}
	return out
}

// overviewData is what the first page shows.
type overviewData struct {
	Suites []suiteView
	Runs   map[State]int
	Total  int
	States []State
	Newest []runRow
	// Reports is the number of reports.
	Reports int
}

// suiteView is a suite, or why it cannot be read.
type suiteView struct {
	Dir, Problem string
	*grid
}

// overview is the first page.
func (s *Site) overview(url.Values) (*content, error) {
	f, err := s.everything()
	if err != nil {
		return nil, err
	}
	d := overviewData{Runs: map[State]int{}, Total: len(f.runs), States: states, Reports: len(f.reports)}
	for _, dir := range f.suites {
		v := suiteView{Dir: dir}
		if v.grid, err = s.suiteAt(dir); err != nil {
			v.Problem = s.shown(err)
		}
		d.Suites = append(d.Suites, v)
	}
	all := s.glancesAt(f.runs)
	for _, g := range all {
		d.Runs[g.State]++
	}
	slices.SortStableFunc(all, func(a, b *glance) int { return b.Changed.Compare(a.Changed) })
	labels := s.labelsOf(f)
	for _, g := range all[:min(len(all), 8)] {
		d.Newest = append(d.Newest, rowOf(g, labels))
	}
	return &content{Title: "Overview", Tab: "Overview", Body: "overview", Data: d, Notes: f.notes}, nil
}

// cellView is a cell of a suite with its result.
type cellView struct {
	suite.Cell
	State       suite.State
	Value, Took string
	// Others are the other measurements.
	Others []string
	Run    string
	Why    string
	Log    []string
}

// suiteData is the page of a suite.
type suiteData struct {
	*grid
	// Encoder, Data and Protocol choose cells; "": all.
	Encoder, Protocol, Set string
	Metric                 string
	Cells                  []cellView
	Left                   int
}

// maxCells is the number of cells that a page lists.
const maxCells = 500

// suite is the page of a suite, or of a square of it.
func (s *Site) suite(q url.Values) (*content, error) {
	f, err := s.everything()
	if err != nil {
		return nil, err
	}
	dir, err := lookUp("suite", q.Get("dir"), f.suites)
	if err != nil {
		return nil, err
	}
	g, err := s.suiteAt(dir)
	if err != nil {
		return nil, err
	}
	d := suiteData{grid: g, Encoder: q.Get("encoder"), Set: q.Get("data"), Protocol: q.Get("protocol")}
	chosen := func(want, have string) bool { return want == "" || want == have }
	for _, c := range g.folder.Cells() {
		if g.folder.Orphan(c) || !chosen(d.Encoder, c.Encoder) || !chosen(d.Set, c.Data) || !chosen(d.Protocol, c.Protocol) {
			continue
		}
		if len(d.Cells) == maxCells {
			d.Left++
			continue
		}
		d.Cells = append(d.Cells, s.cell(g, c, f, &d.Metric))
	}
	return &content{Title: "Suite " + g.Name, Tab: "Overview", Body: "suite", Data: d, Notes: f.notes}, nil
}

// cell looks at a cell.
func (s *Site) cell(g *grid, c suite.Cell, f *found, metric *string) cellView {
	at := g.folder.Look(c, true)
	v := cellView{Cell: c, State: at.State, Why: at.Why}
	if run := path.Join(g.Dir, "trainings", c.Training); c.Training != "" && slices.Contains(f.runs, run) {
		v.Run = "run?" + url.Values{"dir": {run}}.Encode()
	}
	switch {
	case at.Line != nil:
		v.result(at.Line, g.folder.Suite.Gate.For(c.Protocol).Metric, metric)
	case at.Failure != nil:
		v.Why, v.Log = at.Failure.Reason, at.Failure.Log
	case at.State == suite.Running:
		v.Why, v.Log = at.Holder, g.folder.LogTail(c, 5)
	case at.State == suite.Interrupted:
		v.Log = g.folder.LogTail(c, 5)
	}
	return v
}

// result fills in what a line says.
func (v *cellView) result(l *ledger.Line, gated string, metric *string) {
	v.Took = duration(time.Duration(l.Seconds * float64(time.Second)))
	if v.Why == "" {
		v.Why = l.Diverged
	}
	for i, m := range l.Measurements {
		text := value(m.Name, m.Value)
		if _, ok := l.Value(gated); m.Name == gated || !ok && i == 0 {
			v.Value, *metric = text, m.Name
			continue
		}
		v.Others = append(v.Others, m.Name+" "+text+unit(m.Name))
	}
}
