package dcgan

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/datasets"
	"repbench/train"
	"repbench/train/runfolder"
)

// tinyArch is an architecture small enough to be trained in a test.
func tinyArch(t testing.TB) Arch {
	t.Helper()
	a, err := NewArch("svhn32", 2)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// tinyData returns n images of smooth gradients, so that there is something to learn.
func tinyData(n int) train.Data {
	im := datasets.Images{Data: make([]uint8, n*32*32*3), N: n, H: 32, W: 32, C: 3}
	for i := range im.Data {
		p := i % (32 * 32 * 3)
		im.Data[i] = uint8((p/96*7 + p%96*(i/(32*32*3)%5)) % 256)
	}
	return train.Data{Images: im, Name: "gradients", Source: "test", Hash: "0"}
}

func tinyOptions(t testing.TB, steps int64) Options {
	return Options{Arch: tinyArch(t), Batch: 4, Steps: steps, Seed: new(uint64(7)),
		LogEvery: 1, CheckpointEvery: 4, Samples: 4}
}

// lastCheckpoint reads every file of the newest checkpoint.
func lastCheckpoint(t *testing.T, run string) map[string]string {
	t.Helper()
	dirs, err := runfolder.Checkpoints(run)
	if err != nil || len(dirs) == 0 {
		t.Fatalf("checkpoints of %s: %v, %v", run, dirs, err)
	}
	entries, err := os.ReadDir(dirs[len(dirs)-1])
	if err != nil {
		t.Fatal(err)
	}
	files := map[string]string{"folder": filepath.Base(dirs[len(dirs)-1])}
	for _, e := range entries {
		b, err := os.ReadFile(filepath.Join(dirs[len(dirs)-1], e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		files[e.Name()] = string(b)
	}
	return files
}

func sameCheckpoint(t *testing.T, got, want map[string]string) {
	t.Helper()
	if len(got) != len(want) {
		t.Errorf("checkpoint has %d entries, want %d", len(got), len(want))
	}
	for name := range want {
		if got[name] != want[name] {
			t.Errorf("%s of the resumed run differs from the uninterrupted one", name)
		}
	}
}

func TestResumeIsBitExact(t *testing.T) {
	b := cpu(t)
	for _, alternate := range []Alternation{Released, Both} {
		t.Run(string(alternate), func(t *testing.T) {
			o := tinyOptions(t, 9)
			o.Alternate = alternate
			whole, parts := t.TempDir(), t.TempDir()
			if _, err := Run(context.Background(), whole, tinyData(17), b, o); err != nil {
				t.Fatal(err)
			}
			for _, steps := range []int64{3, 7, 9} {
				o.Steps = steps
				if _, err := Run(context.Background(), parts, tinyData(17), b, o); err != nil {
					t.Fatal(err)
				}
			}
			sameCheckpoint(t, lastCheckpoint(t, parts), lastCheckpoint(t, whole))
		})
	}
}

// A run that dies with a half-written checkpoint, and with metrics beyond the last whole
// checkpoint, resumes from that checkpoint.
func TestResumeAfterKill(t *testing.T) {
	b := cpu(t)
	o := tinyOptions(t, 8)
	whole, killed := t.TempDir(), t.TempDir()
	for _, run := range []string{whole, killed} {
		if _, err := Run(context.Background(), run, tinyData(17), b, o); err != nil {
			t.Fatal(err)
		}
	}
	want := lastCheckpoint(t, whole)
	if err := os.Rename(filepath.Join(killed, "checkpoints", "step-00000008"), filepath.Join(killed, "checkpoints", ".part-x")); err != nil {
		t.Fatal(err)
	}
	if err := os.Remove(filepath.Join(killed, "checkpoints", ".part-x", "state.json")); err != nil {
		t.Fatal(err)
	}
	metrics := filepath.Join(killed, "metrics.jsonl")
	lines, err := os.ReadFile(metrics)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(metrics, append(lines, `{"step": 9, "ima`...), 0o644); err != nil {
		t.Fatal(err)
	}
	sum, err := Run(context.Background(), killed, tinyData(17), b, o)
	if err != nil {
		t.Fatal(err)
	}
	if sum.Resumed != 4 {
		t.Errorf("resumed at step %d, want 4", sum.Resumed)
	}
	sameCheckpoint(t, lastCheckpoint(t, killed), want)
	if lines, err = os.ReadFile(metrics); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(string(lines), "\n"); n != 8 {
		t.Errorf("metrics.jsonl has %d lines, want one for each of 8 steps:\n%s", n, lines)
	}
	left, _ := filepath.Glob(filepath.Join(killed, "checkpoints", ".part-*"))
	if len(left) > 0 {
		t.Errorf("half-written checkpoints stay: %v", left)
	}
}

func TestInterruptSavesState(t *testing.T) {
	b := cpu(t)
	o := tinyOptions(t, 6)
	o.CheckpointEvery = 100
	ctx, cancel := context.WithCancel(context.Background())
	o.SampleEvery = 2
	o.OnSamples = func(step int64, _ Images) error {
		cancel()
		return nil
	}
	run := t.TempDir()
	_, err := Run(ctx, run, tinyData(17), b, o)
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("error %v, want one wrapping context.Canceled", err)
	}
	if got := lastCheckpoint(t, run)["folder"]; got != "step-00000002" {
		t.Errorf("checkpoint %s after an interrupt at step 2, want %s", got, "step-00000002")
	}
}

func TestRunRefuses(t *testing.T) {
	b := cpu(t)
	begun := t.TempDir()
	if _, err := Run(context.Background(), begun, tinyData(17), b, tinyOptions(t, 1)); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*Options, *train.Data)
		dir    string
		want   string
	}{
		{"another seed", func(o *Options, _ *train.Data) { o.Seed = new(uint64(8)) }, begun, "seed is 8, was 7"},
		{"other data", func(_ *Options, d *train.Data) { d.Hash = "1" }, begun, "data_hash is 1, was 0"},
		{"another width", func(o *Options, _ *train.Data) { o.Arch, _ = NewArch("svhn32", 3) }, begun, "width is 3, was 2"},
		{"no architecture", func(o *Options, _ *train.Data) { o.Arch = Arch{} }, "", "unknown architecture"},
		{"an architecture of one's own", func(o *Options, _ *train.Data) { o.Arch.Discriminator = nil }, "", "NewArch"},
		{"steps and epochs", func(o *Options, _ *train.Data) { o.Epochs = 1 }, "", "not both"},
		{"NaN rate", func(o *Options, _ *train.Data) { o.LearningRate = math.NaN() }, "", "learning rate"},
		{"few images", func(_ *Options, d *train.Data) { *d = tinyData(3) }, "", "fewer than one batch"},
		{"wrong size", func(_ *Options, d *train.Data) { d.Images.H = 16 }, "", "wants images of 32×32×3"},
		{"no steps", func(o *Options, _ *train.Data) { o.Steps = 0 }, "", "at least one"},
		{"batch of one", func(o *Options, _ *train.Data) { o.Batch = 1 }, "", "too small"},
		{"alternation", func(o *Options, _ *train.Data) { o.Alternate = "sometimes" }, "", "sometimes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			o, d := tinyOptions(t, 2), tinyData(17)
			tt.change(&o, &d)
			dir := tt.dir
			if dir == "" {
				dir = t.TempDir()
			}
			_, err := Run(context.Background(), dir, d, b, o)
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("error %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func TestDamagedCheckpointIsNamed(t *testing.T) {
	b := cpu(t)
	run := t.TempDir()
	if _, err := Run(context.Background(), run, tinyData(17), b, tinyOptions(t, 2)); err != nil {
		t.Fatal(err)
	}
	uses := map[string]func() error{
		"resume": func() error {
			_, err := Run(context.Background(), run, tinyData(17), b, tinyOptions(t, 3))
			return err
		},
		"load": func() error { _, err := Load(run, b); return err },
	}
	damages := map[string]func([]byte) []byte{
		"a bit flipped": func(b []byte) []byte { b[len(b)/2] ^= 1; return b },
		"truncated":     func(b []byte) []byte { return b[:len(b)/2] },
		"empty":         func([]byte) []byte { return nil },
		"null":          func([]byte) []byte { return []byte("null") },
	}
	for _, file := range []string{"checkpoint-n0000000.bin", "checkpoint-n0000000.json", "state.json"} {
		path := filepath.Join(run, "checkpoints", "step-00000002", file)
		whole, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for damage, change := range damages {
			if file == "state.json" && damage == "a bit flipped" {
				continue // may still be the same numbers
			}
			if err := os.WriteFile(path, change([]byte(string(whole))), 0o644); err != nil {
				t.Fatal(err)
			}
			for use, do := range uses {
				if err := do(); err == nil || !strings.Contains(err.Error(), "step-00000002") {
					t.Errorf("%s %s: %s gave error %v, want one that names %s", file, damage, use, err, "step-00000002")
				}
			}
		}
		if err := os.WriteFile(path, whole, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := Load(run, b); err != nil {
		t.Errorf("the whole checkpoint: %v", err)
	}
}

// However often checkpoints are written, all their values are finite.
func TestDivergenceStops(t *testing.T) {
	b := cpu(t)
	for _, every := range []int64{1, 100} {
		o := tinyOptions(t, 40)
		o.LearningRate = 1e38
		o.CheckpointEvery = every
		run := t.TempDir()
		if _, err := Run(context.Background(), run, tinyData(17), b, o); !errors.Is(err, train.ErrDiverged) {
			t.Fatalf("error %v, want ErrDiverged", err)
		}
		dirs, _ := runfolder.Checkpoints(run)
		for _, dir := range dirs {
			m := NewModel(o.Arch, 1)
			if _, err := train.LoadCheckpoint(m.store, dir); err != nil {
				t.Fatal(err)
			}
			for _, p := range m.params() {
				if v, _ := m.values(p.path); train.NotFinite(v) >= 0 {
					t.Errorf("%s holds %g in %s", dir, v[train.NotFinite(v)], p.path)
				}
			}
		}
	}
}

func TestCollapse(t *testing.T) {
	if why := collapse(map[string]float64{"d_real": 1, "d_fake": 0}); !strings.Contains(why, "G no longer learns") {
		t.Errorf("a certain D gives %q", why)
	}
	for _, fine := range []map[string]float64{{"d_real": 0.9, "d_fake": 0}, {"d_real": 1, "d_fake": 0.1}, {"g_loss": 1}} {
		if why := collapse(fine); why != "" {
			t.Errorf("%v gives %q", fine, why)
		}
	}
}

func TestTrainedModelLoads(t *testing.T) {
	b := cpu(t)
	run := t.TempDir()
	var sheet Images
	o := tinyOptions(t, 4)
	o.OnSamples = func(_ int64, im Images) error { sheet = im; return nil }
	if _, err := Run(context.Background(), run, tinyData(17), b, o); err != nil {
		t.Fatal(err)
	}
	m, err := Load(run, b)
	if err != nil {
		t.Fatal(err)
	}
	z := m.Arch.Prior.draw(4*m.Arch.ZDim, train.Random(7, streamFixedZ, 0))
	im, err := m.Sample(b, z, 4)
	if err != nil {
		t.Fatal(err)
	}
	if e := relativeError(t, im.Data, sheet.Data); e != 0 {
		t.Errorf("loaded generator differs from the trained one by %g", e)
	}
	running, err := m.Running()
	if err != nil {
		t.Fatal(err)
	}
	if running[0] != nil || running[1] == nil || running[1].Variance[0] == 1 {
		t.Errorf("running statistics %v: want none for layer 1 and moved ones for layer 2", running)
	}
	if _, err := NewModel(m.Arch, 1).Running(); err == nil {
		t.Error("an untrained model gave running statistics")
	}
}
