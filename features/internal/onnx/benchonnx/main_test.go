package main

import (
	"errors"
	"math"
	"strings"
	"testing"
)

// A small network is measured in this process and beside nothing.
func TestMeasure(t *testing.T) {
	o, err := parse([]string{"-file", "../testdata/convnet.onnx", "-batch", "2", "-runs", "3", "-cpuprofile", t.TempDir() + "/cpu"})
	if err != nil {
		t.Fatal(err)
	}
	r, err := measure(o, 2)
	if err != nil {
		t.Fatal(err)
	}
	if r.MedianSeconds <= 0 || math.Abs(r.ImagesPerSecond*r.MedianSeconds-2) > 1e-9 || r.CompileSeconds <= 0 {
		t.Errorf("measured %+v", r)
	}
}

// The means leave out what failed or had no peer, and a failure is an error in the end.
func TestSummary(t *testing.T) {
	o := options{batches: []int{16}}
	var b strings.Builder
	err := summary(o, []row{{name: "a", batch: 16, ours: 2, peer: 1}, {name: "b", batch: 16, ours: 1, peer: 2},
		{name: "c", batch: 16, ours: 3}, {name: "d", batch: 16, err: errors.New("refused")}}, &b)
	if err == nil || !strings.Contains(err.Error(), "d, batch 16: refused") {
		t.Errorf("error %v", err)
	}
	for _, want := range []string{"mean of 2, batch 16 | | | | 1.00", "| 1, 1 |"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("no %q in\n%s", want, b.String())
		}
	}
}

func TestParse(t *testing.T) {
	for _, args := range [][]string{{}, {"-file", "a", "-batch", "0"}, {"-nets", "a", "b"}, {"-nets", "a", "-rounds", "0"}} {
		if _, err := parse(args); err == nil {
			t.Errorf("%q: no error", args)
		}
	}
}
