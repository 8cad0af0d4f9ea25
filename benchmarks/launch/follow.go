package launch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"repbench/benchmarks/suite"
)

// Limits of Follow.
const (
	// lostAfter is how often in a row a cell must be missing before it counts as lost: queues answer
	// with gaps, and files of other machines are seen late.
	lostAfter = 2
	// submitsMost is how often one call of Follow submits a cell.
	submitsMost = 3
	// silentMost is how often in a row an engine may give no answer.
	silentMost = 5
)

// FollowOptions say what Follow does.
type FollowOptions struct {
	// Engine is the engine's name in jobs.jsonl, Out the suite's folder, Cells are the indices of the plan
	// that are to be done.
	Engine, Out string
	Cells       []int
	// Files says how far a cell is by the folder's files, and why a record that is there does not count.
	Files func(cell int) (s suite.State, why string)
	// Every is the time between two looks; 0: one minute.
	Every time.Duration
	// Detach returns as soon as all cells are submitted.
	Detach bool
	// Say shows a line to people.
	Say func(line string)
}

// Outcome is what became of the cells.
type Outcome struct {
	// Done and Failed are cells that have a record, and that failed.
	Done, Failed []int
	// Lost are cells that the engine lost as often as they were submitted.
	Lost []int
	// Coming are cells that are still with the engine.
	Coming []int
}

// Follow submits the cells that are not done and not with the engine yet, and watches until all are
// done. A cell is lost when it has no record, the engine does not have it twice in a row, and nothing holds
// its lock; then it is submitted again. When ctx ends, what was submitted goes on; the same call watches again.
func Follow(ctx context.Context, e Engine, o FollowOptions) (Outcome, error) {
	f := follower{FollowOptions: o, engine: e, missing: map[int]int{}, submitted: map[int]int{}, lost: map[int]State{}, cancels: -1}
	if f.Every == 0 {
		f.Every = time.Minute
	}
	silent := 0
	for first := true; ; first = false {
		out, settled, err := f.look(ctx)
		switch {
		case err == nil:
			silent = 0
		case ctx.Err() != nil:
			return out, ctx.Err()
		case !errors.Is(err, ErrEngine) || first || silent+1 >= silentMost:
			return out, err
		default:
			silent++
			f.Say(fmt.Sprintf("%v (asked again in %s)", err, f.Every))
		}
		if err == nil && (len(out.Coming) == 0 || f.Detach && settled) {
			return out, nil
		}
		pause := f.Every
		if f.Detach {
			pause = min(pause, 5*time.Second)
		}
		select {
		case <-ctx.Done():
			return out, ctx.Err()
		case <-time.After(pause):
		}
	}
}

// follower is the state of Follow between two looks.
type follower struct {
	FollowOptions
	engine    Engine
	missing   map[int]int    // how often in a row
	submitted map[int]int    // how often by this call
	lost      map[int]State  // given up, with what the engine said last
	why       map[int]string // why a record that is there does not count
	said      string
	cancels   int // lines of jobs.jsonl that cancel; -1: not read yet
}

// look asks files and engine once and submits what is missing. settled is false while a cell has to be looked
// for once more.
func (f *follower) look(ctx context.Context) (out Outcome, settled bool, err error) {
	out, open := f.files()
	states, settled := map[int]State{}, true
	if len(open) > 0 {
		if states, settled, err = f.ask(ctx, open); err != nil {
			return out, false, err
		}
	}
	for _, c := range out.Coming {
		states[c] = State{Phase: Running}
	}
	for _, c := range open {
		if _, lost := f.lost[c]; lost {
			out.Lost = append(out.Lost, c)
		} else {
			out.Coming = append(out.Coming, c)
		}
	}
	slices.Sort(out.Coming)
	slices.Sort(out.Lost)
	f.sayStates(out, states)
	return out, settled, nil
}

// ask asks the engine for the open cells and submits the cells that it does not have.
func (f *follower) ask(ctx context.Context, open []int) (states map[int]State, settled bool, err error) {
	all, err := f.submissions()
	if err != nil {
		return nil, false, err
	}
	if states, err = f.engine.States(ctx, all, open); err != nil {
		return nil, false, err
	}
	if states == nil {
		states = map[int]State{}
	}
	before, err := submitted(all)
	if err != nil {
		return nil, false, err
	}
	var submit []int
	settled = true
	again := map[int]State{}
	for _, c := range open {
		s := states[c]
		if w := f.why[c]; w != "" && s.Phase == Ended {
			s.Detail += "; " + w
		}
		switch f.judge(s, c, before[c]) {
		case isComing:
			delete(f.missing, c)
		case isNew:
			submit = append(submit, c)
		case isMissing:
			f.missing[c]++
			settled = false
		case isGivenUp:
			f.lost[c] = s
		case isLost:
			submit, again[c] = append(submit, c), s
		}
	}
	f.sayLost(again)
	if err := f.submit(ctx, submit); err != nil {
		return nil, false, err
	}
	for _, c := range submit {
		states[c] = State{Phase: Pending, Detail: "submitted"}
	}
	return states, settled, nil
}

