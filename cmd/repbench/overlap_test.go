package main

import (
	"image"
	"image/color"
	"image/png"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// Training features given as test features are refused by every command that takes
// NumPy files, under another name and in a copy, too.
func TestTrainIsTest(t *testing.T) {
	dir := t.TempDir()
	x, y := arrays(t, dir)
	copied, link := filepath.Join(dir, "copy.npy"), filepath.Join(dir, "link.npy")
	data, err := os.ReadFile(x)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(copied, data, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(x, link); err != nil {
		t.Fatal(err)
	}
	for _, command := range [][]string{{"linear", "--C", "1"}, {"fewshot", "--labels", "4", "--draws", "2", "--C", "1"}, {"knn", "--k", "1"}} {
		for test, want := range map[string]string{x: "the same file", link: "the same file", copied: "all 40 in the same order: give the test split's own rows\n"} {
			args := append([]string{"eval"}, command...)
			args = append(args, "--train-x", x, "--train-y", y, "--test-x", test, "--test-y", y)
			status, out, stderr := cli(t, args...)
			if status != 1 || !strings.Contains(stderr, want) || !strings.Contains(stderr, test) || out != "" {
				t.Errorf("eval %s, test %s: status %d, %q, want %q", command[0], filepath.Base(test), status, stderr, want)
			}
		}
	}
}

// pictures writes 6 images of 32×32 for two classes of a split; images from
// `from` on are drawn from their number.
func pictures(t *testing.T, dir, split string, from int) {
	t.Helper()
	for i := range 6 {
		m := image.NewNRGBA(image.Rect(0, 0, 32, 32))
		for p := range 32 * 32 {
			v := uint8((p*(i+from+1) + i*37) % 251)
			m.Set(p%32, p/32, color.NRGBA{v, 255 - v, uint8(40 * (i % 2)), 255})
		}
		path := filepath.Join(dir, split, []string{"cat", "dog"}[i%2], string(rune('a'+i))+".png")
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			t.Fatal(err)
		}
		f, err := os.Create(path)
		if err != nil {
			t.Fatal(err)
		}
		if err := png.Encode(f, m); err != nil {
			t.Fatal(err)
		}
		if err := f.Close(); err != nil {
			t.Fatal(err)
		}
	}
}

// Images that are in both splits of a data set are named before anything is
// extracted; a test split that is the training split is refused.
func TestSharedImages(t *testing.T) {
	set, same := t.TempDir(), t.TempDir()
	pictures(t, set, "train", 0)
	pictures(t, set, "test", 50)
	pictures(t, same, "train", 0)
	pictures(t, same, "test", 0)
	data, err := os.ReadFile(filepath.Join(set, "train", "cat", "c.png"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(set, "test", "cat", "e.png"), data, 0o644); err != nil {
		t.Fatal(err)
	}
	for _, command := range []string{
		"linear --encoder pixels --C 1e-3", "fewshot --encoder pixels --C 1e-3 --labels 2 --draws 2", "knn --encoder pixels --k 1",
		"supervised --arch svhn32 --width 1 --trials 1 --steps 1 --batch 2",
	} {
		args := append([]string{"eval"}, strings.Fields(command)...)
		r := document(t, append(args, "--data", "folder:"+set, "--cache", t.TempDir())...)
		var warnings []string
		for _, w := range r["warnings"].([]any) {
			warnings = append(warnings, w.(string))
		}
		text := strings.Join(warnings, "\n")
		if !strings.Contains(text, "1 of 6 images of the test split equal an image of the train split") || !strings.Contains(text, "e.png equals") || !strings.Contains(text, "c.png") {
			t.Errorf("eval %s: warnings %q", command, text)
		}
		cache := t.TempDir()
		status, _, stderr := cli(t, append(args, "--data", "folder:"+same, "--cache", cache)...)
		if status != 1 || !strings.Contains(stderr, "the test split has the images of the train split, all 6") {
			t.Errorf("eval %s on one split twice: status %d, %q", command, status, stderr)
		}
		left, _ := os.ReadDir(cache)
		for _, e := range left {
			if e.Name() != ".use" { // locks of folders in use, which are gone
				t.Errorf("eval %s: %s was written", command, e)
			}
		}
	}
}
