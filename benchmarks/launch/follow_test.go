package launch

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"repbench/benchmarks/suite"
)

// world is an engine and the files of a folder, which a script changes between two looks.
type world struct {
	t         *testing.T
	out       string
	files     map[int]suite.State
	states    map[int]State
	submits   []string
	steps     []func()
	lines     []string
	statesErr error
	why       string
}

func (w *world) Submit(_ context.Context, cells []int) ([]Submission, error) {
	w.submits = append(w.submits, FormatList(cells))
	s := Submission{Engine: "test", Name: fmt.Sprintf("job%d", len(w.submits)), Indices: FormatList(cells)}
	return []Submission{s}, note(w.out, s)
}

// States answers, and then lets the next step happen.
func (w *world) States(context.Context, []Submission, []int) (map[int]State, error) {
	now, err := maps.Clone(w.states), w.statesErr
	if len(w.steps) > 0 {
		w.steps[0]()
		w.steps = w.steps[1:]
	}
	return now, err
}

func (w *world) Cancel(context.Context, []Submission) ([]string, error) { return nil, nil }

func (w *world) follow(ctx context.Context, cells []int, detach bool) (Outcome, error) {
	return Follow(ctx, w, FollowOptions{Engine: "test", Out: w.out, Cells: cells, Detach: detach,
		Files: func(c int) (suite.State, string) { return w.files[c], w.why }, Say: func(l string) { w.lines = append(w.lines, l) }})
}

func newWorld(t *testing.T, steps ...func(*world)) *world {
	w := &world{t: t, out: t.TempDir(), files: map[int]suite.State{}, states: map[int]State{}}
	for _, s := range steps {
		w.steps = append(w.steps, func() { s(w) })
	}
	return w
}

func all(p Phase, detail string, cells ...int) map[int]State {
	m := map[int]State{}
	for _, c := range cells {
		m[c] = State{Phase: p, Detail: detail}
	}
	return m
}

// Everything goes well: cells are submitted once, and what is done already is not submitted at all.
func TestFollow(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t,
			func(w *world) { w.states = all(Pending, "PENDING", 1, 2, 3) },
			func(w *world) {
				w.files[1], w.files[2], w.states = suite.Done, suite.Running, all(Ended, "COMPLETED", 1)
			},
			func(w *world) { w.files[2], w.files[3] = suite.Done, suite.Failed })
		w.files[0] = suite.Done
		begin := time.Now()
		out, err := w.follow(t.Context(), []int{0, 1, 2, 3}, false)
		if err != nil || !slices.Equal(out.Done, []int{0, 1, 2}) || !slices.Equal(out.Failed, []int{3}) || len(out.Lost)+len(out.Coming) > 0 {
			t.Errorf("%+v, %v", out, err)
		}
		if !slices.Equal(w.submits, []string{"1-3"}) {
			t.Errorf("submitted %q", w.submits)
		}
		if took := time.Since(begin); took != 3*time.Minute {
			t.Errorf("took %s for three looks a minute apart", took)
		}
		want := []string{"submitted to test: job job1 with the cells 1-3", "1 done, 3 submitted", "1 done, 3 PENDING", "2 done, 1 running, 1 not in the queue", "3 done, 1 failed"}
		if !slices.Equal(w.lines, want) {
			t.Errorf("said %q, want %q", w.lines, want)
		}
	})
}

// A cell without record, lock and place in the queue is lost at the second look and submitted again;
// one gap in the queue, or a cell that is being worked on, is not.
func TestFollowLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t,
			func(w *world) { w.states = all(Running, "RUNNING", 0, 1, 2, 3) },
			func(w *world) { // 0 killed, 1 is not shown, 2 not shown but at work
				w.states = map[int]State{0: {Phase: Ended, Detail: "OUT_OF_MEMORY"}, 3: {Phase: Running, Detail: "RUNNING"}}
				w.files[2] = suite.Running
			},
			func(w *world) { w.states[1] = State{Phase: Running, Detail: "RUNNING"} },
			func(w *world) { w.states = all(Running, "RUNNING", 0, 1, 3) },
			func(w *world) {
				w.files = map[int]suite.State{0: suite.Done, 1: suite.Done, 2: suite.Done, 3: suite.Done}
			})
		out, err := w.follow(t.Context(), []int{0, 1, 2, 3}, false)
		if err != nil || len(out.Done) != 4 {
			t.Errorf("%+v, %v", out, err)
		}
		if !slices.Equal(w.submits, []string{"0-3", "0"}) {
			t.Errorf("submitted %q; said %q", w.submits, w.lines)
		}
		if text := strings.Join(w.lines, "\n"); !strings.Contains(text, "the cells 0 ended without a record that counts (OUT_OF_MEMORY); they are submitted again") {
			t.Errorf("said\n%s", text)
		}
	})
}

