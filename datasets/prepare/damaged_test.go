package prepare

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"repbench/datasets"
	"repbench/datasets/internal/datatest"
)

// A damaged manifest and changed names are refused, with a next step that works.
func TestDamagedFolders(t *testing.T) {
	ctx, src := context.Background(), "folder:"+datatest.Unpack(t, datatest.Dots("a/1.png", "b/1.png")...)
	for _, name := range []string{datasets.ManifestFile, "train_ids.txt"} {
		dir := filepath.Join(t.TempDir(), "x")
		if _, err := Run(ctx, src, dir, Options{Sizes: []int{2}}); err != nil {
			t.Fatal(err)
		}
		path := filepath.Join(dir, name)
		text := ""
		if name != datasets.ManifestFile {
			text = "a/1.png\nb/2.png\n"
		}
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		_, err := datasets.Open(ctx, "prepared:"+dir, datasets.Options{})
		datatest.WantError(t, err, path, "prepare the set again, into a new folder")
		if name != datasets.ManifestFile {
			continue
		}
		_, err = Run(ctx, src, dir, Options{Sizes: []int{2}})
		datatest.WantError(t, err, path, "into a new folder, or remove "+dir)
		if err := os.RemoveAll(dir); err != nil {
			t.Fatal(err)
		}
		if _, err := Run(ctx, src, dir, Options{Sizes: []int{2}}); err != nil {
			t.Errorf("the step does not work: %v", err)
		}
	}
}

// A control character in the name of a bad image is shown with an escape.
func TestBadNamesAreShown(t *testing.T) {
	b := datasets.BadImage{ID: "a/x\x1b[31m.png", Reason: "cut\x1b"}
	if got := b.String(); got != `"a/x\x1b[31m.png": "cut\x1b"` {
		t.Error(got)
	}
	files := append(datatest.Dots("a/1.png", "b/1.png"), datatest.File{Name: "a/x\x1b.png", Body: []byte("no image")})
	_, err := Run(context.Background(), "folder:"+datatest.Unpack(t, files...), filepath.Join(t.TempDir(), "x"), Options{Sizes: []int{2}})
	datatest.WantError(t, err, `"a/x\x1b.png": `, "--max-bad")
}
