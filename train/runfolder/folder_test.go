package runfolder

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// settings are the options of a training in these tests.
type settings struct {
	Seed  int    `json:"seed"`
	Data  string `json:"data"`
	Steps int    `json:"steps"`
}

// begin opens a folder, writes its configuration and closes it again at the end of the test.
func begin(t *testing.T, dir string, c settings) *Folder {
	t.Helper()
	f, _, err := Open(dir, c, "steps")
	if err != nil {
		t.Fatal(err)
	}
	if err := f.Configure(c); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
	return f
}

// write makes a file, with the folders above it.
func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A folder goes on with the same options, and with other ones of those that are free.
func TestOpenAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	first := settings{Seed: 1, Data: "mnist", Steps: 10}
	f, old, err := Open(dir, first, "steps")
	if err != nil || old != nil {
		t.Fatalf("a new folder: %v, %v", old, err)
	}
	if _, _, err := Open(dir, first, "steps"); err == nil || !strings.Contains(err.Error(), "in use by another process") {
		t.Errorf("a folder in use: error %v", err)
	}
	if err := errors.Join(f.Configure(first), f.Close()); err != nil {
		t.Fatal(err)
	}
	g, old, err := Open(dir, settings{Seed: 1, Data: "mnist", Steps: 20}, "steps")
	if err != nil || *old != first || g.Options() != f.Options() {
		t.Fatalf("more steps: %+v, %v", old, err)
	}
	if err := g.Close(); err != nil {
		t.Fatal(err)
	}
	_, _, err = Open(dir, settings{Seed: 2, Data: "svhn", Steps: 10}, "steps")
	if !errors.Is(err, ErrDiffers) || !strings.Contains(err.Error(), "data is svhn, was mnist; seed is 2, was 1; use another folder") {
		t.Errorf("other options: error %v", err)
	}
	h, _, err := Open(dir, first, "steps")
	if err != nil {
		t.Fatalf("a refusal keeps the folder locked: %v", err)
	}
	h.Close()
}

// A folder that belongs to something else, or to a training whose options are lost, is refused
// before anything is written.
func TestOpenRefuses(t *testing.T) {
	for name, tt := range map[string]struct {
		files []string
		want  string
	}{
		"another folder":    {[]string{"thesis.tex"}, "thesis.tex"},
		"a training":        {[]string{"checkpoints/step-00000007/state.json"}, "holds a training (checkpoints/step-00000007) but no config.json"},
		"a log":             {[]string{"metrics.jsonl"}, "holds a training (metrics.jsonl) but no config.json"},
		"damaged options":   {[]string{"config.json"}, "the file is damaged"},
		"a hidden leftover": {[]string{".part-1"}, ""},
		"records":           {[]string{"records.jsonl"}, ""},
	} {
		dir := t.TempDir()
		for _, file := range tt.files {
			write(t, filepath.Join(dir, file), "x")
		}
		f, _, err := Open(dir, settings{})
		switch {
		case tt.want == "" && err != nil:
			t.Errorf("%s: error %v", name, err)
		case tt.want != "" && (err == nil || !strings.Contains(err.Error(), tt.want)):
			t.Errorf("%s: error %v, want %q", name, err, tt.want)
		}
		if f != nil {
			f.Close()
		}
	}
}

// What a folder without config.json is, and where the right one lies.
func TestReadMissing(t *testing.T) {
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	write(t, filepath.Join(run, "config.json"), "{}")
	write(t, filepath.Join(run, "checkpoints", "step-00000007", "state.json"), "{}")
	write(t, filepath.Join(dir, "old", "checkpoints", "step-00000001", "state.json"), "{}")
	write(t, filepath.Join(dir, "broken", "config.json"), `{"seed":"x"}`)
	for path, want := range map[string]string{
		"nowhere":                       "no run folder is there",
		".":                             "is not a run folder: it has no config.json, and no training was begun in it",
		"run/checkpoints/step-00000007": "lies in one: give " + run,
		"run/checkpoints":               "lies in one: give " + run,
		"old":                           "holds a training (checkpoints/step-00000001)",
		"broken":                        "the file is damaged or no config.json of this training: restore config.json",
	} {
		if _, err := Read[settings](filepath.Join(dir, path)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", path, err, want)
		}
	}
}

// older is a configuration with a field that earlier versions did not write.
type older struct {
	Channels int `json:"channels"`
}

func (o *older) Complete() {
	if o.Channels == 0 {
		o.Channels = 3
	}
}

func TestReadCompletes(t *testing.T) {
	dir := t.TempDir()
	write(t, filepath.Join(dir, "config.json"), "{}")
	if c, err := Read[older](dir); err != nil || c.Channels != 3 {
		t.Errorf("%+v, %v", c, err)
	}
}

