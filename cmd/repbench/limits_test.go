package main

import (
	"path/filepath"
	"strings"
	"testing"
)

// Numbers that no memory holds, and flags that would be ignored, are refused before any work.
func TestLimits(t *testing.T) {
	const m = "random:svhn32,width=1"
	t.Chdir(t.TempDir())
	for args, want := range map[string]string{
		"vis invert " + m + " --images x.npy --n 99999999 --out v.png":                               "--n 99999999: give 2 to 100000",
		"vis invert " + m + " --data shapes --n 9000000000000000000 --out v.png":                     "give 2 to 100000",
		"vis invert " + m + " --images x.npy --steps 0 --out v.png":                                  "--steps 0: give 1 to",
		"vis invert " + m + " --images x.npy --restarts 99999999 --out v.png":                        "--restarts 99999999: give 1 to",
		"vis filters " + m + " --images shapes --n 99999999 --out v.png":                             "give 1 to 100000",
		"vis arithmetic " + m + " --a 1 --b 2 --c 3 --exemplars 99999999999 --out v.png":             "--exemplars 99999999999: give 1 to 10000",
		"vis turn " + m + " --left 1 --right 2 --base 3 --bases 5 --out v.png":                       "--base names them",
		"vis walk " + m + " --points 3 --through 0,1 --out v.png":                                    "--through names them",
		"explore " + m + " --samples 0":                                                              "--samples 0: give 1 to 128",
		"eval nnc --run r --data mnist=m --n 100,100":                                                "100 is named twice",
		"train --arch svhn32 --data shapes --out r --steps 0":                                        "--steps must be positive",
		"train --arch svhn32 --data shapes --out r --steps -1":                                       "--steps must be positive",
		"train --arch svhn32 --data shapes --out r --steps 2 --samples 2000000":                      "--samples 2000000: give 1 to 100000",
		"train --arch svhn32 --data shapes --out r --steps 2 --measure nnd --measure-images 2000000": "--measure-images 2000000: give 1 to 100000",
	} {
		if status, _, stderr := cli(t, strings.Fields(args)...); status != 2 || !strings.Contains(stderr, want) {
			t.Errorf("%s: status %d, %s; want %q", args, status, stderr, want)
		}
	}
}

// Labels that are neither classes nor a file are named so.
func TestLabelsOfNothing(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, text := range []string{"1.5", "foo", ",", "0-9", "99999999999999999999"} {
		if _, err := labelsOf(text, 0); err == nil || !isUsage(err) || !strings.Contains(err.Error(), "--labels "+text+": neither classes") {
			t.Errorf("%s: error %v", text, err)
		}
	}
	labels := writeNPY(t, ".", "labels.npy", []int{2}, []int32{1, 2})
	if w, err := labelsOf(filepath.Clean(labels), 0); err != nil || len(w.labels) != 2 {
		t.Errorf("a file: %v, %v", w, err)
	}
}
