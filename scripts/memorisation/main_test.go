package main

import (
	"bytes"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"repbench/eval/memorisation"
	"repbench/internal/jsonfile"
	"repbench/internal/npy"
)

func TestRows(t *testing.T) {
	dir := t.TempDir()
	in, out := filepath.Join(dir, "in.npy"), filepath.Join(dir, "out.npy")
	data := make([]uint8, 40)
	for i := range data {
		data[i] = uint8(i)
	}
	if err := npy.Write(in, []int{10, 2, 2}, data); err != nil {
		t.Fatal(err)
	}
	if err := run([]string{"rows", out, in + ":7:9", in + ":0:10:5"}); err != nil {
		t.Fatal(err)
	}
	shape, got, err := npy.Read[uint8](out)
	if err != nil || !slices.Equal(shape, []int{12, 2, 2}) || !slices.Equal(got[:8], data[28:36]) {
		t.Fatalf("%v, %v, %v", shape, got, err)
	}
	if slices.Equal(got[8:], data) {
		t.Error("the seed does not change the order")
	}
	if sorted := slices.Sorted(slices.Values(got[8:])); !slices.Equal(sorted, data) {
		t.Errorf("not each row once: %v", got[8:])
	}
	for _, bad := range []string{in, in + ":3:3", in + ":0:11", in + ":a:2", in + ":0:2:-1", in + ":0:1:2:3"} {
		if err := run([]string{"rows", out, bad}); err == nil {
			t.Errorf("%s: no error", bad)
		}
	}
}

func TestTable(t *testing.T) {
	dir := t.TempDir()
	if err := run([]string{"table", dir}); err == nil {
		t.Error("an empty folder: no error")
	}
	r := memorisation.Result{Metric: "correlation", TrainRows: 20000, Generated: 1500, Null: memorisation.Null{Rows: 2000}}
	for i := range 16 {
		r.Flagged = append(r.Flagged, memorisation.Flag{Pair: memorisation.Pair{Image: i}})
	}
	for _, name := range []string{"copies", "honest"} {
		if err := jsonfile.Write(filepath.Join(dir, name+".json"), r); err != nil {
			t.Fatal(err)
		}
	}
	var b bytes.Buffer
	if err := table(&b, dir); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"| 15 exact copies among 1500, null 2000, 20000 training images | all found, at most 3 others | 15 found, 1 others | yes |",
		"| no copies among 1500 held-out images, 20000 training images | 0 found | 16 found | **no** |",
	} {
		if !strings.Contains(b.String(), line) {
			t.Errorf("the table lacks %q:\n%s", line, b.String())
		}
	}
}