// A checkpoint appears when it is whole; one that fails leaves nothing behind.
func TestCheckpoints(t *testing.T) {
	f := begin(t, t.TempDir(), settings{})
	for _, step := range []int64{100, 5, 123456789} {
		err := f.AddCheckpoint(step, func(dir string) error { return os.WriteFile(filepath.Join(dir, "a"), nil, 0o644) })
		if err != nil {
			t.Fatal(err)
		}
	}
	broken := errors.New("the disk is full")
	if err := f.AddCheckpoint(6, func(string) error { return broken }); !errors.Is(err, broken) {
		t.Errorf("error %v", err)
	}
	write(t, filepath.Join(f.Dir(), "checkpoints", "step-7", "a"), "")        // not a name that is written
	write(t, filepath.Join(f.Dir(), "checkpoints", "step-00000008"), "")      // a file
	write(t, filepath.Join(f.Dir(), "checkpoints", ".part-killed", "a"), "x") // left by a process that was killed
	names := func() []string {
		dirs, err := Checkpoints(f.Dir())
		if err != nil {
			t.Fatal(err)
		}
		var out []string
		for _, d := range dirs {
			out = append(out, filepath.Base(d))
		}
		return out
	}
	if got := names(); !slices.Equal(got, []string{"step-00000005", "step-00000100", "step-123456789"}) {
		t.Errorf("checkpoints %v", got)
	}
	if err := f.PruneCheckpoints(2); err != nil {
		t.Fatal(err)
	}
	if got := names(); !slices.Equal(got, []string{"step-00000100", "step-123456789"}) {
		t.Errorf("two are kept: %v", got)
	}
	if _, err := os.Stat(filepath.Join(f.Dir(), "checkpoints", ".part-killed")); !os.IsNotExist(err) {
		t.Errorf("the leftover is there still: %v", err)
	}
	if none, err := Checkpoints(t.TempDir()); none != nil || err != nil {
		t.Errorf("a folder without checkpoints: %v, %v", none, err)
	}
}

func TestStepOf(t *testing.T) {
	for name, want := range map[string]int64{
		"step-00000500": 500, "a/b/step-00000001": 1, "step-123456789": 123456789, "step-999999999999999999": 999999999999999999,
		"step-500": -1, "step-0000050x": -1, "xstep-00000500": -1, "step-9999999999999999999": -1, "": -1,
	} {
		if got := StepOf(name); got != want {
			t.Errorf("%q: %d, want %d", name, got, want)
		}
		if want >= 0 && StepOf(StepName(want)) != want {
			t.Errorf("the name of step %d reads as %d", want, StepOf(StepName(want)))
		}
	}
}

// Outputs of other commands must not replace files of a run.
func TestProtects(t *testing.T) {
	run := t.TempDir()
	write(t, filepath.Join(run, "config.json"), "{}")
	write(t, filepath.Join(run, "samples", "step-00000001.png"), "")
	write(t, filepath.Join(run, "checkpoints", "step-00000001", "state.json"), "")
	link := filepath.Join(t.TempDir(), "link.json")
	if err := os.Symlink(filepath.Join(run, "config.json"), link); err != nil {
		t.Fatal(err)
	}
	if err := Protects("the picture", link); err == nil {
		t.Error("a link to a file of a run is no file of it")
	}
	for path, taken := range map[string]bool{
		"config.json": true, "metrics.jsonl": true, "log.txt": true, "checkpoints/step-00000001/anything": true,
		"grid.png": false, "records.jsonl": false, "samples/mine.png": false, "elsewhere/config.json": false,
	} {
		if err := Protects("the picture", filepath.Join(run, path)); (err != nil) != taken {
			t.Errorf("%s: error %v, want one: %v", path, err, taken)
		}
	}
}

// The log and the metrics grow at their end; a resumed run takes the later lines away.
func TestAppendAndRewind(t *testing.T) {
	f := begin(t, t.TempDir(), settings{})
	for step := range int64(4) {
		if err := f.AppendMetrics(Metrics{Step: step + 1, Images: 1, Seconds: float64(step), Values: []Value{{"d_loss", 0.5}}}); err != nil {
			t.Fatal(err)
		}
	}
	if err := appendTo(filepath.Join(f.Dir(), metricsFile), []byte(`{"step":5,"ima`)); err != nil {
		t.Fatal(err)
	}
	if last, err := f.Rewind(2); err != nil || last.Step != 2 || last.Seconds != 1 {
		t.Errorf("after step 2: %+v, %v", last, err)
	}
	if last, err := f.Rewind(0); err != nil || last.Step != 0 {
		t.Errorf("before the first step: %+v, %v", last, err)
	}
	if err := errors.Join(f.Logf("one\t%d", 1), f.Logf("two")); err != nil {
		t.Fatal(err)
	}
	b, err := os.ReadFile(filepath.Join(f.Dir(), logFile))
	lines := strings.Split(string(b), "\n")
	if err != nil || len(lines) != 3 || !strings.HasSuffix(lines[0], " one\t1") || !strings.HasSuffix(lines[1], " two") {
		t.Errorf("log %q, %v", b, err)
	}
	r, err := ReadRun(f.Dir())
	if err != nil || len(r.Metrics) != 0 || r.Torn {
		t.Errorf("read as %+v, %v", r, err)
	}
}
