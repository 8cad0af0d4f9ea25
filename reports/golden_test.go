package reports

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares got with testdata/name; -update writes it. On a difference
// the got-file is kept beside it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatalf("%v; run go test with -update", err)
	}
	if string(want) == got {
		return
	}
	keep := filepath.Join(os.TempDir(), "repbench-got-"+name)
	if err := os.WriteFile(keep, []byte(got), 0o644); err != nil {
		t.Log(err)
	}
	t.Errorf("%s differs (got is in %s; -update accepts it):\n%s", path, keep, diff(string(want), got))
}

// diff is a unified diff of lines, with three lines around each change.
func diff(a, b string) string {
	x, y := strings.Split(a, "\n"), strings.Split(b, "\n")
	// lcs[i][j] is the length of the longest common subsequence of x[i:] and y[j:].
	lcs := make([][]int, len(x)+1)
	for i := range lcs {
		lcs[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				lcs[i][j] = lcs[i+1][j+1] + 1
			} else {
				lcs[i][j] = max(lcs[i+1][j], lcs[i][j+1])
			}
		}
	}
	var lines []string
	for i, j := 0, 0; i < len(x) || j < len(y); {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			lines = append(lines, " "+x[i])
			i, j = i+1, j+1
		case i < len(x) && (j == len(y) || lcs[i+1][j] >= lcs[i][j+1]):
			lines = append(lines, "-"+x[i])
			i++
		default:
			lines = append(lines, "+"+y[j])
			j++
		}
	}
	return near(lines)
}

// near keeps changed lines and three lines around them.
func near(lines []string) string {
	const around = 3
	var b strings.Builder
	last := -1
	for i, l := range lines {
		close := false
		for k := max(0, i-around); k < min(len(lines), i+around+1); k++ {
			close = close || lines[k][0] != ' '
		}
		if !close {
			continue
		}
		if last >= 0 && last != i-1 {
			b.WriteString("@@\n")
		}
		last = i
		fmt.Fprintln(&b, l)
	}
	return b.String()
}

func TestDiff(t *testing.T) {
	got := diff("a\nb\nc\nd\ne\nf", "a\nb\nc\nd\nX\nf")
	if want := " b\n c\n d\n-e\n+X\n f\n"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
	if diff("a", "a") != "" {
		t.Error("equal texts differ")
	}
}

func TestGoldenMarkdown(t *testing.T) {
	files, err := render(fakeInput(t), Options{Title: "A report for the tests"})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range files {
		if f.Name == markdownFile || f.Name == recordsFile {
			golden(t, f.Name, string(f.Data))
		}
	}
}
