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

// tinyRun trains in a new folder for two steps.
func tinyRun(t *testing.T) string {
	t.Helper()
	run := t.TempDir()
	if _, err := Run(context.Background(), run, tinyData(17), cpu(t), tinyOptions(t, 2)); err != nil {
		t.Fatal(err)
	}
	return run
}

// changeFile replaces a text in a file.
func changeFile(t *testing.T, path, from, to string) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	changed := strings.Replace(string(text), from, to, 1)
	if changed == string(text) {
		t.Fatalf("%s has no %q:\n%s", path, from, text)
	}
	if err := os.WriteFile(path, []byte(changed), 0o644); err != nil {
		t.Fatal(err)
	}
}

// A config.json that is damaged or was changed is told as such, with what to do, and not
// by the shapes of arrays; Load and Run agree.
func TestConfigErrors(t *testing.T) {
	const restore = "restore config.json from a copy, or begin the same training in a new folder and copy the config.json from there, or use another folder"
	for _, tt := range []struct {
		name, from, to, want string
		changed              bool
	}{
		{"cut off", "}", "", restore, false},
		{"another type", `"width": 2`, `"width": "two"`, restore, false},
		{"channels", `"channels": 3`, `"channels": 1`, restore, true},
		{"width", `"width": 2`, `"width": 3`, restore, true},
		{"no such width", `"width": 2`, `"width": -3`, restore, true},
		{"another architecture", `"arch": "svhn32"`, `"arch": "imagenet32"`, restore, true},
		{"seed", `"seed": 7`, `"seed": 8`, restore, true},
		{"a model of another kind", `"arch": "svhn32"`, `"arch": "autoencoder"`, "opened as autoencoder:RUN", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			run := tinyRun(t)
			changeFile(t, filepath.Join(run, "config.json"), tt.from, tt.to)
			_, err := Load(run, cpu(t))
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), run) || strings.Contains(err.Error(), "shape") {
				t.Errorf("error %v, want one that names %s and says %q", err, run, tt.want)
			}
			if tt.changed != errors.Is(err, runfolder.ErrDiffers) {
				t.Errorf("error %v wraps ErrDiffers: %v, want %v", err, !tt.changed, tt.changed)
			}
			if _, err := Run(context.Background(), run, tinyData(17), cpu(t), tinyOptions(t, 3)); err == nil {
				t.Error("the training went on")
			}
		})
	}
}

// Where older checkpoints keep no hash of the options, the shapes tell, with what to do.
func TestOtherModelWithoutHash(t *testing.T) {
	run := tinyRun(t)
	path := filepath.Join(run, "checkpoints", "step-00000002", "state.json")
	changeFile(t, path, `"options"`, `"other"`)
	changeFile(t, filepath.Join(run, "config.json"), `"width": 2`, `"width": 3`)
	if _, err := Load(run, cpu(t)); err == nil || !strings.Contains(err.Error(), "config.json names another model than the one that was trained; restore it") {
		t.Error(err)
	}
}

// A folder without config.json says what it holds instead.
func TestConfigMissing(t *testing.T) {
	run, bare := tinyRun(t), tinyRun(t)
	if err := os.Remove(filepath.Join(bare, "config.json")); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		name, dir string
		want      []string
	}{
		{"checkpoints alone", bare, []string{"holds a training (checkpoints/step-00000002) but no config.json", "restore config.json from a copy"}},
		{"a checkpoint", filepath.Join(run, "checkpoints", "step-00000002"), []string{"is not a run folder, but lies in one: give " + run}},
		{"all checkpoints", filepath.Join(run, "checkpoints"), []string{"is not a run folder, but lies in one: give " + run}},
		{"nothing", t.TempDir(), []string{"is not a run folder: it has no config.json, and no training was begun in it"}},
		{"no folder", filepath.Join(run, "x"), []string{"no run folder is there", filepath.Join(run, "x")}},
	} {
		_, err := Load(tt.dir, cpu(t))
		for _, want := range tt.want {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: error %v, want %q", tt.name, err, want)
			}
		}
	}
}

// A checkpoint folder that was renamed is told as such, before anything is written.
func TestRenamedCheckpoint(t *testing.T) {
	run := tinyRun(t)
	parent := filepath.Join(run, "checkpoints")
	if err := os.Rename(filepath.Join(parent, "step-00000002"), filepath.Join(parent, "step-00000003")); err != nil {
		t.Fatal(err)
	}
	_, loaded := Load(run, cpu(t))
	_, trained := Run(context.Background(), run, tinyData(17), cpu(t), tinyOptions(t, 3))
	for _, err := range []error{loaded, trained} {
		for _, want := range []string{"step-00000003", "state.json is of step 2 and the folder's name of step 3", "give it the name step-00000002 again", "remove this folder"} {
			if err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("error %v, want %q", err, want)
			}
		}
	}
}
