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
		t.Run(tt.name, func(t *testing.T) { recipe(t, "eval-cifar10", tt.args, tt.want, tt.wantNever) })
	}
}

// recipe checks the commands of a target, which are not run: want in this order, wantNever nowhere.
func recipe(t *testing.T, target string, args, want, wantNever []string) {
	t.Helper()
	out, err := exec.Command("make", append([]string{"-n", "--no-print-directory", target}, args...)...).CombinedOutput()
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	rest := string(out)
	for _, w := range want {
		_, after, found := strings.Cut(rest, w)
		if !found {
			t.Fatalf("no %q where it belongs in:\n%s", w, out)
		}
		rest = after
	}
	for _, n := range wantNever {
		if strings.Contains(string(out), n) {
			t.Errorf("%q in:\n%s", n, out)
		}
	}
}

// What "make eval-svhn" and its supervised companion do: one command from the data to the report.
func TestEvalSVHNRecipe(t *testing.T) {
	if _, err := exec.LookPath("make"); err != nil {
		t.Skip("no make")
	}
	const protocol = "eval fewshot --protocol svhn-1000 --draws released"
	for _, tt := range []struct {
		name, target    string
		args            []string
		want, wantNever []string
	}{
		{"default", "eval-svhn", nil, []string{"about ten minutes", `train --arch svhn32 --data "svhn"`, "--steps 4000",
			protocol, `--encoder "random:svhn32" --data "svhn"`, protocol, `--encoder "dcgan:runs/eval-svhn/gan" --data "svhn"`, "report runs/eval-svhn/gan"}, nil},
		{"an encoder", "eval-svhn", []string{"ENCODER=theano:w", "DATA=/data/svhn"}, []string{protocol, `--encoder "theano:w" --data "svhn=/data/svhn"`,
			"report  runs/eval-svhn/theano-w/records.jsonl"}, []string{" train ", "random:svhn32"}},
		{"a run", "eval-svhn", []string{"RUN=runs/mine"}, []string{`--encoder "dcgan:runs/mine"`, "report runs/mine"}, []string{" train ", "random:svhn32"}},
		{"supervised", "eval-svhn-supervised", []string{"DATA=d"}, []string{`eval supervised --arch svhn32 --protocol svhn-1000 --data "svhn=d" --trials 64`,
			"--out runs/eval-svhn/supervised", "report runs/eval-svhn/supervised/records.jsonl"}, nil},
	} {
		t.Run(tt.name, func(t *testing.T) { recipe(t, tt.target, tt.args, tt.want, tt.wantNever) })
	}
}
