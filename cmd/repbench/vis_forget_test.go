package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/npy"
	"repbench/vis/forget"
)

// forgetBoxes writes boxes in the first images, as JSON or as CSV.
func forgetBoxes(t *testing.T, path string) {
	t.Helper()
	text := "image,x0,y0,x1,y1\n0,2,2,12,12\n1,8,8,20,20\n3,0,4,9,30\n"
	if strings.HasSuffix(path, ".json") {
		text = `[{"image":0,"x0":2,"y0":2,"x1":12,"y1":12},{"image":1,"x0":8,"y0":8,"x1":20,"y1":20},{"image":3,"x0":0,"y0":4,"x1":9,"y1":30}]`
	}
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
}

// Boxes in both forms give one figure; its files, scores and settings have the documented names.
func TestVisForget(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	forgetBoxes(t, path("boxes.json"))
	forgetBoxes(t, path("boxes.csv"))
	const ratio = "ratio"
	var values []any
	for _, boxes := range []string{"boxes.json", "boxes.csv"} {
		r := document(t, "vis", "forget", "random:svhn32,width=4", "--n", "6", "--draws", "3", "--layer", "8x8", "--boxes", path(boxes), "--cache", path("cache"),
			"--out", path("forget.png"), "--npy", path("after.npy"), "--save-boxes", path("used.json"), "--record", path("records.jsonl"))
		for _, name := range []string{ratio, "z"} {
			if at(r, "scores", name, "value") == nil || at(r, "scores", name, "n") == nil {
				t.Errorf("no %s: %v", name, r["scores"])
			}
		}
		if at(r, "scores", ratio, "control") == nil || at(r, "settings", "C") != 0.1 || at(r, "settings", "next") != "kept" || at(r, "settings", "bn") != "fixed" {
			t.Errorf("%v", r)
		}
		values = append(values, at(r, "scores", ratio, "value"))
		for _, f := range r["files"].([]any) {
			if _, err := os.Stat(f.(string)); err != nil {
				t.Error(err)
			}
		}
	}
	if values[0] != values[1] {
		t.Errorf("ratios %v of the same boxes", values)
	}
	if shape, _, err := npy.Read[float32](path("after.npy")); err != nil || len(shape) != 4 || shape[0] != 6 || shape[3] != 3 {
		t.Errorf("images of shape %v, %v", shape, err)
	}
	if used, err := forget.ReadBoxes(path("used.json")); err != nil || len(used) != 3 {
		t.Errorf("boxes %v, %v", used, err)
	}
	text := must(t, "vis", "forget", "random:svhn32,width=4", "--n", "6", "--maps", "0, 2", "--boxes", path("boxes.csv"), "--cache", path("cache"), "--npy", path("after.npy"))
	if !strings.Contains(text, "Dropping 2 of 4 maps") || !strings.Contains(text, "3 boxes are few") {
		t.Errorf("text:\n%s", text)
	}
}

