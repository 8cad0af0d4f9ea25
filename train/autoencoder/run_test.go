package autoencoder

import (
	"context"
	"encoding/json"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/backends"
	"repbench/backends/backendtest"
	"repbench/datasets"
	"repbench/internal/progress"
	"repbench/train"
	"repbench/train/runfolder"
)

var cpu = backendtest.CPU

// shapes returns n small training images of the built-in set.
func shapes(t testing.TB, n int) train.Data {
	t.Helper()
	ds, err := datasets.Open(context.Background(), "shapes", datasets.Options{Size: 16, Count: n, TestCount: 1})
	if err != nil {
		t.Fatal(err)
	}
	s, err := ds.Split(datasets.Train)
	if err != nil {
		t.Fatal(err)
	}
	return train.Data{Images: s.Images, Name: ds.Name, Source: ds.Source, Hash: ds.Hash}
}

// tiny returns the options of a run of a few milliseconds.
func tiny(steps int64) Options {
	return Options{Hidden: 8, Batch: 8, Steps: steps, Seed: new(uint64(3)), LogEvery: 1, CheckpointEvery: 4}
}

func mustRun(t *testing.T, run string, d train.Data, b *backends.Backend, o Options) *train.Summary {
	t.Helper()
	s, err := Run(context.Background(), run, d, b, o)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// newest reads the files of a run's newest checkpoint, as one text.
func newest(t *testing.T, run string) string {
	t.Helper()
	dirs, _ := filepath.Glob(filepath.Join(run, "checkpoints", "step-*"))
	if len(dirs) == 0 {
		t.Fatalf("%s has no checkpoint", run)
	}
	dir := dirs[len(dirs)-1]
	all := filepath.Base(dir)
	files, _ := filepath.Glob(filepath.Join(dir, "*"))
	for _, f := range files {
		b, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		all += "\n" + filepath.Base(f) + "\n" + string(b)
	}
	return all
}

func TestResumeIsBitExact(t *testing.T) {
	b, d := cpu(t), shapes(t, 21)
	whole, parts, other := t.TempDir(), t.TempDir(), t.TempDir()
	mustRun(t, whole, d, b, tiny(9))
	for _, steps := range []int64{2, 7, 9} {
		mustRun(t, parts, d, b, tiny(steps))
	}
	if newest(t, parts) != newest(t, whole) {
		t.Error("a run in three sittings ends with other bytes than one in one")
	}
	o := tiny(9)
	o.Seed = new(uint64(4))
	mustRun(t, other, d, b, o)
	if newest(t, other) == newest(t, whole) {
		t.Error("another seed ends with the same bytes")
	}
}

// cancelAt cancels a context when a task reports the given number of steps.
type cancelAt struct {
	steps  int64
	cancel context.CancelFunc
}

func (c *cancelAt) Start(string, int64, string) progress.Task { return c }
func (c *cancelAt) Note(string)                               {}
func (c *cancelAt) Done()                                     {}
func (c *cancelAt) Add(n int64) {
	if c.steps -= n; c.steps == 0 {
		c.cancel()
	}
}

func TestInterruptSavesState(t *testing.T) {
	b, d := cpu(t), shapes(t, 21)
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	whole, run := t.TempDir(), t.TempDir()
	o := tiny(9)
	o.LogEvery, o.CheckpointEvery = 100, 100
	mustRun(t, whole, d, b, o)
	o.Progress = &cancelAt{3, cancel}
	if _, err := Run(ctx, run, d, b, o); !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want one wrapping context.Canceled", err)
	}
	if got := newest(t, run); !strings.HasPrefix(got, "step-00000003\n") {
		t.Errorf("checkpoint %.13s after an interrupt at step 3", got)
	}
	o.Progress = nil
	if s := mustRun(t, run, d, b, o); s.Resumed != 3 || s.Steps != 9 || s.Images != 72 {
		t.Errorf("summary %+v, want 9 steps, resumed at 3, of 8 images", s)
	}
	if newest(t, run) != newest(t, whole) {
		t.Error("the run that was interrupted ends with other bytes")
	}
}

func TestMetricsLines(t *testing.T) {
	b, d := cpu(t), shapes(t, 21)
	run := t.TempDir()
	mustRun(t, run, d, b, tiny(4))
	path := filepath.Join(run, "metrics.jsonl")
	f, err := os.OpenFile(path, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.WriteString("{\"step\": 5, \"loss\": 9}\n{\"step\": 6, \"im"); err != nil { // beyond the checkpoint; cut short
		t.Fatal(err)
	}
	f.Close()
	mustRun(t, run, d, b, tiny(6))
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(text), "\n"), "\n")
	if len(lines) != 6 {
		t.Fatalf("%d lines, want one for each of 6 steps:\n%s", len(lines), text)
	}
	for i, line := range lines {
		var m runfolder.Metrics
		if err := json.Unmarshal([]byte(line), &m); err != nil {
			t.Fatal(err)
		}
		if m.Step != int64(i+1) || m.Images != float64(8*m.Step) || !(m.Get("loss") > 0 && m.Get("loss") < 9) || !(m.ImagesPerSecond > 0) {
			t.Errorf("line %d is %s", i+1, line)
		}
	}
}