// A cell that is lost each time is given up, the others are not held up; one that the engine calls
// final is given up at once. The next call tries again.
func TestFollowGivesUp(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.files[1] = suite.Done
		w.steps = []func(){func() { w.states = map[int]State{2: {Phase: Ended, Detail: "failed", Final: true}} }}
		out, err := w.follow(t.Context(), []int{0, 1, 2}, false)
		if err != nil || !slices.Equal(out.Lost, []int{0, 2}) || !slices.Equal(out.Done, []int{1}) {
			t.Errorf("%+v, %v", out, err)
		}
		if !slices.Equal(w.submits, []string{"0,2", "0", "0"}) {
			t.Errorf("submitted %q", w.submits)
		}
		if last := w.lines[len(w.lines)-1]; last != "1 done, 1 lost (not in the queue), 1 lost (failed)" {
			t.Errorf("said %q", last)
		}
		w.submits = nil
		if _, err := w.follow(t.Context(), []int{0, 1, 2}, true); err != nil || !slices.Equal(w.submits, []string{"2", "0"}) {
			t.Errorf("the next call submitted %q, error %v", w.submits, err)
		}
	})
}

// A cell that ended well, whose record does not count here, is lost with the reason.
func TestFollowOtherProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(w *world) {
			w.states, w.why = all(Ended, "completed", 0), "its record is of the program a, this is b"
		})
		out, err := w.follow(t.Context(), []int{0}, false)
		if err != nil || !slices.Equal(out.Lost, []int{0}) || len(w.submits) != submitsMost {
			t.Errorf("%+v, %v, submitted %q", out, err, w.submits)
		}
		if last := w.lines[len(w.lines)-1]; last != "0 done, 1 lost (completed; its record is of the program a, this is b)" {
			t.Errorf("said %q", last)
		}
	})
}

// With detach, Follow returns when all cells are with the engine, and a second call submits nothing.
func TestFollowDetached(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(w *world) { w.states = all(Pending, "PENDING", 0, 1) })
		for range 2 {
			out, err := w.follow(t.Context(), []int{0, 1}, true)
			if err != nil || len(out.Coming) != 2 {
				t.Errorf("%+v, %v", out, err)
			}
		}
		if !slices.Equal(w.submits, []string{"0-1"}) {
			t.Errorf("submitted %q", w.submits)
		}
	})
}

// An engine that gives no answer at first is an error; later it is asked again, but not for ever.
func TestFollowSilentEngine(t *testing.T) {
	silent := fmt.Errorf("%w: no answer", ErrEngine)
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t)
		w.statesErr = silent
		if _, err := w.follow(t.Context(), []int{0}, false); !errors.Is(err, ErrEngine) || len(w.submits) > 0 {
			t.Errorf("submitted %q, error %v", w.submits, err)
		}
		back := newWorld(t,
			func(w *world) { w.statesErr = silent },
			func(w *world) { w.statesErr = nil; w.states = all(Running, "RUNNING", 0) },
			func(w *world) { w.files[0] = suite.Done })
		if out, err := back.follow(t.Context(), []int{0}, false); err != nil || len(out.Done) != 1 {
			t.Errorf("%+v, %v", out, err)
		}
		gone := newWorld(t, func(w *world) { w.statesErr = silent })
		begin := time.Now()
		if _, err := gone.follow(t.Context(), []int{0}, false); !errors.Is(err, ErrEngine) || time.Since(begin) != silentMost*time.Minute {
			t.Errorf("error %v after %s", err, time.Since(begin))
		}
	})
}

// "bench cancel" of another process ends the watching, and nothing is submitted again; the next call does that, at once.
func TestFollowCancelled(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		w := newWorld(t, func(w *world) { w.states = all(Running, "RUNNING", 0) }, func(w *world) {
			w.states = nil
			if err := note(w.out, Submission{Engine: "test", Cancelled: true}); err != nil {
				t.Error(err)
			}
		})
		if _, err := w.follow(t.Context(), []int{0}, false); !errors.Is(err, ErrCancelled) || !slices.Equal(w.submits, []string{"0"}) {
			t.Errorf("submitted %q, error %v", w.submits, err)
		}
		w.lines, w.steps = nil, []func(){func() { w.files[0] = suite.Done }}
		if out, err := w.follow(t.Context(), []int{0}, false); err != nil || len(out.Done) != 1 || !slices.Equal(w.submits, []string{"0", "0"}) {
			t.Errorf("%+v, %v, submitted %q", out, err, w.submits)
		}
		if strings.Contains(strings.Join(w.lines, "\n"), "lost") {
			t.Errorf("said %q", w.lines)
		}
	})
}

// Ctrl-C ends the watching alone.
func TestFollowInterrupted(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithCancel(t.Context())
		w := newWorld(t, func(w *world) { w.states = all(Pending, "PENDING", 0) }, func(*world) { cancel() })
		out, err := w.follow(ctx, []int{0}, false)
		if !errors.Is(err, context.Canceled) || !slices.Equal(out.Coming, []int{0}) {
			t.Errorf("%+v, %v", out, err)
		}
	})
}
