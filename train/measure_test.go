package train

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"repbench/train/runfolder"
)

// measuring measures the number of the step, and counts.
func measuring(every int64, at func(ctx context.Context, step int64) error) (*Measuring, *[]int64) {
	var steps []int64
	return &Measuring{Every: every, Names: []string{"size"}, Note: "sizes", At: func(ctx context.Context, step int64) ([]runfolder.Value, error) {
		if at != nil {
			if err := at(ctx, step); err != nil {
				return nil, err
			}
		}
		steps = append(steps, step)
		return []runfolder.Value{{Name: "size", Value: float64(10 * step)}}, nil
	}}, &steps
}

// checkpointFiles are the files of all checkpoints of a run, by name.
func checkpointFiles(t *testing.T, run string) map[string]string {
	t.Helper()
	dirs, err := runfolder.Checkpoints(run)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, dir := range dirs {
		files, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			b, err := os.ReadFile(filepath.Join(dir, f.Name()))
			if err != nil {
				t.Fatal(err)
			}
			out[filepath.Join(filepath.Base(dir), f.Name())] = string(b)
		}
	}
	return out
}

func same(t *testing.T, got, want map[string]string) {
	t.Helper()
	if len(got) != len(want) || len(want) == 0 {
		t.Errorf("%d files, want %d", len(got), len(want))
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s differs", name)
		}
	}
}

