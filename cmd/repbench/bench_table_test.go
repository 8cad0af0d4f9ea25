package main

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"repbench/benchmarks/ledger"
)

// The table in Markdown has the numbers of the cells, and is no second form of --json or --watch.
func TestBenchTable(t *testing.T) {
	path, out := suiteAt(t, strings.Replace(fixedSuite, "seeds = 1", `seeds = "1..3"`, 1))
	must(t, "bench", "run", path, "--out", out, "--seeds", "1..2")
	status, text, stderr := cli(t, "bench", "status", out, "--markdown", "--quiet=false")
	if status != 0 || !strings.HasPrefix(text, "| encoder | data | protocol | measurement | seeds | mean ± sd | 95 % interval |\n|---|") ||
		!strings.Contains(text, "| random | shapes | linear | test_accuracy | 2 of 3 | ") || !strings.Contains(text, "| pixels | shapes | linear | test_accuracy | – | ") {
		t.Errorf("status %d\n%s", status, text)
	}
	if !strings.Contains(stderr, "1 of 4 cells are not done") {
		t.Errorf("of what is missing it says %q", stderr)
	}
	doc := document(t, "bench", "status", out)
	for _, row := range doc["rows"].([]any) {
		if row := row.(map[string]any); len(row["ci95"].([]any)) != 2 {
			t.Errorf("the row %v has no interval", row)
		}
	}
	for _, other := range []string{"--json", "--watch"} {
		if status, _, stderr := cli(t, "bench", "status", out, "--markdown", other); status != 2 || !strings.Contains(stderr, "leave out --watch and --json") {
			t.Errorf("%s: status %d, %s", other, status, stderr)
		}
	}
}

// bench plan names a set that would be downloaded with its size, and downloads nothing.
func TestBenchPlanMissing(t *testing.T) {
	path, _ := suiteAt(t, strings.Replace(fixedSuite, "spec = \"shapes:train=60,test=20\"", "spec = \"cifar10\"", 1))
	text := must(t, "bench", "plan", path, "--cache", t.TempDir())
	if !strings.Contains(text, "fixed: 2 cells\n") || !strings.Contains(text, `missing: data set "shapes" (cifar10), 170.1 MB, which bench run downloads`) {
		t.Errorf("it says\n%s", text)
	}
}

// Results of a program without its commit go into a ledger with a warning.
func TestBenchRecordUnknownCommit(t *testing.T) {
	for commit, warns := range map[string]bool{ledger.UnknownCommit: true, "abcdef12": false} {
		status, _, stderr := cli(t, "bench", "record", writeLines(t, ledgerLine(commit, "a", 1, 70)), "--ledger", t.TempDir())
		if status != 0 || strings.Contains(stderr, "make build") != warns {
			t.Errorf("%s: status %d, %q", commit, status, stderr)
		}
	}
}

func TestVersionCommand(t *testing.T) {
	text, flag := must(t, "version"), must(t, "--version")
	if text != flag || !strings.Contains(text, "commit ") {
		t.Errorf("version says %q, --version %q", text, flag)
	}
	if doc := document(t, "version"); doc["version"] == "" || doc["commit"] == "" {
		t.Errorf("%v", doc)
	}
}

// In a folder that cannot be written bench run ends with 0 where nothing is left to do, and says what to do else.
func TestBenchReadOnly(t *testing.T) {
	path, _ := suiteAt(t, fixedSuite)
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m"); err != nil {
		t.Skipf("a file system cannot be mounted here: %v", err)
	}
	t.Cleanup(func() { syscall.Unmount(dir, 0) })
	out, half := filepath.Join(dir, "out"), filepath.Join(dir, "half")
	must(t, "bench", "run", path, "--out", out)
	must(t, "bench", "run", path, "--out", half, "--seeds", "99") // leaves the cell of seed 1
	if err := syscall.Mount("", dir, "", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""); err != nil {
		t.Skipf("a file system cannot be made read-only here: %v", err)
	}
	if text := must(t, "bench", "run", path, "--out", out); !strings.Contains(text, "2 of 2 done") {
		t.Errorf("a finished folder says\n%s", text)
	}
	if status, _, stderr := cli(t, "bench", "run", path, "--out", half); status != 1 || !strings.Contains(stderr, "make "+half+" writable for this user") {
		t.Errorf("a folder with a cell left: status %d, %s", status, stderr)
	}
}
