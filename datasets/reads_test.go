package datasets

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"repbench/internal/outputs"
)

// Files of a set are read, other files beside them are not.
func TestReads(t *testing.T) {
	for _, tt := range []struct {
		form        string // %: the folder
		read, other []string
	}{
		{"folder:", []string{"a/0.png", "a/new.webp", "sheet.jpg", "list.txt"}, []string{"scores.json", "a/z.npy", "new.txt", "records.jsonl"}},
		{"mnist=", []string{"t10k-labels-idx1-ubyte"}, []string{"nearest.npy", "sheet.png", "new"}},
		{"cifar10=", []string{"a/0.png", "data_batch_1.bin"}, []string{"sheet.jpg"}},
		{"prepared:", []string{"manifest.json", "test_images.npy", "train_ids.txt"}, []string{"z.npy", "sheet.jpg"}},
	} {
		dir := t.TempDir()
		for _, name := range []string{"a/0.png", "sheet.jpg", "list.txt", "scores.json", "a/z.npy", "t10k-labels-idx1-ubyte", "data_batch_1.bin", "manifest.json", "test_images.npy"} {
			touch(t, filepath.Join(dir, name))
		}
		keep := filepath.Join(dir, "keep.txt")
		r := Reads(tt.form+dir, Options{Keep: []string{keep}})
		for _, name := range slices.Concat(tt.read, tt.other) {
			err := r.Check(outputs.File{Flag: "--out", Path: filepath.Join(dir, filepath.FromSlash(name))})
			if (err != nil) != slices.Contains(tt.read, name) {
				t.Errorf("%s, %s: error %v", tt.form, name, err)
			}
		}
		if r.Check(outputs.File{Flag: "--out", Path: keep}) == nil {
			t.Errorf("%s: the keep-list is not read", tt.form)
		}
	}
	archive := filepath.Join(t.TempDir(), "set.zip")
	touch(t, archive)
	if Reads("folder:"+archive, Options{}).Check(outputs.File{Flag: "--out", Path: archive}) == nil {
		t.Error("an archive is not read")
	}
	if r := Reads("no such set", Options{}); len(r.Files)+len(r.Folders) > 0 {
		t.Errorf("%+v of a wrong specification", r)
	}
}

// touch makes an empty file with its folders.
func touch(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, nil, 0o644); err != nil {
		t.Fatal(err)
	}
}
