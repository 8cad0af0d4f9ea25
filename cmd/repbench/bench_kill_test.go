//go:build unix

package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"repbench/benchmarks/ledger"
	"repbench/benchmarks/suite"
	"repbench/reports/record"
)

// twelveCells are twelve cells, of which eight share four trainings.
const twelveCells = `
suite = "twelve"
seeds = "1..4"
[[encoder]]
name = "dcgan"
train = { arch = "svhn32", width = 2, data = "shapes", steps = 30, batch = 8, samples = 4, log-every = 5, checkpoint-every = 5, sample-every = 30 }
[[encoder]]
name = "random"
spec = "random:svhn32,width=2"
[[data]]
name = "shapes"
spec = "shapes:train=100,test=40"
[[protocol]]
name = "linear"
C = [1e-4, 1e-3]
select-on = "cv"
[[protocol]]
name = "knn"
[[skip]]
encoder = "random"
protocol = "knn"
`

// runner is a process of bench run in a process group of its own.
func runner(t *testing.T, cache string, args ...string) *exec.Cmd {
	t.Helper()
	c := process(append([]string{"bench"}, append(args, "--cache", cache, "--offline")...)...)
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	c.Stderr = &bytes.Buffer{}
	return c
}

// TestBenchKilled: twenty times SIGKILL for the process that runs a suite, or for a cell, at random
// moments. The same command then gives the records of a run that was left alone, but for times, and no
// cell ran again after it was done.
func TestBenchKilled(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a suite twice")
	}
	path, out := suiteAt(t, twelveCells)
	whole := filepath.Join(t.TempDir(), "whole")
	c := runner(t, t.TempDir(), "run", path, "--out", whole, "--jobs", "2")
	start := time.Now()
	if err := c.Run(); err != nil {
		t.Fatalf("%v\n%s", err, c.Stderr)
	}
	runs, cells := killAtRandom(t, path, out, time.Since(start)/20)
	if t.Logf("killed the run %d times, cells %d times", runs, cells); runs+cells < 10 || cells < 3 {
		t.Errorf("too few kills; the suite is too small for this machine")
	}
	compareCells(t, whole, out)
}

// killAtRandom runs a suite and kills its processes at random moments, at most a time after cells run. It
// returns how often it killed the run and how often a cell.
func killAtRandom(t *testing.T, path, out string, after time.Duration) (runs, cells int) {
	rng := rand.New(rand.NewPCG(18, 12))
	cache := t.TempDir()
	start := func() (*exec.Cmd, chan error) {
		c := runner(t, cache, "run", path, "--out", out, "--jobs", "2", "--retry", "failed")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		ended := make(chan error, 1)
		go func() { ended <- c.Wait() }()
		return c, ended
	}
	c, ended := start()
	for runs+cells < 20 {
		w, err := aWorker(out, ended)
		switch {
		case err == nil && w == nil: // all is done before the twentieth kill
			return runs, cells
		case err != nil:
			c, ended = start()
			continue
		}
		time.Sleep(time.Duration(rng.Float64() * float64(after)))
		if rng.IntN(2) == 0 {
			_ = c.Process.Kill()
			runs++
		} else if w = stillWorks(out, w); w != nil {
			_ = syscall.Kill(w.PID, syscall.SIGKILL)
			cells++
		}
	}
	_ = c.Process.Kill()
	c, ended = start()
	if err := <-ended; err != nil {
		t.Fatalf("%v\n%s", err, c.Stderr)
	}
	return runs, cells
}

// aWorker waits until a process works on a cell. It is nil once the run has ended without an error, which
// stands for err otherwise.
func aWorker(out string, ended chan error) (*suite.Worker, error) {
	for {
		select {
		case err := <-ended:
			return nil, err
		case <-time.After(5 * time.Millisecond):
		}
		if w := stillWorks(out, nil); w != nil {
			return w, nil
		}
	}
}

// stillWorks is a process that works on the cell of another one, on any cell of nil; nil: there is none.
func stillWorks(out string, same *suite.Worker) *suite.Worker {
	f, err := suite.Open(out)
	if err != nil {
		return nil
	}
	for _, w := range f.Workers() {
		if w.Cell != nil && w.PID > 1 && w.PID != os.Getpid() && (same == nil || same.PID == w.PID) {
			return &w
		}
	}
	return nil
}