// submissions reads jobs.jsonl. When "bench cancel" wrote to it since the last time, the watching ends.
func (f *follower) submissions() ([]Submission, error) {
	all, err := Submissions(f.Out)
	if err != nil {
		return nil, err
	}
	n := cancels(all)
	if f.cancels < 0 {
		f.cancels = n
	}
	if n > f.cancels {
		return nil, ErrCancelled
	}
	return ofEngine(all, f.Engine), nil
}

// What an open cell is by the engine's word.
const (
	isComing  = iota // the engine has it
	isNew            // it was never submitted
	isMissing        // it is not there, for the first time
	isLost           // it is lost
	isGivenUp        // it was lost as often as it may be submitted
)

// judge says what an open cell is; before: it was submitted at some time.
func (f *follower) judge(s State, c int, before bool) int {
	switch {
	case s.Phase.coming():
		return isComing
	case !before && f.submitted[c] == 0:
		return isNew
	case !s.Final && f.missing[c]+1 < lostAfter:
		return isMissing
	case s.Final && f.submitted[c] > 0, f.submitted[c] >= submitsMost:
		return isGivenUp
	}
	return isLost
}

// files sorts the cells by what the folder says. Cells that someone works on are neither done nor open.
func (f *follower) files() (out Outcome, open []int) {
	f.why = map[int]string{}
	for _, c := range f.Cells {
		p, why := f.Files(c)
		f.why[c] = why
		_, lost := f.lost[c]
		switch {
		case p == suite.Done:
			out.Done = append(out.Done, c)
		case p == suite.Failed:
			out.Failed = append(out.Failed, c)
		case p == suite.Running:
			out.Coming = append(out.Coming, c)
			delete(f.missing, c)
		case lost:
			out.Lost = append(out.Lost, c)
		default:
			open = append(open, c)
		}
	}
	return out, open
}

// submit hands cells to the engine.
func (f *follower) submit(ctx context.Context, cells []int) error {
	if len(cells) == 0 {
		return nil
	}
	subs, err := f.engine.Submit(ctx, cells)
	for _, s := range subs {
		name := s.Name
		if s.Job != "" {
			name = s.Job + " " + name
		}
		f.Say(fmt.Sprintf("submitted to %s: job %s with the cells %s", s.Engine, name, s.Indices))
	}
	given, listErr := submitted(subs)
	for c := range given {
		f.submitted[c]++
		delete(f.missing, c)
	}
	return errors.Join(err, listErr)
}

// sayLost says which cells are submitted again, and why.
func (f *follower) sayLost(again map[int]State) {
	var lost, ended []int
	for _, c := range slices.Sorted(maps.Keys(again)) {
		if again[c].Phase == Ended {
			ended = append(ended, c)
		} else {
			lost = append(lost, c)
		}
	}
	if len(lost) > 0 {
		f.Say(fmt.Sprintf("the engine lost the cells %s: they have no record and no lock, and are not in its queue; they are submitted again", FormatList(lost)))
	}
	for _, g := range byDetail(ended, again) {
		f.Say(fmt.Sprintf("the cells %s ended without a record that counts (%s); they are submitted again", g.cells, g.detail))
	}
}

// sayStates says how far the cells are, when that changed.
func (f *follower) sayStates(out Outcome, states map[int]State) {
	parts := []string{fmt.Sprintf("%d done", len(out.Done))}
	if n := len(out.Failed); n > 0 {
		parts = append(parts, fmt.Sprintf("%d failed", n))
	}
	for _, g := range byDetail(out.Coming, states) {
		parts = append(parts, fmt.Sprintf("%d %s", g.n, g.detail))
	}
	for _, g := range byDetail(out.Lost, f.lost) {
		parts = append(parts, fmt.Sprintf("%d lost (%s)", g.n, g.detail))
	}
	if line := strings.Join(parts, ", "); line != f.said {
		f.said = line
		f.Say(line)
	}
}

// detailed is a group of cells with one state.
type detailed struct {
	detail, cells string
	n             int
}

// byDetail groups cells by the engine's word for their state, in the order of their first cells.
func byDetail(cells []int, states map[int]State) []detailed {
	groups := map[string][]int{}
	var order []string
	for _, c := range cells {
		d := states[c].word()
		if groups[d] == nil {
			order = append(order, d)
		}
		groups[d] = append(groups[d], c)
	}
	var out []detailed
	for _, d := range order {
		out = append(out, detailed{d, FormatList(groups[d]), len(groups[d])})
	}
	return out
}

// word is the engine's word for a state.
func (s State) word() string {
	switch {
	case s.Phase == Running:
		return "running"
	case s.Detail != "":
		return s.Detail
	case s.Phase == Unknown:
		return "not in the queue"
	}
	return s.Phase.String()
}

// submitted are the cells of submissions that were not cancelled.
func submitted(all []Submission) (map[int]bool, error) {
	cells := map[int]bool{}
	for _, s := range all {
		if s.Cancelled {
			clear(cells)
		}
		list, err := ParseList(s.Indices)
		if err != nil {
			return nil, err
		}
		for _, c := range list {
			cells[c] = true
		}
	}
	return cells, nil
}

// cancels is how often submissions were cancelled.
func cancels(all []Submission) (n int) {
	for _, s := range all {
		if s.Cancelled {
			n++
		}
	}
	return n
}
