package datasets

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// The error names what a clone without Git LFS, or a failed download, leaves behind.
func TestFilesThatStandIn(t *testing.T) {
	const pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 97811\n"
	dir := t.TempDir()
	put := func(name, content string) string {
		t.Helper()
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o644); err != nil {
			t.Fatal(err)
		}
		return path
	}
	image := put("set/train/cat/0.png", pointer)
	put("set/train/dog/0.png", pointer)
	idx := put("mnist/t10k-images-idx3-ubyte", pointer) // the first in the order of the folder
	for _, n := range []string{"train-images-idx3-ubyte", "train-labels-idx1-ubyte", "t10k-labels-idx1-ubyte"} {
		put("mnist/"+n, pointer)
	}
	archive := put("set.zip", "<!DOCTYPE html><html>")
	missing := put("set.tar.gz", "Entry not found")
	for _, tt := range []struct{ name, spec, file, want string }{
		{"image", "folder:" + filepath.Join(dir, "set"), filepath.Base(image), "git lfs pull"},
		{"idx", "mnist=" + filepath.Join(dir, "mnist"), idx, "git lfs pull"},
		{"zip", "folder:" + archive, archive, "it is a web page"},
		{"tar", "folder:" + missing, missing, `it is text, which begins "Entry not found"`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			_, err := Open(context.Background(), tt.spec, Options{})
			if err == nil || !strings.Contains(err.Error(), tt.want) || !strings.Contains(err.Error(), tt.file) {
				t.Errorf("error %v, want one that says %q and names %s", err, tt.want, tt.file)
			}
		})
	}
}