func TestVisForgetErrors(t *testing.T) {
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	forgetBoxes(t, path("boxes.csv"))
	for name, text := range map[string]string{"wide.csv": "image,x0,y0,x1,y1\n0,2,2,40,12", "later.csv": "image,x0,y0,x1,y1\n9,2,2,12,12", "small.csv": "image,x0,y0,x1,y1\n0,5,5,6,6",
		"all.csv": "image,x0,y0,x1,y1\n0,0,0,32,32", "torn.json": `[{"image": 0`} {
		if err := os.WriteFile(path(name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	const enc = "random:svhn32,width=4"
	for _, tt := range []struct {
		status int
		want   string
		args   []string
	}{
		{1, path("wide.csv") + ": box 0 (image 0, columns 2 to 39, rows 2 to 11) lies outside its image of 32×32 pixels", []string{enc, "--boxes", path("wide.csv")}},
		{1, "there are 6 images, 0 to 5", []string{enc, "--boxes", path("later.csv")}},
		{1, "a cell of the 8×8 maps is 4 pixels wide", []string{enc, "--boxes", path("small.csv"), "--layer", "h2"}},
		{1, "--negatives anywhere", []string{enc, "--boxes", path("all.csv")}},
		{1, "torn.json", []string{enc, "--boxes", path("torn.json")}},
		{1, "none.csv", []string{enc, "--boxes", path("none.csv")}},
		{1, "name their file with --boxes", []string{enc}},
		{2, "no DCGAN", []string{"pixels", "--boxes", path("boxes.csv")}},
		{2, "h3 or conv2", []string{enc, "--boxes", path("boxes.csv"), "--layer", "7x7"}},
		{2, "--maps: there is no map 4; the maps of the layer are numbered 0 to 3", []string{enc, "--boxes", path("boxes.csv"), "--maps", "4"}},
		{2, "no number of a map", []string{enc, "--boxes", path("boxes.csv"), "--maps", "x"}},
		{2, "kept or recomputed", []string{enc, "--next", "other"}},
		{2, "outside or anywhere", []string{enc, "--negatives", "other"}},
		{2, "fixed or batch", []string{enc, "--bn", "other"}},
		{2, "greater than 0", []string{enc, "--C", "-1"}},
		{2, "which this command reads", []string{enc, "--boxes", path("boxes.csv"), "--save-boxes", path("boxes.csv")}},
		{2, "2 or more", []string{enc, "--draws", "1"}},
		{2, "2 to 10000", []string{enc, "--draws", "0"}},
		{2, "2 to 10000", []string{enc, "--draws", "10001"}},
		{2, "greater than 0", []string{enc, "--C", "0", "--boxes", path("boxes.csv")}},
		{2, "map 0 is named twice", []string{enc, "--boxes", path("boxes.csv"), "--maps", "0,0"}},
		{2, "--maps names no map", []string{enc, "--boxes", path("boxes.csv"), "--maps", ""}},
	} {
		args := append(append([]string{"vis", "forget"}, tt.args...), "--n", "6", "--out", path("f.png"), "--cache", path("cache"))
		if status, _, stderr := cli(t, args...); status != tt.status || !strings.Contains(stderr, tt.want) {
			t.Errorf("%v: status %d, %q; want status %d, %q", tt.args, status, stderr, tt.status, tt.want)
		}
	}
	if _, err := os.Stat(path("f.png")); err == nil {
		t.Error("a failed command left a picture")
	}
}

// A model of shapes needs no boxes: the detector reads its images. That of an untrained generator
// finds none, and says what helps; with boxes it says what became of the rest.
func TestVisForgetShapes(t *testing.T) {
	if testing.Short() {
		t.Skip("the detector is fitted in seconds")
	}
	dir := t.TempDir()
	path := func(name string) string { return filepath.Join(dir, name) }
	forgetBoxes(t, path("boxes.csv"))
	must(t, "train", "--arch", "svhn32", "--width", "4", "--data", tinyShapes, "--batch", "16", "--steps", "1", "--out", path("run"))
	figure := []string{"vis", "forget", path("run"), "--n", "6", "--draws", "2", "--cache", path("cache"), "--npy", path("a.npy")}
	if status, _, stderr := cli(t, figure...); status != 1 || !strings.Contains(stderr, "found no second object in 6 generated images") {
		t.Errorf("status %d: %s", status, stderr)
	}
	r := document(t, append(figure, "--boxes", path("boxes.csv"))...)
	for _, name := range []string{"detector_precision", "detector_recall"} {
		if v, _ := at(r, "scores", name, "value").(float64); v < 0.9 {
			t.Errorf("%s is %v", name, at(r, "scores", name))
		}
	}
	if at(r, "scores", "shape_kept", "control") == nil || at(r, "scores", "second_object_after", "n") != 6.0 {
		t.Errorf("scores %v", r["scores"])
	}
}
