package main

import (
	"archive/tar"
	"bytes"
	"fmt"
	"image"
	"image/jpeg"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// photographs writes a tar file of n small JPEG files in two classes; every tenth
// is broken where broken is set.
func photographs(t *testing.T, n int, broken bool) string {
	t.Helper()
	m := image.NewYCbCr(image.Rect(0, 0, 120, 90), image.YCbCrSubsampleRatio420)
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for i := range n {
		for j := range m.Y {
			m.Y[j] = uint8(i + j*j)
		}
		var f bytes.Buffer
		if err := jpeg.Encode(&f, m, nil); err != nil {
			t.Fatal(err)
		}
		if broken && i%10 == 0 {
			f.Truncate(f.Len() / 2)
		}
		if err := w.WriteHeader(&tar.Header{Name: fmt.Sprintf("train/%c/%04d.jpg", 'a'+i%2, i), Mode: 0o644, Size: int64(f.Len()), Typeflag: tar.TypeReg}); err != nil {
			t.Fatal(err)
		}
		w.Write(f.Bytes())
	}
	w.Close()
	path := filepath.Join(t.TempDir(), "photographs.tar")
	if err := os.WriteFile(path, b.Bytes(), 0o644); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestDataPrepare(t *testing.T) {
	src := photographs(t, 20, true)
	out := filepath.Join(t.TempDir(), "out")
	args := []string{"data", "prepare", "folder:" + src, "--size", "8,16", "--out", out}
	if status, _, stderr := cli(t, args...); status != 1 || !strings.Contains(stderr, "too many images cannot be read") {
		t.Errorf("with broken files: status %d, %s", status, stderr)
	}
	v := document(t, append(args, "--max-bad", "0.1")...)
	set := v["sets"].([]any)[1].(map[string]any)
	if set["size"].(float64) != 16 || set["dir"] != filepath.Join(out, "16") || len(set["bad"].([]any)) != 2 {
		t.Errorf("the result says %v", set)
	}
	text := must(t, append(args, "--max-bad", "0.1")...)
	if !strings.Contains(text, "train  18 images") || !strings.Contains(text, "left out: train/a/0000.jpg: ") {
		t.Errorf("the text says %s", text)
	}
	m := document(t, "extract", "--encoder", "pixels", "--data", "prepared:"+filepath.Join(out, "16"), "--out", filepath.Join(t.TempDir(), "f"))
	if m["dim"].(float64) != 16*16*3 {
		t.Errorf("features of the prepared set: %v", m)
	}
	for _, tt := range []struct{ name, args, want string }{
		{"no size", "data prepare shapes --out x", "--size is required"},
		{"no folder", "data prepare shapes --size 8", "--out is required"},
		{"size of none", "data prepare shapes --size 0 --out x", "the size is 0"},
		{"filter", "data prepare shapes --size 8 --out x --filter nearest", "bicubic, box, bilinear, lanczos"},
		{"decoding", "data prepare shapes --size 8 --out x --decode half", "full, scaled or draft"},
		{"no set", "data prepare --size 8 --out x", "the specification"},
	} {
		if status, _, stderr := cli(t, strings.Fields(tt.args)...); status != 2 || !strings.Contains(stderr, tt.want) {
			t.Errorf("%s: status %d, %s", tt.name, status, stderr)
		}
	}
}

// A preparation killed with SIGKILL at several moments ends with the bytes of one
// that was left alone.
func TestKilledPreparationResumes(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	src := photographs(t, 1500, false)
	dir := t.TempDir()
	args := func(out string) []string {
		return []string{"data", "prepare", "folder:" + src, "--size", "24", "--threads", "2", "--out", filepath.Join(dir, out)}
	}
	if out, err := process(args("whole")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	kills := 0
	for _, after := range []time.Duration{40, 80, 120, 160, 200} {
		c := process(args("killed")...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		waitForFile(t, filepath.Join(dir, "killed", ".prepare"), filepath.Join(dir, "killed", "manifest.json"))
		time.Sleep(after * time.Millisecond)
		if err := c.Process.Kill(); err != nil {
			t.Fatal(err)
		}
		if c.Wait() != nil {
			kills++
		}
	}
	if kills == 0 {
		t.Error("no process was killed before its end")
	}
	if out, err := process(args("killed")...).CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, f := range []string{"train_images.npy", "train_labels.npy", "train_ids.txt", "manifest.json"} {
		want, err := os.ReadFile(filepath.Join(dir, "whole", f))
		if err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(filepath.Join(dir, "killed", f)); err != nil || !bytes.Equal(got, want) {
			t.Errorf("%s differs after %d kills (%v)", f, kills, err)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "killed", ".prepare*")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// waitForFile waits until one of the files is there.
func waitForFile(t *testing.T, paths ...string) {
	t.Helper()
	for deadline := time.Now().Add(time.Minute); time.Now().Before(deadline); time.Sleep(2 * time.Millisecond) {
		for _, p := range paths {
			if _, err := os.Stat(p); err == nil {
				return
			}
		}
	}
	t.Fatalf("none of %v within a minute", paths)
}
