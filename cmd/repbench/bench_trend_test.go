package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"repbench/benchmarks/ledger"
)

// someRepository has n commits; it returns its folder and their names, the oldest first.
func someRepository(t *testing.T, n int) (dir string, commits []string) {
	t.Helper()
	if _, err := exec.LookPath("git"); err != nil {
		t.Skip("git is not installed")
	}
	dir = t.TempDir()
	git := func(args ...string) string {
		c := exec.Command("git", append([]string{"-C", dir, "-c", "user.name=x", "-c", "user.email=x@x"}, args...)...)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("git %v: %v\n%s", args, err, out)
		}
		return strings.TrimSpace(string(out))
	}
	git("init", "-q")
	for i := range n {
		git("commit", "-q", "--allow-empty", "-m", fmt.Sprint(i))
		commits = append(commits, git("rev-parse", "HEAD"))
	}
	return dir, commits
}

// A ledger in which one encoder loses two points at the fifth of eight commits, measured in the opposite
// order.
func someLedger(t *testing.T, commits []string) string {
	t.Helper()
	dir := t.TempDir()
	for i, c := range commits {
		less := 0.0
		if i >= 4 {
			less = 2
		}
		lines := append(seedLines(c, "bad", 5, less), seedLines(c, "good", 5, 0)...)
		for j := range lines {
			lines[j].Finished = time.Unix(int64(1000-i), 0)
			lines[j].Measurements[0].Value += 1e-4 * float64(i%3)
		}
		if _, err := ledger.Append(dir, lines); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// Commits are in the order of git's history where git knows them, else in the order of time; the page shows steps and
// the pinned release.
func TestBenchTrend(t *testing.T) {
	repo, commits := someRepository(t, 8)
	dir := someLedger(t, commits)
	page := filepath.Join(t.TempDir(), "trend.html")
	if got := must(t, "bench", "trend", dir, "--git", repo, "--pin", commits[1], "--out", page); got != page+": 8 commits in the order of git, 2 cells, 1 steps\n" {
		t.Error(got)
	}
	text, err := os.ReadFile(page)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"in the order of git&#39;s history", commits[4][:12], "pinned " + commits[1][:12], "regressed: 2 cells: 1 regressed, 1 pass", "bad / shapes / linear", `<tr class="strong"><td><a href="#series-`} {
		if !strings.Contains(string(text), want) {
			t.Errorf("the page lacks %q", want)
		}
	}
	v := document(t, "bench", "trend", dir, "--git", repo, "--out", page)
	if got := v["commits"].([]any); fmt.Sprint(got...) != strings.Join(commits, " ") && got[0] != commits[0] {
		t.Errorf("%v", got)
	}
	for _, args := range [][]string{{"--git", t.TempDir()}, {"--git", repo, "--order", "time"}} {
		v := document(t, append([]string{"bench", "trend", dir, "--out", page}, args...)...)
		if got := v["commits"].([]any); v["order"] != "time" || got[0] != commits[7] || got[7] != commits[0] {
			t.Errorf("%v: %v %v", args, v["order"], got)
		}
	}
	for says, args := range map[string][]string{
		"--out is required":                {},
		"give git or time":                 {"--out", page, "--order", "name"},
		"name the repository with --git":   {"--out", page, "--order", "git", "--git", t.TempDir()},
		"has no results of the suite":      {"--out", page, "--suite", "nothing"},
		`machines of the class "gpu"`:      {"--out", page, "--machine", "gpu"},
		"has no results of the commit 123": {"--out", page, "--pin", "12345"},
	} {
		if status, _, stderr := cli(t, append([]string{"bench", "trend", dir}, args...)...); status == 0 || !strings.Contains(stderr, says) {
			t.Errorf("%v: status %d, %s", args, status, stderr)
		}
	}
	if status, _, stderr := cli(t, "bench", "trend", t.TempDir(), "--out", page); status != 1 || !strings.Contains(stderr, "bench record adds") {
		t.Errorf("an empty ledger: %d %s", status, stderr)
	}
}
