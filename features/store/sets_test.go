package store

import (
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/npy"
)

// Names are those of files and of splits of folders; an empty one stands for no matrix.
func TestSets(t *testing.T) {
	dir, _ := writeFolder(t)
	file := filepath.Join(t.TempDir(), "x:y.npy")
	must(t, npy.Write(file, []int{2, 3}, []uint16{1, 2, 3, 4, 5, 6}))
	for _, o := range []ReadOptions{{}, {MaxMemory: MapAll}} {
		f, sets, err := o.Sets(dir+":test", "", dir+"/train_features.npy", dir+":train")
		if err != nil {
			t.Fatal(err)
		}
		var rows []int
		for _, m := range sets {
			x, err := m.View()
			must(t, err)
			rows = append(rows, x.N)
		}
		if rows[0] != 2 || sets[1] != nil || rows[2] != 4 || rows[3] != 4 || sets[3].Labels[1] != 1 {
			t.Errorf("rows %v", rows)
		}
		must(t, f.Close())
	}
}

func TestSetsErrors(t *testing.T) {
	dir, _ := writeFolder(t)
	for want, name := range map[string]string{
		"name one of its splits: " + dir + ":train, " + dir + ":test": dir,
		`has no split "valid"`: dir + ":valid",
		"no such file":         filepath.Join(dir, "absent.npy"),
		"no such file or":      filepath.Join(dir, "absent") + ":train",
		"want a matrix":        dir + "/train_labels.npy",
	} {
		if _, _, err := (ReadOptions{}).Sets(dir+":test", name); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: error %v, want %q", name, err, want)
		}
	}
	if _, _, err := (ReadOptions{MaxMemory: -5}).Sets(dir + ":test"); err == nil {
		t.Error("negative memory")
	}
}
