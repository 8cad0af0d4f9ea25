package compare

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"repbench/internal/npy"
)

func TestLoad(t *testing.T) {
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, name) }
	must := func(err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(npy.Write(at("one.npy"), []int{3}, []int32{0, 1, 2}))
	must(npy.Write(at("wide.npy"), []int{3}, []int64{2, 1, 0}))
	must(npy.Write(at("seeds.npy"), []int{2, 3}, []int32{0, 1, 2, 2, 1, 0}))
	must(npy.Write(at("cube.npy"), []int{1, 1, 3}, []int32{0, 1, 2}))
	must(npy.Write(at("huge.npy"), []int{1}, []int64{1 << 40}))
	must(npy.Write(at("float.npy"), []int{1}, []float32{1}))
	must(os.Mkdir(at("run"), 0o755))
	must(os.Mkdir(at("empty"), 0o755))
	must(npy.Write(at("run/"+PredictionsFile), []int{3}, []int32{1, 1, 1}))
	must(npy.Write(at("run/"+LabelsFile()), []int{3}, []int32{0, 1, 1}))

	got, err := LoadPredictions(at("one.npy"), at("seeds.npy"), at("run"), at("wide.npy"))
	want := [][]int32{{0, 1, 2}, {0, 1, 2}, {2, 1, 0}, {1, 1, 1}, {2, 1, 0}}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("predictions %v, %v", got, err)
	}
	for path, want := range map[string][]int32{"run": {0, 1, 1}, "wide.npy": {2, 1, 0}} {
		if got, err := LoadLabels(at(path)); err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("labels of %s: %v, %v", path, got, err)
		}
	}
	for path, want := range map[string]error{"absent.npy": fs.ErrNotExist, "empty": fs.ErrNotExist, "cube.npy": ErrShape} {
		if _, err := LoadPredictions(at(path)); !errors.Is(err, want) {
			t.Errorf("predictions of %s: %v, want %v", path, err, want)
		}
	}
	// Labels of any type of whole numbers, and columns, are read as one list.
	must(npy.Write(at("bytes.npy"), []int{3, 1}, []uint8{2, 0, 200}))
	if got, err := LoadPredictions(at("bytes.npy"), at("one.npy")); err != nil || !reflect.DeepEqual(got, [][]int32{{2, 0, 200}, {0, 1, 2}}) {
		t.Errorf("predictions %v, %v", got, err)
	}
	if got, err := LoadLabels(at("bytes.npy")); err != nil || !reflect.DeepEqual(got, []int32{2, 0, 200}) {
		t.Errorf("labels %v, %v", got, err)
	}
	if _, err := LoadPredictions(at("huge.npy")); err == nil || !strings.Contains(err.Error(), "np.unique") || !strings.Contains(err.Error(), "huge.npy") {
		t.Errorf("a value beyond int32: %v", err)
	}
	for _, path := range []string{"seeds.npy", "absent.npy", "float.npy", "huge.npy", "empty"} {
		if v, err := LoadLabels(at(path)); err == nil {
			t.Errorf("labels of %s: %v", path, v)
		}
	}
}
