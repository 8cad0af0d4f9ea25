package suite

import (
	"math"
	"os"
	"path/filepath"
	"slices"

	"repbench/benchmarks/ledger"
	"repbench/eval"
	"repbench/internal/measure"
)

// Overview is what is done of a suite.
type Overview struct {
	// Suite is its name, Dir its folder.
	Suite string `json:"suite"`
	Dir   string `json:"dir,omitempty"`
	// Counts counts all cells, Trainings the trainings that they need.
	Counts
	Trainings Counts `json:"trainings"`
	// Rows are the cells without their seeds, in the order of the plan.
	Rows []Row `json:"rows"`
	// Running are the cells that processes work on, Failed the cells that gave up.
	Running []CellState `json:"running_cells"`
	Failed  []CellState `json:"failed_cells"`
	// Stale are cells whose record does not count, such as one of another program.
	Stale []CellState `json:"stale_cells"`
	// Orphans are cells of the plan that the suite has no longer, Kept the indices of the orphans whose
	// folder has a record.
	Orphans []Cell `json:"orphans"`
	Kept    []int  `json:"kept_orphans"`
	// Partial says that cells with other seeds were left out.
	Partial bool `json:"partial,omitempty"`
	// Saved are the trainings that are not done and have a checkpoint, at which they go on.
	Saved []SavedTraining `json:"saved_trainings"`
	// Left is the time that the rest takes, one cell after another.
	Left Estimate `json:"left"`
}

// Counts are how many are in each state.
type Counts struct {
	Total       int `json:"total"`
	Done        int `json:"done"`
	Running     int `json:"running"`
	Failed      int `json:"failed"`
	Interrupted int `json:"interrupted"`
	Open        int `json:"open"`
}

// add counts a state.
func (c *Counts) add(s State) {
	c.Total++
	switch s {
	case Done:
		c.Done++
	case Running:
		c.Running++
	case Failed:
		c.Failed++
	case Interrupted:
		c.Interrupted++
	case Waiting:
		c.Open++
	}
}

// Left is the number of cells that are neither done nor failed.
func (c Counts) Left() int { return c.Total - c.Done - c.Failed }

// Row is an encoder, a data set and a protocol with all seeds.
type Row struct {
	Encoder  string `json:"encoder"`
	Data     string `json:"data"`
	Protocol string `json:"protocol"`
	Counts   `json:"counts"`
	// Metric is the name of the measurement whose values in the done cells are Values.
	Metric string    `json:"metric,omitempty"`
	Values []float64 `json:"values,omitempty"`
	// Seeded says that the cells have seeds.
	Seeded bool `json:"seeded,omitempty"`
	// CI95 is a 95 % interval: of two or more values Student's interval of their mean, of one value its own
	// interval over test images or draws; nil: not known.
	CI95 *[2]float64 `json:"ci95,omitempty"`
	// Mean and SD are the mean and the standard deviation of Values; SD is nil for fewer than two.
	Mean *float64 `json:"mean,omitempty"`
	SD   *float64 `json:"sd,omitempty"`
	// Diverged is how many trainings gave no encoder.
	Diverged int `json:"diverged,omitempty"`
}

// CellState is a cell with why it is in its state.
type CellState struct {
	Cell
	// Why is the reason of a failure, the holder of a lock, or what is wrong with a record.
	Why string `json:"why"`
	// Log are the last lines of log.txt.
	Log []string `json:"log,omitempty"`
}

// Overview reads the state of all cells whose seed is taken; the zero Seeds take all. reuse is as in
// RunOptions.
func (f *Folder) Overview(seeds Seeds, reuse bool) *Overview {
	o := &Overview{Suite: f.Suite.Name, Dir: f.Dir, Rows: []Row{}, Running: []CellState{}, Failed: []CellState{}, Stale: []CellState{}, Orphans: []Cell{}, Kept: []int{}, Partial: seeds.given(), Saved: []SavedTraining{}}
	rows := map[[3]string]int{}
	trainings := map[string]bool{}
	var e estimator
	for _, c := range f.cells {
		if f.Orphan(c) {
			o.Orphans = append(o.Orphans, c)
			if _, err := os.Stat(filepath.Join(f.Path(c), recordFile)); err == nil {
				o.Kept = append(o.Kept, c.Index)
			}
			continue
		}
		if seeds.given() && !seeds.Has(c.Seed) {
			continue
		}
		s := f.Look(c, reuse)
		o.Counts.add(s.State)
		key := [3]string{c.Encoder, c.Data, c.Protocol}
		if _, ok := rows[key]; !ok {
			rows[key] = len(o.Rows)
			o.Rows = append(o.Rows, Row{Encoder: c.Encoder, Data: c.Data, Protocol: c.Protocol, Seeded: c.Seed != nil})
		}
		o.Rows[rows[key]].take(s, f.Suite)
		if c.Training != "" && !trainings[c.Training] {
			trainings[c.Training] = true
			o.training(f, c, reuse, &e)
		}
		e.take(c, s)
		o.list(c, s)
	}
	for i := range o.Rows {
		o.Rows[i].conclude()
	}
	o.Left = e.estimate()
	return o
}