// compareCells compares two folders of one suite.
func compareCells(t *testing.T, whole, out string) {
	t.Helper()
	a, err := suite.Open(whole)
	if err != nil {
		t.Fatal(err)
	}
	b, err := suite.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	if len(a.Cells()) != len(b.Cells()) {
		t.Fatalf("%d and %d cells", len(a.Cells()), len(b.Cells()))
	}
	for _, c := range a.Cells() {
		if got, want := lineText(t, lineOf(t, b, c)), lineText(t, lineOf(t, a, c)); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c, got, want)
		}
		if got, want := recordsOf(t, b, c), recordsOf(t, a, c); got != want {
			t.Errorf("%s:\n%s\nwant\n%s", c, got, want)
		}
		once(t, b, c)
	}
}

// once checks that a cell was done once, and that nothing ran after that.
func once(t *testing.T, f *suite.Folder, c suite.Cell) {
	t.Helper()
	var done time.Time
	for _, a := range f.Attempts(c) {
		if !done.IsZero() {
			t.Errorf("%s was done at %s and ran again at %s", c, done, a.Start)
		}
		if a.Exit == 0 && !a.End.IsZero() {
			done = a.End
		}
	}
	if f.State(c) != suite.Done {
		t.Errorf("%s is %s", c, f.State(c))
	}
}

