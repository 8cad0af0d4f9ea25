package live

import (
	"encoding/json"
	"fmt"
	"math"
	"strings"
	"sync"
	"time"

	"repbench/train/runfolder"
)

// State is how far a run is.
type State string

// The states of a run.
const (
	// Running: a process holds its lock, or its files changed a moment ago and it is not at its end.
	Running State = "running"
	// Done: its last step is logged.
	Done State = "done"
	// Stopped: it ended before its last step.
	Stopped State = "stopped"
	// Failed: its log says that it ended with an error.
	Failed State = "failed"
	// Damaged: a file cannot be read.
	Damaged State = "damaged"
)

// states are all of them, in the order in which they are shown.
var states = []State{Running, Done, Stopped, Failed, Damaged}

// A run counts as running without a lock, as on a file system whose locks are not seen from here, for
// three times the time between two of its lines, but at least for leastFresh and at most for mostFresh.
const (
	leastFresh = 90 * time.Second
	mostFresh  = 10 * time.Minute
)

// glance is what the table shows of a run.
type glance struct {
	Dir    string
	State  State
	Config map[string]any
	// Last is the last logged step; nil: none is.
	Last *runfolder.Metrics
	// Steps is the number of steps that the run is to have; 0: not known.
	Steps int64
	// Changed is when a file of the run was written last.
	Changed time.Time
	// Problems say what cannot be read.
	Problems []string

	stamps  runfolder.Stamps
	ending  ending
	problem struct{ config, metrics, torn string }
}

// ending is what the log says of the end.
type ending int

const (
	unended ending = iota
	finished
	interrupted
	failed
)

// glances remembers the runs that were looked at, by their folder.
type glances struct {
	mu  sync.Mutex
	all map[string]*glance
}

// glancesAt are the glances of folders, in their order. Files that did not change are not read again.
func (s *Site) glancesAt(dirs []string) []*glance {
	out := make([]*glance, len(dirs))
	var next sync.WaitGroup
	const workers = 8 // file systems of a network answer late, and several at once
	for w := range workers {
		next.Go(func() {
			for i := w; i < len(dirs); i += workers {
				out[i] = s.glance(dirs[i])
			}
		})
	}
	next.Wait()
	s.runs.forget(dirs)
	return out
}

// forget keeps memory bounded: of the runs that are gone nothing is kept.
func (g *glances) forget(but []string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.all) <= 2*len(but)+100 {
		return
	}
	kept := map[string]*glance{}
	for _, dir := range but {
		if old := g.all[dir]; old != nil {
			kept[dir] = old
		}
	}
	g.all = kept
}

// glance looks at a run.
func (s *Site) glance(dir string) *glance {
	path := s.path(dir)
	stamps := runfolder.ReadStamps(path)
	s.runs.mu.Lock()
	old := s.runs.all[dir]
	s.runs.mu.Unlock()
	g := &glance{Dir: dir}
	if old != nil {
		*g = *old
	}
	s.refresh(g, path, stamps, old == nil)
	g.conclude(stamps.Lock && runfolder.InUse(path))
	s.runs.mu.Lock()
	defer s.runs.mu.Unlock()
	if s.runs.all == nil {
		s.runs.all = map[string]*glance{}
	}
	s.runs.all[dir] = g
	return g
}

// refresh reads what changed since stamps.
func (s *Site) refresh(g *glance, path string, now runfolder.Stamps, first bool) {
	if first || now.Config != g.stamps.Config {
		config, err := runfolder.ReadConfig(path)
		g.Config, g.problem.config = config, ""
		if err != nil {
			g.problem.config = s.shown(err)
		}
		g.Steps = whole(config["steps"])
	}
	if first || now.Metrics != g.stamps.Metrics {
		last, ok, damaged, read, err := runfolder.LastMetrics(path)
		s.read.Add(read)
		g.Last, g.problem.metrics, g.problem.torn = nil, "", ""
		switch {
		case err != nil:
			g.problem.metrics = s.shown(err)
		case ok:
			g.Last = &last
		case damaged:
			g.problem.metrics = "the end of metrics.jsonl holds no logged step"
		}
		if ok && damaged {
			g.problem.torn = "metrics.jsonl ends in a line that is no logged step; the one before is shown"
		}
	}
	if first || now.Log != g.stamps.Log {
		g.ending = endingOf(runfolder.LogTail(path, 1))
	}
	g.stamps = now
}

