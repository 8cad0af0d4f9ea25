package train

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/gomlx/gomlx/core/tensors"
	"github.com/gomlx/gomlx/ml/model"

	"repbench/train/runfolder"
)

// counter is a training whose only array adds up the numbers of the steps.
type counter struct {
	store *model.Store
	calls []int64
	// stop is called before each update.
	stop func(step int64)
	// value is the loss of a step; nil: the number of the step.
	value func(step int64) float32
}

const counterPath = "/test/sum"

func newCounter(t *testing.T) *counter {
	t.Helper()
	c := &counter{store: model.NewStore()}
	if _, err := c.store.CreateVariable(counterPath, tensors.FromFlatDataAndDimensions([]float32{0}, 1)); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *counter) sum(t *testing.T) float32 {
	t.Helper()
	v, err := c.store.GetVariable(counterPath).Value()
	if err != nil {
		t.Fatal(err)
	}
	flat, err := tensors.CopyFlatData[float32](v)
	if err != nil {
		t.Fatal(err)
	}
	return flat[0]
}

func (c *counter) update(step int64) (map[string]*tensors.Tensor, error) {
	if c.stop != nil {
		c.stop(step)
	}
	c.calls = append(c.calls, step)
	old, err := c.store.GetVariable(counterPath).Value()
	if err != nil {
		return nil, err
	}
	flat, err := tensors.CopyFlatData[float32](old)
	if err != nil {
		return nil, err
	}
	loss := float32(step)
	if c.value != nil {
		loss = c.value(step)
	}
	return map[string]*tensors.Tensor{"loss": tensors.FromScalar(loss)},
		c.store.GetVariable(counterPath).SetValue(tensors.FromFlatDataAndDimensions([]float32{flat[0] + float32(step)}, 1))
}

// loop is a loop over the counter in a folder.
func (c *counter) loop(t *testing.T, dir string, steps int64) Loop {
	t.Helper()
	type config struct {
		Steps int64 `json:"steps"`
	}
	f, _, err := runfolder.Open(dir, config{steps}, "steps")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return Loop{Folder: f, Config: config{steps}, Store: c.store, Title: "count", Recipe: "counting", Steps: steps, Batch: 2,
		LogEvery: 3, SampleEvery: 4, CheckpointEvery: 5, Keep: 2, Losses: []string{"loss", "never"}, Update: c.update}
}

func steps(ms []runfolder.Metrics) []int64 {
	var out []int64
	for _, m := range ms {
		out = append(out, m.Step)
	}
	return out
}

// Each thing is done when it is due, and all of them at the last step.
func TestLoopIsDue(t *testing.T) {
	dir, c := t.TempDir(), newCounter(t)
	l := c.loop(t, dir, 11)
	var sheets []int64
	l.Sample = func(step int64) error { sheets = append(sheets, step); return nil }
	sum, err := l.Run(context.Background())
	if err != nil || sum.Steps != 11 || sum.Resumed != 0 || sum.Images != 22 || sum.Last.Step != 11 {
		t.Fatalf("%+v, %v", sum, err)
	}
	if c.sum(t) != 55 {
		t.Errorf("the sum of the steps is %g, want 55", c.sum(t))
	}
	run, err := runfolder.ReadRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	// every third step, and each with a checkpoint
	if got := steps(run.Metrics); !slices.Equal(got, []int64{3, 5, 6, 9, 10, 11}) {
		t.Errorf("logged at %v", got)
	}
	if !slices.Equal(sheets, []int64{4, 8, 11}) {
		t.Errorf("sheets at %v", sheets)
	}
	dirs, err := runfolder.Checkpoints(dir)
	if err != nil || len(dirs) != 2 || runfolder.StepOf(dirs[0]) != 10 || runfolder.StepOf(dirs[1]) != 11 {
		t.Errorf("the two newest checkpoints are kept: %v, %v", dirs, err)
	}
	m := run.Metrics[1]
	if m.Get("loss") != 4 || !math.IsNaN(m.Get("never")) || m.Images != 10 {
		t.Errorf("line %+v", m)
	}
}

