package main

import (
	"bytes"
	"cmp"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"time"

	"repbench/benchmarks/ledger"
	"repbench/internal/version"
)

// sort puts commits into the order that is asked for, and says which it is.
func (f trendFlags) sort(commits []string, all map[string][]ledger.Line) (sorted []string, order string, err error) {
	switch f.order {
	case "", "git", "time":
	default:
		return nil, "", usageError{fmt.Errorf("--order %q: give git or time", f.order)}
	}
	if f.order != "time" {
		place, err := history(f.git, commits)
		if err == nil {
			slices.SortStableFunc(commits, func(a, b string) int { return cmp.Or(cmp.Compare(place[plain(a)], place[plain(b)]), cmp.Compare(a, b)) })
			return commits, "git", nil
		}
		if f.order == "git" {
			return nil, "", err
		}
	}
	slices.SortStableFunc(commits, func(a, b string) int { return measured(all[a]).Compare(measured(all[b])) })
	return commits, "time", nil
}

// plain is a commit without its mark of changed sources; a changed tree stands behind its commit.
func plain(commit string) string { return strings.TrimSuffix(commit, version.Modified) }

// history is the place of each commit in git's history, ancestors first.
func history(dir string, commits []string) (map[string]int, error) {
	var in bytes.Buffer
	for _, c := range commits {
		fmt.Fprintln(&in, plain(c))
	}
	c := exec.Command("git", "-C", dir, "rev-list", "--topo-order", "--reverse", "--stdin")
	c.Stdin = &in
	out, err := c.Output()
	if err != nil {
		return nil, fmt.Errorf("git in %s does not know all commits of the ledger; name the repository with --git, or give --order time: %w", dir, err)
	}
	place := map[string]int{}
	for i, line := range strings.Fields(string(out)) {
		place[line] = i + 1
	}
	for _, c := range commits {
		if place[plain(c)] == 0 {
			return nil, fmt.Errorf("git in %s does not know the commit %s by this name", dir, c)
		}
	}
	return place, nil
}

// measured is when the first line of a commit was finished.
func measured(lines []ledger.Line) time.Time {
	var first time.Time
	for _, l := range lines {
		if first.IsZero() || !l.Finished.IsZero() && l.Finished.Before(first) {
			first = l.Finished
		}
	}
	return first
}