func TestRunRefuses(t *testing.T) {
	b, d := cpu(t), shapes(t, 21)
	run := t.TempDir()
	mustRun(t, run, d, b, tiny(2))
	for _, tt := range []struct {
		name   string
		change func(*Options, *train.Data)
		kind   error
		want   string
	}{
		{"another rate", func(o *Options, _ *train.Data) { o.LearningRate = 0.5 }, runfolder.ErrDiffers, "learning_rate is 0.5, was 0.001"},
		{"another seed", func(o *Options, _ *train.Data) { o.Seed = new(uint64(8)) }, runfolder.ErrDiffers, "seed is 8, was 3"},
		{"no dropout", func(o *Options, _ *train.Data) { o.Dropout = new(0.0) }, runfolder.ErrDiffers, "dropout is 0, was 0.2"},
		{"other data", func(_ *Options, d *train.Data) { d.Hash = "x" }, runfolder.ErrDiffers, "data_hash is x"},
		{"fewer steps", func(o *Options, _ *train.Data) { o.Steps = 1 }, nil, "2 steps, more than the 1 asked for"},
		{"negative dropout", func(o *Options, _ *train.Data) { o.Dropout = new(-0.1) }, train.ErrOptions, "dropout -0.1"},
		{"all dropped", func(o *Options, _ *train.Data) { o.Dropout = new(1.0) }, train.ErrOptions, "dropout 1"},
		{"dropout not a number", func(o *Options, _ *train.Data) { o.Dropout = new(math.NaN()) }, train.ErrOptions, "dropout NaN"},
		{"rate below 0", func(o *Options, _ *train.Data) { o.LearningRate = -1 }, train.ErrOptions, "learning rate -1"},
		{"no units", func(o *Options, _ *train.Data) { o.Hidden = -1 }, train.ErrOptions, "-1 hidden units"},
		{"batch above the set", func(o *Options, _ *train.Data) { o.Batch = 22 }, train.ErrOptions, "fewer than one batch of 22"},
		{"steps below 0", func(o *Options, _ *train.Data) { o.Steps = -1 }, train.ErrOptions, "must be positive"},
		{"empty images", func(_ *Options, d *train.Data) { d.Images.H = 0 }, train.ErrOptions, "0×16×3"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			o, d := tiny(2), d
			tt.change(&o, &d)
			_, err := Run(context.Background(), run, d, b, o)
			if err == nil || !strings.Contains(err.Error(), tt.want) || tt.kind != nil && !errors.Is(err, tt.kind) {
				t.Errorf("error %v, want one of kind %v with %q", err, tt.kind, tt.want)
			}
		})
	}
}

func TestDivergenceStops(t *testing.T) {
	o := tiny(20)
	o.LearningRate = 1e30
	run := t.TempDir()
	if _, err := Run(context.Background(), run, shapes(t, 21), cpu(t), o); !errors.Is(err, train.ErrDiverged) {
		t.Errorf("error %v, want train.ErrDiverged", err)
	}
}

// Steps, intervals and the record of versions may change between sittings; config.json keeps
// the record of the first sitting.
func TestRecordOfFirstSitting(t *testing.T) {
	b, d := cpu(t), shapes(t, 21)
	run := t.TempDir()
	o := tiny(1)
	o.Record = map[string]any{"version": "first"}
	mustRun(t, run, d, b, o)
	o.Steps, o.LogEvery, o.CheckpointEvery, o.Keep = 2, 7, 7, 3
	o.Record = map[string]any{"version": "second"}
	mustRun(t, run, d, b, o)
	c, err := readConfig(run)
	if err != nil {
		t.Fatal(err)
	}
	if c.Record["version"] != "first" || c.Steps != 2 || c.Keep != 3 {
		t.Errorf("config.json holds %+v", c)
	}
}

// A folder that lost its config.json, or holds checkpoints of another run, is refused.
func TestNoMixtureOfOptions(t *testing.T) {
	b, d := cpu(t), shapes(t, 21)
	lost, mixed, other := t.TempDir(), t.TempDir(), t.TempDir()
	o := tiny(2)
	o.Seed = new(uint64(9))
	mustRun(t, lost, d, b, tiny(2))
	mustRun(t, mixed, d, b, tiny(2))
	mustRun(t, other, d, b, o)
	for _, err := range []error{
		os.Remove(filepath.Join(lost, "config.json")),
		os.RemoveAll(filepath.Join(mixed, "checkpoints")),
		os.Rename(filepath.Join(other, "checkpoints"), filepath.Join(mixed, "checkpoints")),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Run(context.Background(), lost, d, b, o); err == nil || !strings.Contains(err.Error(), "restore config.json") {
		t.Errorf("error %v, want one that asks for config.json", err)
	}
	if _, err := Run(context.Background(), mixed, d, b, tiny(4)); !errors.Is(err, runfolder.ErrDiffers) {
		t.Errorf("error %v, want one that wraps ErrDiffers", err)
	}
	if _, err := Load(mixed, b); !errors.Is(err, runfolder.ErrDiffers) {
		t.Errorf("loading gives error %v, want one that wraps ErrDiffers", err)
	}
}