// A run that is interrupted goes on where it stopped and ends as one that never was.
func TestLoopResumes(t *testing.T) {
	dir, c := t.TempDir(), newCounter(t)
	ctx, cancel := context.WithCancel(context.Background())
	c.stop = func(step int64) {
		if step == 6 { // which is done: seven steps are
			cancel()
		}
	}
	l := c.loop(t, dir, 11)
	_, err := l.Run(ctx)
	if !errors.Is(err, context.Canceled) || !strings.Contains(err.Error(), "interrupted at step 7; the same command resumes from there") {
		t.Fatalf("error %v", err)
	}
	if err := l.Folder.Close(); err != nil {
		t.Fatal(err)
	}
	again := newCounter(t)
	sum, err := again.loop(t, dir, 11).Run(context.Background())
	if err != nil || sum.Resumed != 7 || again.sum(t) != 55 || !slices.Equal(again.calls, []int64{7, 8, 9, 10}) {
		t.Fatalf("%+v, %v; steps %v with the sum %g", sum, err, again.calls, again.sum(t))
	}
	run, err := runfolder.ReadRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	if got := steps(run.Metrics); !slices.Equal(got, []int64{3, 5, 6, 7, 9, 10, 11}) {
		t.Errorf("logged at %v", got)
	}
	seconds := 0.0
	for _, m := range run.Metrics {
		if m.Seconds < seconds {
			t.Errorf("the time goes backwards at step %d", m.Step)
		}
		seconds = m.Seconds
	}
}

// A process that is killed loses the lines after its last checkpoint, and writes them again.
func TestLoopAfterKill(t *testing.T) {
	dir, c := t.TempDir(), newCounter(t)
	killed := errors.New("killed")
	l := c.loop(t, dir, 11)
	update := l.Update
	l.Update = func(step int64) (map[string]*tensors.Tensor, error) {
		if step == 9 {
			return nil, killed
		}
		return update(step)
	}
	if _, err := l.Run(context.Background()); !errors.Is(err, killed) || !strings.Contains(err.Error(), "step 10: ") {
		t.Fatalf("error %v", err)
	}
	if err := l.Folder.Close(); err != nil {
		t.Fatal(err)
	}
	again := newCounter(t)
	if sum, err := again.loop(t, dir, 11).Run(context.Background()); err != nil || sum.Resumed != 5 || again.sum(t) != 55 {
		t.Fatalf("%+v, %v; sum %g", sum, err, again.sum(t))
	}
	run, err := runfolder.ReadRun(dir)
	if err != nil || !slices.Equal(steps(run.Metrics), []int64{3, 5, 6, 9, 10, 11}) {
		t.Errorf("logged at %v, %v", steps(run.Metrics), err)
	}
	b, err := os.ReadFile(filepath.Join(dir, "metrics.jsonl"))
	if err != nil || strings.Count(string(b), "\n") != 6 {
		t.Errorf("%d lines, %v: none may stand twice", strings.Count(string(b), "\n"), err)
	}
}

// A run that was trained further than is asked for now is refused.
func TestLoopTooFar(t *testing.T) {
	dir, c := t.TempDir(), newCounter(t)
	l := c.loop(t, dir, 6)
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	if err := l.Folder.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := newCounter(t).loop(t, dir, 5).Run(context.Background()); err == nil || !strings.Contains(err.Error(), "has been trained for 6 steps, more than the 5 asked for") {
		t.Errorf("error %v", err)
	}
}

// A loss or an array that is not finite ends the training and is not stored.
func TestLoopDiverges(t *testing.T) {
	for _, bad := range []float64{math.NaN(), math.Inf(-1)} {
		dir, c := t.TempDir(), newCounter(t)
		c.value = func(step int64) float32 {
			if step == 5 {
				return float32(bad)
			}
			return 0
		}
		_, err := c.loop(t, dir, 11).Run(context.Background())
		if !errors.Is(err, ErrDiverged) || !strings.Contains(err.Error(), fmt.Sprintf("loss is %g", float32(bad))) {
			t.Errorf("error %v", err)
		}
		dirs, err := runfolder.Checkpoints(dir)
		if err != nil || len(dirs) != 1 || runfolder.StepOf(dirs[0]) != 5 {
			t.Errorf("checkpoints %v, %v: the one before it is kept", dirs, err)
		}
	}
	c := newCounter(t)
	if err := c.store.GetVariable(counterPath).SetValue(tensors.FromFlatDataAndDimensions([]float32{float32(math.NaN())}, 1)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.loop(t, t.TempDir(), 1).Run(context.Background()); !errors.Is(err, ErrDiverged) || !strings.Contains(err.Error(), counterPath+" holds NaN at index 0") {
		t.Errorf("an array of NaN: error %v", err)
	}
}
