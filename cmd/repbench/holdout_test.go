package main

import (
	"slices"
	"strings"
	"testing"
)

// TestHoldOut: one check of --hold-out for all commands that choose on images held
// out, before any file is read; 0 is accepted where nothing is chosen.
func TestHoldOut(t *testing.T) {
	train, labels := arrays(t, t.TempDir())
	files := strings.Join(sources(train, labels), " ")
	const noShare, nothing = "is no share of a class: give a number between 0 and 1", "leaves no images to choose among "
	for _, c := range []struct{ args, says string }{
		{"fewshot --labels 3 --hold-out 1", "--hold-out 1 " + noShare},
		{"fewshot --labels 3 --hold-out nan", "--hold-out NaN " + noShare},
		{"fewshot --labels 3 --hold-out inf", "--hold-out +Inf " + noShare},
		{"fewshot --labels 3 --hold-out -1", "--hold-out -1 " + noShare},
		{"fewshot --labels 3 --hold-out 0", "--hold-out 0 " + nothing + "7 C on: leave --hold-out out, or give one C"},
		{"fewshot --labels 3 --draws 2 --C 1 --hold-out 0", ""},
		{"linear --C 1,2 --hold-out 5", "--hold-out 5 " + noShare},
		{"linear --C 1 --hold-out nan", "--hold-out NaN " + noShare},
		{"linear --C 1,2 --hold-out 0", "--hold-out 0 " + nothing + "2 C on: leave --hold-out out, or give one C"},
		{"linear --C 1 --select-layer --hold-out 0", nothing + "layers on: leave --hold-out out, or leave --select-layer out"},
		{"linear --C 1 --hold-out 0", ""},
		{"linear --C 1,2 --select-on cv --hold-out 0", ""},
		{"knn --k 1,5 --hold-out 1", "--hold-out 1 " + noShare},
		{"knn --k 1,5 --hold-out 0", "--hold-out 0 " + nothing + "2 k on: leave --hold-out out, or give one k"},
		{"knn --k 5 --hold-out 0", ""},
		{"supervised --arch svhn32 --data shapes --hold-out 0", nothing + "trials"},
	} {
		t.Run(c.args, func(t *testing.T) {
			args := append([]string{"eval"}, strings.Fields(c.args)...)
			if args[1] != "supervised" {
				args = slices.Concat(args, strings.Fields(files))
			}
			status, out, stderr := cli(t, args...)
			switch {
			case c.says == "" && (status != 0 || out == ""):
				t.Errorf("status %d, standard error %q", status, stderr)
			case c.says != "" && (status != 2 || !strings.HasPrefix(stderr, "repbench: --hold-out") || !strings.Contains(stderr, c.says)):
				t.Errorf("status %d, want 2; standard error %q should say %q", status, stderr, c.says)
			}
		})
	}
	// A folder may have a validation split, so that 0 is refused when it is open.
	dir := t.TempDir()
	must(t, "extract", "--encoder", "pixels", "--data", tinyShapes, "--out", dir)
	status, _, stderr := cli(t, "eval", "fewshot", "--features", dir, "--labels", "3", "--hold-out", "0")
	if status != 2 || !strings.Contains(stderr, "leaves no rows to choose among 7 C") || strings.Contains(stderr, "HoldOut =") {
		t.Errorf("status %d, standard error %q", status, stderr)
	}
}
