package main

import (
	"path/filepath"
	"strings"
	"testing"
)

func TestSupervised(t *testing.T) {
	out := filepath.Join(t.TempDir(), "search")
	args := []string{"eval", "supervised", "--arch", "svhn32", "--width", "2", "--data", "shapes:train=60,test=20",
		"--out", out, "--trials", "2", "--steps", "3", "--batch", "16"}
	r := document(t, args...)
	if r["n_fit"] != 50.0 || r["n_valid"] != 10.0 || r["n_final"] != 60.0 || r["n_test"] != 20.0 {
		t.Errorf("60 and 20 images, one of six of each class held out, are reported as %v", r)
	}
	if r["reported_on"] != "test" || !strings.Contains(r["selected_on"].(string), "held out of train") {
		t.Errorf("selected on %v, reported on %v", r["selected_on"], r["reported_on"])
	}
	if text := must(t, args...); !strings.Contains(text, "svhn32 with labels on shapes: test") {
		t.Errorf("the text is\n%s", text)
	}
}

func TestSupervisedUsage(t *testing.T) {
	for _, tt := range []struct{ name, args, want string }{
		{"no data", "eval supervised --arch svhn32", "--data is required"},
		{"unknown architecture", "eval supervised --arch vgg --data shapes", "unknown architecture"},
		{"no trials", "eval supervised --arch svhn32 --data shapes --trials 0", "--trials must be positive"},
		{"all held out", "eval supervised --arch svhn32 --data shapes:train=60,test=10 --hold-out 1", "hold-out share 1"},
		{"batch above the set", "eval supervised --arch svhn32 --data shapes:train=60,test=10", "fewer than one batch"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, _, stderr := cli(t, strings.Fields(tt.args)...)
			if status != 2 || !strings.Contains(stderr, tt.want) {
				t.Errorf("status %d, standard error %q; want status 2 and %q", status, stderr, tt.want)
			}
		})
	}
}