// endingOf reads the last line of a log, which begins with a date and a time.
func endingOf(tail []string) ending {
	if len(tail) == 0 {
		return unended
	}
	words := strings.SplitN(tail[0], " ", 4)
	switch {
	case len(words) < 4:
	case words[2] == "finished":
		return finished
	case words[2] == "stopped" && (strings.Contains(words[3], "context canceled") || strings.Contains(words[3], "interrupted")):
		return interrupted
	case words[2] == "stopped":
		return failed
	}
	return unended
}

// conclude finds the state.
func (g *glance) conclude(locked bool) {
	g.Changed = latest(g.stamps.Metrics.Time, g.stamps.Log.Time, g.stamps.Config.Time)
	g.Problems = nil
	for _, p := range []string{g.problem.config, g.problem.metrics} {
		if p != "" {
			g.Problems = append(g.Problems, p)
		}
	}
	complete := g.Last != nil && g.Steps > 0 && g.Last.Step >= g.Steps
	switch {
	case locked:
		g.State = Running
	case len(g.Problems) > 0:
		g.State = Damaged
	case g.ending == failed:
		g.State = Failed
	case g.ending == finished, complete:
		g.State = Done
	case g.ending == unended && time.Since(g.Changed) < g.fresh():
		g.State = Running
	default:
		g.State = Stopped
	}
	if g.problem.torn != "" && g.State != Running { // while it trains, a line may be half written
		g.Problems = append(g.Problems, g.problem.torn)
	}
}

// fresh is how long after a change of its files the run counts as running.
func (g *glance) fresh() time.Duration {
	if g.Last == nil || g.Last.Step <= 0 || !(g.Last.Seconds > 0) {
		return leastFresh
	}
	between := g.Last.Seconds / float64(g.Last.Step) * float64(whole(g.Config["log_every"]))
	return max(leastFresh, time.Duration(min(3*between, mostFresh.Seconds())*float64(time.Second)))
}

func latest(times ...time.Time) (out time.Time) {
	for _, t := range times {
		if t.After(out) {
			out = t
		}
	}
	return out
}

// whole is a whole number of a config; 0 where it is none.
func whole(v any) int64 {
	n, ok := v.(json.Number)
	if !ok {
		return 0
	}
	i, err := n.Int64()
	if err != nil {
		return 0
	}
	return i
}

// Text is an option of the config as text; "" where there is none.
func (g *glance) Text(name string) string { return optionText(g.Config[name]) }

// optionText is the value of an option.
func optionText(v any) string {
	switch v := v.(type) {
	case nil:
		return ""
	case string:
		return v
	case json.Number:
		return v.String()
	}
	text, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(text)
}

// Model is what is trained: "svhn32, width 64".
func (g *glance) Model() string {
	text := g.Text("arch")
	for _, name := range []string{"width", "hidden"} {
		if v := g.Text(name); v != "" {
			text += ", " + name + " " + v
		}
	}
	return text
}

// Speed is the number of images a second, of the last line.
func (g *glance) Speed() float64 {
	if g.Last == nil {
		return math.NaN()
	}
	return g.Last.ImagesPerSecond
}

// Step is the step of the last line; -1: none.
func (g *glance) Step() int64 {
	if g.Last == nil {
		return -1
	}
	return g.Last.Step
}

// Left is the time that the rest takes at the speed so far; 0: not known, or none.
func (g *glance) Left() time.Duration {
	if g.State != Running || g.Last == nil || g.Last.Step <= 0 || g.Steps <= g.Last.Step || !(g.Last.Seconds > 0) {
		return 0
	}
	return time.Duration(g.Last.Seconds / float64(g.Last.Step) * float64(g.Steps-g.Last.Step) * float64(time.Second))
}

// shown is an error without the place of the folder on this machine, as all paths on a page are.
func (s *Site) shown(err error) string {
	return strings.ReplaceAll(err.Error(), s.o.Dir+string('/'), "")
}