// lineText is a line without its times.
func lineText(t *testing.T, l ledger.Line) string {
	t.Helper()
	l.Seconds, l.Finished, l.Machine.Threads = 0, time.Time{}, 0
	b, err := json.Marshal(l)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// recordsOf is the records.jsonl of a cell without its times and memory.
func recordsOf(t *testing.T, f *suite.Folder, c suite.Cell) string {
	t.Helper()
	all, err := record.Read(filepath.Join(f.Path(c), "records.jsonl"))
	if err != nil {
		t.Fatal(err)
	}
	b, err := json.Marshal(all)
	if err != nil {
		t.Fatal(err)
	}
	var v any
	if err := json.Unmarshal(b, &v); err != nil {
		t.Fatal(err)
	}
	drop(v)
	if b, err = json.Marshal(v); err != nil {
		t.Fatal(err)
	}
	return strings.ReplaceAll(strings.ReplaceAll(string(b), f.Dir, "OUT"), filepath.Dir(f.Dir), "DIR")
}

// drop removes the fields of times and memory.
func drop(v any) {
	switch v := v.(type) {
	case map[string]any:
		for key, inner := range v {
			if strings.HasSuffix(key, "seconds") || key == "peak_rss_bytes" || key == "costs" || key == "stages" {
				delete(v, key)
				continue
			}
			drop(inner)
		}
	case []any:
		for _, inner := range v {
			drop(inner)
		}
	}
}

// TestBenchTogether: several processes on one folder, and on one cell, compute each cell once.
func TestBenchTogether(t *testing.T) {
	if testing.Short() {
		t.Skip("runs a suite by many processes")
	}
	path, out := suiteAt(t, strings.Replace(strings.Replace(twelveCells, "steps = 30", "steps = 6", 1), "1..4", "1..2", 1))
	cache := t.TempDir()
	for _, runs := range [][][]string{
		{{"run", path, "--out", out, "--shard", "1/2"}, {"run", path, "--out", out, "--shard", "2/2"}},
		{{"run", path, "--out", out + "2"}, {"run", path, "--out", out + "2"}},
	} {
		if failed := together(t, cache, runs); len(failed) > 0 {
			t.Errorf("%v", failed)
		}
	}
	for _, dir := range []string{out, out + "2"} {
		f, err := suite.Open(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range f.Cells() {
			once(t, f, c)
		}
	}
	f, err := suite.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	last := f.Cells()[len(f.Cells())-1]
	if err := os.RemoveAll(f.Path(last)); err != nil {
		t.Fatal(err)
	}
	index := []string{"cell", out, "5"}
	for _, err := range together(t, cache, [][]string{index, index, index}) {
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != 75 {
			t.Errorf("one of three processes on a cell ends with %v, want 75 or nothing", err)
		}
	}
	once(t, f, last)
}

// together starts processes at the same time and returns how those ended that failed.
func together(t *testing.T, cache string, runs [][]string) (failed []error) {
	t.Helper()
	var all []*exec.Cmd
	for _, args := range runs {
		c := runner(t, cache, args...)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		all = append(all, c)
	}
	for _, c := range all {
		if err := c.Wait(); err != nil {
			t.Logf("%s", c.Stderr)
			failed = append(failed, err)
		}
	}
	return failed
}

// TestBenchInterrupted: SIGTERM, or bench cancel, ends a run with the status 75; the cell saved its state
// and goes on.
func TestBenchInterrupted(t *testing.T) {
	text := strings.Replace(twelveCells, "steps = 30", "steps = 20000", 1)
	path, out := suiteAt(t, text)
	cache := t.TempDir()
	for _, how := range []string{"signal", "cancel"} {
		c := runner(t, cache, "run", path, "--out", out, "--seeds", "1")
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		waitForCell(t, out)
		waitForCheckpoint(t, trainingOf(t, out), 5)
		if how == "signal" {
			if err := c.Process.Signal(syscall.SIGTERM); err != nil {
				t.Fatal(err)
			}
		} else if said := must(t, "bench", "cancel", out); !strings.Contains(said, "told to stop: process") {
			t.Errorf("bench cancel says %q", said)
		}
		var exit *exec.ExitError
		if err := c.Wait(); !errors.As(err, &exit) || exit.ExitCode() != 75 {
			t.Errorf("%s: it ends with %v\n%s", how, err, c.Stderr)
		}
		f, err := suite.Open(out)
		if err != nil {
			t.Fatal(err)
		}
		all := f.Attempts(f.Cells()[0])
		if last := all[len(all)-1]; last.Exit != 75 || last.End.IsZero() || f.State(f.Cells()[0]) != suite.Interrupted {
			t.Errorf("%s: the attempt is %+v, the cell %s", how, last, f.State(f.Cells()[0]))
		}
		if tail := f.LogTail(f.Cells()[0], 5); !slices.ContainsFunc(tail, func(l string) bool { return strings.Contains(l, "the same command") }) {
			t.Errorf("%s: the log ends with %q", how, tail)
		}
	}
}

// waitForCell waits until a process works on a cell.
func waitForCell(t *testing.T, out string) {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		f, err := suite.Open(out)
		if err == nil && slices.ContainsFunc(f.Workers(), func(w suite.Worker) bool { return w.Cell != nil && w.PID > 1 }) {
			return
		}
	}
	t.Fatal("no cell was begun within a minute")
}

// trainingOf waits for the first run folder of a suite.
func trainingOf(t *testing.T, out string) string {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(10 * time.Millisecond) {
		if dirs, _ := filepath.Glob(filepath.Join(out, "trainings", "????????????????")); len(dirs) > 0 {
			return dirs[0]
		}
	}
	t.Fatal("no training was begun within a minute")
	return ""
}

// diskFullLine reports whether the last line of a run says in a few words that the disk of OUT is full.
func diskFullLine(said, out string) bool {
	lines := strings.Split(strings.TrimSpace(said), "\n")
	last := lines[len(lines)-1]
	return strings.Contains(last, "the disk of "+out+" is full") && strings.Contains(last, "make room, and the same command goes on") && strings.Count(last, out) == 1
}

// TestBenchFullDisk: a cell that finds no room on the disk is not given up; the run says so and stops,
// and goes on when there is room.
func TestBenchFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=256k"); err != nil {
		t.Skipf("a small file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, 0) })
	path, _ := suiteAt(t, fixedSuite)
	out := filepath.Join(dir, "out")
	cache := t.TempDir()
	if c := runner(t, cache, "run", path, "--out", out, "--seeds", "99"); c.Run() == nil { // the cell without a seed is small
		t.Log("the cell without a seed is done")
	}
	filler := filepath.Join(dir, "filler")
	if err := os.WriteFile(filler, make([]byte, 1<<20), 0o644); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("the disk is not full: %v", err)
	}
	c := runner(t, cache, "run", path, "--out", out)
	var exit *exec.ExitError
	if err := c.Run(); !errors.As(err, &exit) || exit.ExitCode() != 1 || !diskFullLine(c.Stderr.(*bytes.Buffer).String(), out) {
		t.Errorf("on a full disk it ends with %v\n%s", err, c.Stderr)
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	f, err := suite.Open(out)
	if err != nil {
		t.Fatal(err)
	}
	if s := f.State(f.Cells()[0]); s == suite.Failed || s == suite.Done {
		t.Errorf("the cell is %s", s)
	}
	c = runner(t, cache, "run", path, "--out", out)
	if err := c.Run(); err != nil {
		t.Errorf("with room it ends with %v\n%s", err, c.Stderr)
	}
	once(t, f, f.Cells()[1])
	if s := f.State(f.Cells()[0]); s != suite.Done {
		t.Errorf("the cell is %s", s)
	}
}