// list adds a cell to the list of its state.
func (o *Overview) list(c Cell, s Standing) {
	switch {
	case s.State == Running:
		o.Running = append(o.Running, CellState{Cell: c, Why: s.Holder})
	case s.State == Failed:
		o.Failed = append(o.Failed, CellState{Cell: c, Why: s.Failure.Reason, Log: s.Failure.Log})
	}
	if s.Why != "" {
		o.Stale = append(o.Stale, CellState{Cell: c, Why: s.Why})
	}
}

// training counts the training of a cell.
func (o *Overview) training(f *Folder, c Cell, reuse bool, e *estimator) {
	r, done := f.readTrained(c, reuse)
	state := Waiting
	switch {
	case done:
		state = Done
	case f.Training(c):
		state = Running
	}
	if saved, ok := f.saved(c, reuse); ok && !done {
		o.Saved = append(o.Saved, saved)
		if state == Waiting {
			state = Interrupted
		}
	}
	o.Trainings.add(state)
	e.training(c, r.Seconds, done)
}

// take adds a cell to its row.
func (r *Row) take(s Standing, suite *Suite) {
	r.add(s.State)
	if s.Line == nil {
		return
	}
	if s.Line.Diverged != "" {
		r.Diverged++
		return
	}
	if m, ok := headline(s.Line, suite); ok && (r.Metric == "" || r.Metric == m.Name) {
		r.Metric = m.Name
		r.Values = append(r.Values, m.Value)
		r.CI95 = m.CI95
	}
}

// headline is the measurement that stands for a line: the gate's measurement, or else the line's first.
func headline(l *ledger.Line, s *Suite) (measure.Measurement, bool) {
	if m, ok := l.Value(s.Gate.For(l.Protocol).Metric); ok {
		return m, true
	}
	if len(l.Measurements) == 0 {
		return measure.Measurement{}, false
	}
	return l.Measurements[0], true
}

// conclude computes mean, standard deviation and interval.
func (r *Row) conclude() {
	n := float64(len(r.Values))
	if n == 0 {
		return
	}
	var sum, squares float64
	for _, v := range r.Values {
		sum += v
	}
	mean := sum / n
	r.Mean = &mean
	if n < 2 {
		return
	}
	interval := [2]float64(*eval.MeanInterval(r.Values))
	r.CI95 = &interval
	for _, v := range r.Values {
		squares += (v - mean) * (v - mean)
	}
	sd := math.Sqrt(squares / (n - 1))
	r.SD = &sd
}

// Estimate is a prediction from what was done before.
type Estimate struct {
	// Seconds is the time of the cells and trainings of which the like was done before.
	Seconds float64 `json:"seconds"`
	// Unknown is the number of cells and trainings of which nothing like was done.
	Unknown int `json:"unknown"`
}

// took is a kind of work: how long it took, and how often it is still to be done.
type took struct {
	seconds []float64
	left    int
}

// estimator predicts the time of what is left by the mean of what was done: of cells of the same
// encoder, data set and protocol, else of the same protocol on the same data set, else of the same
// protocol; of trainings of the same encoder.
type estimator struct {
	cells     map[[3]string]*took
	trainings map[string]*took
}

func (e *estimator) take(c Cell, s Standing) {
	if e.cells == nil {
		e.cells = map[[3]string]*took{}
	}
	key := [3]string{c.Encoder, c.Data, c.Protocol}
	t := e.cells[key]
	if t == nil {
		t = &took{}
		e.cells[key] = t
	}
	switch {
	case s.Line != nil && s.Line.Diverged == "":
		t.seconds = append(t.seconds, s.Line.Seconds)
	case s.State != Done && s.State != Failed:
		t.left++
	}
}

func (e *estimator) training(c Cell, seconds float64, done bool) {
	if e.trainings == nil {
		e.trainings = map[string]*took{}
	}
	t := e.trainings[c.Encoder]
	if t == nil {
		t = &took{}
		e.trainings[c.Encoder] = t
	}
	if done {
		t.seconds = append(t.seconds, seconds)
	} else {
		t.left++
	}
}

// estimate adds up what is left.
func (e *estimator) estimate() (out Estimate) {
	for key, t := range e.cells {
		times := t.seconds
		for _, like := range []func(k [3]string) bool{
			func(k [3]string) bool { return k[1] == key[1] && k[2] == key[2] },
			func(k [3]string) bool { return k[2] == key[2] },
		} {
			if len(times) > 0 || t.left == 0 {
				break
			}
			for k, other := range e.cells {
				if like(k) {
					times = append(times, other.seconds...)
				}
			}
			slices.Sort(times) // so that the sum does not depend on the order of the map
		}
		out.add(t.left, times)
	}
	for _, t := range e.trainings {
		out.add(t.left, t.seconds)
	}
	return out
}

func (o *Estimate) add(left int, times []float64) {
	if left == 0 {
		return
	}
	if len(times) == 0 {
		o.Unknown += left
		return
	}
	sum := 0.0
	for _, t := range times {
		sum += t
	}
	o.Seconds += float64(left) * sum / float64(len(times))
}
