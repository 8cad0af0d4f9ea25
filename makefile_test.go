package repbench

import (
	"os/exec"
	"strings"
	"testing"
)

// What "make eval-cifar10" does without an encoder: it says how long the training
// takes, trains, and evaluates the untrained network beside the trained one. With an
// encoder it does that one alone.
func TestEvalCIFAR10Recipe(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("no make")
	}
	tests := []struct {
		name      string
		args      []string
		want      []string // in this order
		wantNever []string
	}{
		{"default", nil, []string{"about ten minutes", "train --arch svhn32", "--steps 4000",
			`--encoder "random:svhn32"`, `--encoder "dcgan:runs/eval-cifar10/gan"`, "report runs/eval-cifar10/gan"}, nil},
		{"other steps", []string{"STEPS=600"}, []string{"for 600 updates", "--steps 600", `"random:svhn32"`}, nil},
		{"an encoder", []string{"ENCODER=theano:w"}, []string{`--encoder "theano:w"`}, []string{" train ", "random:svhn32", "minutes"}},
		{"a run", []string{"RUN=runs/mine"}, []string{`--encoder "dcgan:runs/mine"`, "report runs/mine"}, []string{" train ", "random:svhn32"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			out, err := exec.Command("make", append([]string{"-n", "--no-print-directory", "eval-cifar10"}, tt.args...)...).CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, out)
			}
			rest := string(out)
			for _, w := range tt.want {
				_, after, found := strings.Cut(rest, w)
				if !found {
					t.Fatalf("no %q where it belongs in:\n%s", w, out)
				}
				rest = after
			}
			for _, n := range tt.wantNever {
				if strings.Contains(string(out), n) {
					t.Errorf("%q in:\n%s", n, out)
				}
			}
		})
	}
}
