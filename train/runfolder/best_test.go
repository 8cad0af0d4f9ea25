package runfolder

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestBest: the newest best checkpoint replaces the one before, is never pruned with the others, and
// its files are protected.
func TestBest(t *testing.T) {
	type config struct {
		A int `json:"a"`
	}
	dir := t.TempDir()
	f, _, err := Open(dir, config{1})
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if err := f.Configure(config{1}); err != nil {
		t.Fatal(err)
	}
	if _, err := BestCheckpoint(dir); err == nil || !strings.Contains(err.Error(), "keeps no best checkpoint") {
		t.Errorf("error %v", err)
	}
	write := func(text string) func(string) error {
		return func(d string) error { return os.WriteFile(filepath.Join(d, "x"), []byte(text), 0o644) }
	}
	for _, tt := range []struct {
		step int64
		text string
	}{{10, "a"}, {30, "b"}, {30, "c"}, {20, "d"}} {
		if err := f.SetBest(tt.step, write(tt.text)); err != nil {
			t.Fatal(err)
		}
		got, err := BestCheckpoint(dir)
		b, rerr := os.ReadFile(filepath.Join(got, "x"))
		if err != nil || rerr != nil || StepOf(got) != tt.step || string(b) != tt.text {
			t.Errorf("best is %s with %q, %v %v; want step %d with %q", got, b, err, rerr, tt.step, tt.text)
		}
	}
	if err := f.AddCheckpoint(40, write("e")); err != nil {
		t.Fatal(err)
	}
	if err := f.PruneCheckpoints(1); err != nil {
		t.Fatal(err)
	}
	got, err := BestCheckpoint(dir)
	if err != nil || StepOf(got) != 20 {
		t.Errorf("best is %s, %v", got, err)
	}
	if err := Protects("--out", filepath.Join(got, "x")); err == nil {
		t.Error("a file of the best checkpoint may be replaced")
	}
}
