package golden

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// recorder is a test that records its errors.
type recorder struct {
	testing.TB
	errors []string
}

func (r *recorder) Helper()           {}
func (r *recorder) Error(args ...any) { r.errors = append(r.errors, fmt.Sprint(args...)) }

// A wrong line, a missing line, one line too many, the absent last line feed and
// an absent file must fail the test.
func TestCompare(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	path := filepath.Join(t.TempDir(), "text.txt")
	const want = "one\ntwo\nthree\n"
	if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct{ name, path, got, says string }{
		{"equal", path, want, ""},
		{"wrong line", path, "one\n2\nthree\n", " one\n-two\n+2\n three\n"},
		{"missing line", path, "one\nthree\n", " one\n-two\n three\n"},
		{"one line too many", path, "one\ntwo\ntwo\nthree\n", " one\n two\n+two\n three\n"},
		{"no last line feed", path, "one\ntwo\nthree", " three\n-\n"},
		{"nothing", path, "", "-one\n-two\n-three\n"},
		{"no file", path + "x", want, "-update writes the file"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			r := &recorder{TB: t}
			Compare(r, tt.path, tt.got)
			switch {
			case tt.says == "" && len(r.errors) > 0:
				t.Errorf("equal texts fail: %v", r.errors)
			case tt.says != "" && (len(r.errors) != 1 || !strings.Contains(r.errors[0], tt.says)):
				t.Errorf("errors %q, want one that says %q", r.errors, tt.says)
			}
			kept, err := os.ReadFile(filepath.Join(os.TempDir(), "repbench-got-text.txt"))
			if differs := tt.path == path && tt.says != ""; differs && (err != nil || string(kept) != tt.got) {
				t.Errorf("kept %q, error %v; want %q", kept, err, tt.got)
			}
		})
	}
}

func TestUpdate(t *testing.T) {
	path := filepath.Join(t.TempDir(), "golden", "text.txt")
	if err := compare(path, "new\n", true); err != nil {
		t.Fatal(err)
	}
	if err := compare(path, "new\n", false); err != nil {
		t.Error(err)
	}
	if compare(path, "other\n", false) == nil {
		t.Error("another text passes after an update")
	}
}

func TestDiff(t *testing.T) {
	for _, tt := range []struct{ name, want, got, diff string }{
		{"equal", "a", "a", ""},
		{"one line", "a\nb\nc\nd\ne\nf", "a\nb\nc\nd\nX\nf", " b\n c\n d\n-e\n+X\n f\n"},
		{"two places", "X\n1\n2\n3\n4\n5\n6\n7\nY", "x\n1\n2\n3\n4\n5\n6\n7\ny", "-X\n+x\n 1\n 2\n 3\n@@\n 5\n 6\n 7\n-Y\n+y\n"},
	} {
		if got := Diff(tt.want, tt.got); got != tt.diff {
			t.Errorf("%s: %q, want %q", tt.name, got, tt.diff)
		}
	}
}
