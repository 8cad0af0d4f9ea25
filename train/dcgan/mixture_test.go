package dcgan

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/train/runfolder"
)

// TestNoMixtureOfOptions: a folder with a training but without its options is refused, and so
// is a checkpoint written with other options than config.json names.
func TestNoMixtureOfOptions(t *testing.T) {
	b := cpu(t)
	begin := func(t *testing.T, seed uint64) string {
		t.Helper()
		dir, o := t.TempDir(), tinyOptions(t, 4)
		o.Seed = new(seed)
		if _, err := Run(context.Background(), dir, tinyData(17), b, o); err != nil {
			t.Fatal(err)
		}
		return dir
	}
	remove := func(t *testing.T, dir string, names ...string) {
		t.Helper()
		for _, n := range names {
			if err := os.RemoveAll(filepath.Join(dir, n)); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := []struct {
		name string
		make func(t *testing.T) string
		want []string
		is   error
	}{
		{"no config.json", func(t *testing.T) string {
			dir := begin(t, 7)
			remove(t, dir, "config.json")
			return dir
		}, []string{"checkpoints/step-00000004", "restore config.json", "another folder"}, nil},
		{"metrics alone", func(t *testing.T) string {
			dir := begin(t, 7)
			remove(t, dir, "config.json", "checkpoints")
			return dir
		}, []string{"(metrics.jsonl)", "restore config.json"}, nil},
		{"checkpoints of another run", func(t *testing.T) string {
			dir, other := begin(t, 7), begin(t, 8)
			remove(t, dir, "checkpoints")
			if err := os.Rename(filepath.Join(other, "checkpoints"), filepath.Join(dir, "checkpoints")); err != nil {
				t.Fatal(err)
			}
			return dir
		}, []string{"step 4", "other options than config.json names"}, runfolder.ErrDiffers},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			dir := tt.make(t)
			before := listing(t, dir)
			_, err := Run(context.Background(), dir, tinyData(17), b, tinyOptions(t, 8))
			if err == nil {
				t.Fatal("the training went on")
			}
			for _, w := range append(tt.want, dir) {
				if !strings.Contains(err.Error(), w) {
					t.Errorf("error %q does not say %q", err, w)
				}
			}
			if tt.is != nil && !errors.Is(err, tt.is) {
				t.Errorf("error %q is not %q", err, tt.is)
			}
			if _, err := Load(dir, b); err == nil {
				t.Error("the mixture loads")
			}
			if after := listing(t, dir); after != before {
				t.Errorf("the folder changed:\n%s\nwas:\n%s", after, before)
			}
		})
	}
}

// A checkpoint of a version that stored no hash of the options can still be resumed.
func TestCheckpointWithoutHashResumes(t *testing.T) {
	b, dir := cpu(t), t.TempDir()
	if _, err := Run(context.Background(), dir, tinyData(17), b, tinyOptions(t, 4)); err != nil {
		t.Fatal(err)
	}
	path := filepath.Join(dir, "checkpoints", "step-00000004", "state.json")
	state, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.SplitAfter(string(state), "\n")
	kept := lines[:0]
	for _, l := range lines {
		if !strings.Contains(l, `"options"`) {
			kept = append(kept, l)
		}
	}
	if len(kept) != len(lines)-1 {
		t.Fatalf("state.json names no options:\n%s", state)
	}
	if err := os.WriteFile(path, []byte(strings.Join(kept, "")), 0o644); err != nil {
		t.Fatal(err)
	}
	sum, err := Run(context.Background(), dir, tinyData(17), b, tinyOptions(t, 6))
	if err != nil {
		t.Fatal(err)
	}
	if sum.Resumed != 4 {
		t.Errorf("resumed at step %d, want 4", sum.Resumed)
	}
}

// listing returns the names and sizes of all files below dir, except the lock and the log.
func listing(t *testing.T, dir string) string {
	t.Helper()
	var out strings.Builder
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() || e.Name() == ".lock" || e.Name() == "log.txt" {
			return err
		}
		info, err := e.Info()
		if err == nil {
			out.WriteString(path + " " + info.ModTime().String() + "\n")
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out.String()
}