// measuredLines are the steps of the lines that hold a measurement, and its values.
func measuredLines(t *testing.T, dir string) (steps []int64, lines []runfolder.Metrics) {
	t.Helper()
	run, err := runfolder.ReadRun(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range run.Metrics {
		if v := m.Get("size"); !math.IsNaN(v) {
			if v != float64(10*m.Step) || !(m.Get(runfolder.MeasureSeconds) >= 0) {
				t.Errorf("line %+v", m)
			}
			steps = append(steps, m.Step)
		}
	}
	return steps, run.Metrics
}

// Measurements come at their interval and after the last step, in the line of the step where there
// is one, else in one of their own; checkpoints do not know of them. The collapse that these
// losses nearly are is judged at the same lines.
func TestLoopMeasures(t *testing.T) {
	plain, measured := t.TempDir(), t.TempDir()
	nearly := func(losses map[string]float64) string {
		if losses["loss"] < 8 {
			return "it is small"
		}
		return ""
	}
	c := newCounter(t)
	l := c.loop(t, plain, 11)
	l.Collapse = nearly
	if _, err := l.Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	c = newCounter(t)
	l = c.loop(t, measured, 11)
	l.Collapse = nearly
	m, at := measuring(4, func(context.Context, int64) error { time.Sleep(time.Millisecond); return nil })
	l.Measuring = m
	sum, err := l.Run(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(*at, []int64{4, 8, 11}) || sum.MeasureSeconds < 0.003 {
		t.Errorf("measured at %v in %g s", *at, sum.MeasureSeconds)
	}
	same(t, checkpointFiles(t, measured), checkpointFiles(t, plain))
	got, lines := measuredLines(t, measured)
	if !slices.Equal(got, []int64{4, 8, 11}) {
		t.Errorf("lines of measurements %v", got)
	}
	if all := steps(lines); !slices.Equal(all, []int64{3, 4, 5, 6, 8, 9, 10, 11}) {
		t.Errorf("lines %v", all)
	}
	for _, line := range lines {
		if want := float64(line.Step - 1); line.Get("loss") != want {
			t.Errorf("step %d has the loss %g, want %g", line.Step, line.Get("loss"), want)
		}
	}
	if log, err := os.ReadFile(filepath.Join(measured, "log.txt")); err != nil || !strings.Contains(string(log), "measures every 4 steps: sizes") {
		t.Errorf("log %s, %v", log, err)
	}
}

// Time that measurements take is no time of the training.
func TestMeasuringTakesNoTrainingTime(t *testing.T) {
	dir, c := t.TempDir(), newCounter(t)
	l := c.loop(t, dir, 4)
	l.Measuring, _ = measuring(2, func(context.Context, int64) error { time.Sleep(150 * time.Millisecond); return nil })
	began := time.Now()
	sum, err := l.Run(context.Background())
	all := time.Since(began).Seconds()
	if err != nil || sum.MeasureSeconds < 0.3 || sum.Seconds+sum.MeasureSeconds > all {
		t.Errorf("%g s of training and %g s of measurements in %g s, %v", sum.Seconds, sum.MeasureSeconds, all, err)
	}
}

// A run that is interrupted in a measurement makes up for it when it goes on, also after the last
// step; so does one that was begun without measurements. The checkpoints are those of a run that
// never measured.
func TestMeasuringResumes(t *testing.T) {
	plain := t.TempDir()
	if _, err := newCounter(t).loop(t, plain, 11).Run(context.Background()); err != nil {
		t.Fatal(err)
	}
	for _, interrupted := range []int64{4, 8, 11} {
		dir := t.TempDir()
		ctx, cancel := context.WithCancelCause(context.Background())
		l := newCounter(t).loop(t, dir, 11)
		l.Measuring, _ = measuring(4, func(ctx context.Context, step int64) error {
			if step == interrupted {
				cancel(errors.New("Ctrl-C"))
				return ctx.Err()
			}
			return nil
		})
		if _, err := l.Run(ctx); err == nil || !strings.Contains(err.Error(), "the same command resumes") || !strings.Contains(err.Error(), "Ctrl-C") {
			t.Fatalf("interrupted at %d: error %v", interrupted, err)
		}
		if err := l.Folder.Close(); err != nil {
			t.Fatal(err)
		}
		l = newCounter(t).loop(t, dir, 11)
		m, at := measuring(4, nil)
		l.Measuring = m
		if sum, err := l.Run(context.Background()); err != nil || sum.Resumed != interrupted || (*at)[0] != interrupted {
			t.Fatalf("interrupted at %d: %+v, %v, measured at %v", interrupted, sum, err, *at)
		}
		if got, _ := measuredLines(t, dir); !slices.Equal(got, []int64{4, 8, 11}) {
			t.Errorf("interrupted at %d: measured at %v", interrupted, got)
		}
		newest := filepath.Join("step-00000011")
		for name, want := range checkpointFiles(t, plain) {
			if got := checkpointFiles(t, dir)[name]; strings.HasPrefix(name, newest) && got != want {
				t.Errorf("interrupted at %d: %s differs", interrupted, name)
			}
		}
	}
}

// A finished run that is started again with measurements has its last step measured, once.
func TestMeasuringFinishedRun(t *testing.T) {
	dir := t.TempDir()
	for i := range 3 {
		l := newCounter(t).loop(t, dir, 6)
		m, at := measuring(4, nil)
		if i > 0 {
			l.Measuring = m
		}
		if _, err := l.Run(context.Background()); err != nil {
			t.Fatal(err)
		}
		if err := l.Folder.Close(); err != nil {
			t.Fatal(err)
		}
		if want := i == 1; (len(*at) == 1) != want {
			t.Errorf("sitting %d measures at %v", i, *at)
		}
	}
	if got, lines := measuredLines(t, dir); !slices.Equal(got, []int64{6}) || !slices.Equal(steps(lines), []int64{3, 5, 6}) {
		t.Errorf("measured at %v of %v", got, steps(lines))
	}
}

// A measurement that fails ends the training with what failed and where; nothing before is lost.
func TestMeasuringFails(t *testing.T) {
	dir := t.TempDir()
	l := newCounter(t).loop(t, dir, 11)
	broken := errors.New("no memory")
	l.Measuring, _ = measuring(4, func(_ context.Context, step int64) error {
		if step == 8 {
			return broken
		}
		return nil
	})
	if _, err := l.Run(context.Background()); !errors.Is(err, broken) || !strings.Contains(err.Error(), "measure the model of step 8: no memory") {
		t.Errorf("error %v", err)
	}
	if got, _ := measuredLines(t, dir); !slices.Equal(got, []int64{4}) {
		t.Errorf("measured at %v", got)
	}
}

func TestMeasureConfigCompatible(t *testing.T) {
	old := MeasureConfig{Metrics: []string{"nnd"}, Every: 10, Images: 1000, TrainImages: 500, HeldOut: "test", Encoder: "pixels"}
	for name, tt := range map[string]struct {
		change func(*MeasureConfig)
		want   string
	}{
		"the same":         {func(*MeasureConfig) {}, ""},
		"another interval": {func(c *MeasureConfig) { c.Every, c.Metrics = 20, []string{"frechet"} }, ""},
		"no encoder":       {func(c *MeasureConfig) { c.Encoder = "" }, ""},
		"images":           {func(c *MeasureConfig) { c.Images = 2000 }, "images is 2000, was 1000"},
		"split":            {func(c *MeasureConfig) { c.HeldOut = "valid" }, "held_out is valid, was test"},
		"encoder":          {func(c *MeasureConfig) { c.Encoder = "pca:8" }, "encoder is pca:8, was pixels"},
	} {
		c := old
		tt.change(&c)
		err := c.Compatible(old)
		if (err == nil) != (tt.want == "") || err != nil && (!strings.Contains(err.Error(), tt.want) || !errors.Is(err, runfolder.ErrDiffers)) {
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
	}
}
