package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/internal/npy"
)

// written writes predictions of n rows of class 0, of which the first wrong ones
// are wrong, and returns the path.
func written(t *testing.T, dir, name string, n, wrong int) string {
	t.Helper()
	p := make([]int32, n)
	for i := range wrong {
		p[i] = 1
	}
	path := filepath.Join(dir, name)
	if err := npy.Write(path, []int{n}, p); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestCompare(t *testing.T) {
	dir := t.TempDir()
	y := written(t, dir, "y.npy", 200, 0)
	a, b := written(t, dir, "a.npy", 200, 20), written(t, dir, "b.npy", 200, 50)

	pair := document(t, "eval", "compare", "--truth", y, a, b)["pair"].(map[string]any)
	m := pair["mcnemar"].(map[string]any)
	// A is right on all rows that B is, and on 30 more.
	if pair["difference"] != 0.15 || m["only_a"] != 30.0 || m["only_b"] != 0.0 || m["method"] != "exact" {
		t.Errorf("%v", pair)
	}
	if p := m["p_exact"].(float64); p > 2e-9 || p < 1.8e-9 { // 2^-29
		t.Errorf("p = %g, want 2^-29", p)
	}
	seeds := document(t, "eval", "compare", "--truth", y, "--seeds", "--valid", "0.8,0.7", a, b)
	if s := seeds["seeds"].(map[string]any); s["mean"] != 0.825 {
		t.Errorf("%v", s)
	}
	if c := seeds["choice"].(map[string]any); c["chosen"] != 0.0 || c["test_rank"] != 1.0 {
		t.Errorf("%v", c)
	}
	a2, b2 := written(t, dir, "a2.npy", 200, 20), written(t, dir, "b2.npy", 200, 50)
	both := document(t, "eval", "compare", "--truth", y, a+","+b, b2+","+a2)["seed_pair"].(map[string]any)
	if both["difference"] != 0.0 || both["p"] != 1.0 {
		t.Errorf("%v", both)
	}
	single := document(t, "eval", "compare", "--truth", y, a)["single"].(map[string]any)
	if single["accuracy"] != 0.9 {
		t.Errorf("%v", single)
	}
}

func TestCompareText(t *testing.T) {
	dir := t.TempDir()
	y := written(t, dir, "y.npy", 200, 0)
	a, b := written(t, dir, "a.npy", 200, 20), written(t, dir, "b.npy", 200, 30)
	right, wrong := written(t, dir, "right.npy", 200, 0), written(t, dir, "wrong.npy", 200, 200)
	b2, b3 := written(t, dir, "b2.npy", 200, 30), written(t, dir, "b3.npy", 200, 30)
	right2, wrong2 := written(t, dir, "right2.npy", 200, 0), written(t, dir, "wrong2.npy", 200, 200)
	for _, tt := range []struct {
		name string
		args []string
		want []string
	}{
		{"one", []string{a}, []string{"90.00 %", "Wilson [85.06", "one seed"}},
		{"pair", []string{a, b}, []string{"+5.00 points", "A alone 10, B alone 0", "p = 0.00195 (exact)", "only 10 images"}},
		{"seeds", []string{"--seeds", "--valid", "0.6,0.8", a, b}, []string{"2 seeds, mean accuracy 87.50 %", "of the test sample", "number 2 of 2", "optimism"}},
		{"both", []string{a + "," + b, b2 + "," + b3}, []string{"A - B +2.50 points", "from seeds"}},
		{"no seed varies", []string{right + "," + right2, wrong + "," + wrong2}, []string{"A - B +100.00 points", "p < 1e-12;"}},
		{"far apart", []string{right, wrong}, []string{"p < 1e-12 (exact); mid-p < 1e-12", "p < 1e-12\n"}},
		{"far apart, for machines", []string{"--json", right, wrong}, []string{`"p_text": "\u003c 1e-12"`}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			out := must(t, append([]string{"eval", "compare", "--truth", y}, tt.args...)...)
			for _, want := range tt.want {
				if !strings.Contains(out, want) {
					t.Errorf("no %q in\n%s", want, out)
				}
			}
		})
	}
}

func TestCompareErrors(t *testing.T) {
	dir := t.TempDir()
	y := written(t, dir, "y.npy", 20, 0)
	a, short := written(t, dir, "a.npy", 20, 3), written(t, dir, "short.npy", 19, 3)
	b, link := written(t, dir, "b.npy", 20, 3), filepath.Join(dir, "link.npy")
	if err := os.Link(a, link); err != nil {
		t.Fatal(err)
	}
	run := filepath.Join(dir, "run")
	if err := os.Mkdir(run, 0o755); err != nil {
		t.Fatal(err)
	}
	inside := written(t, run, "test_predictions.npy", 20, 3)
	for _, tt := range []struct {
		name   string
		args   []string
		want   string
		status int
	}{
		{"no truth", []string{a}, "--truth is required", 2},
		{"nothing", []string{"--truth", y}, "got 0 arguments", 2},
		{"three encoders", []string{"--truth", y, a, a, a}, "got 3 arguments", 2},
		{"valid alone", []string{"--truth", y, "--valid", "0.5", a}, "--seeds", 2},
		{"per cent", []string{"--truth", y, "--seeds", "--valid", "50,60", a, b}, "50", 2},
		{"few resamples", []string{"--truth", y, "--resamples", "9", a}, "--resamples 9", 2},
		{"another test split", []string{"--truth", y, a, short}, "19 predictions for 20 labels", 1},
		{"no folder of results", []string{"--truth", y, dir}, "test_predictions.npy", 1},
		{"one seed against two", []string{"--truth", y, a + "," + b, inside}, "at least two seeds", 1},
		{"truth as predictions", []string{"--truth", y, y}, y + " (predictions) are the same file", 1},
		{"truth as the second encoder", []string{"--truth", y, a, y}, "the true classes would be compared with themselves", 1},
		{"truth as a seed", []string{"--truth", y, "--seeds", a, y}, "the same file", 1},
		{"seed twice", []string{"--truth", y, "--seeds", a, b, a}, a + " (number 1) and " + a + " (number 3) are the same file", 1},
		{"seed and a link to it", []string{"--truth", y, a + "," + link, b}, link + " (number 2) are the same file", 1},
		{"encoder with itself", []string{"--truth", y, a, a}, "give each seed of each encoder once", 1},
		{"folder and the file in it", []string{"--truth", y, run, inside}, "the same file", 1},
	} {
		t.Run(tt.name, func(t *testing.T) {
			status, _, stderr := cli(t, append([]string{"eval", "compare"}, tt.args...)...)
			if status != tt.status || !strings.Contains(stderr, tt.want) {
				t.Errorf("status %d, want %d and %q in\n%s", status, tt.status, tt.want, stderr)
			}
		})
	}
}
