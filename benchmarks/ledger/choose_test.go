package ledger

import (
	"slices"
	"testing"
)

// TestCommon: suites and classes of machines that two lists of lines share, and the lines of one of them.
func TestCommon(t *testing.T) {
	line := func(suite, class string) Line { return Line{Key: Key{Suite: suite}, Machine: Machine{Class: class}} }
	a := []Line{line("quick", "x"), line("long", "x"), line("quick", "y")}
	b := []Line{line("quick", "z"), line("other", "x")}
	if got := Distinct(a, SuiteOf); !slices.Equal(got, []string{"long", "quick"}) {
		t.Errorf("suites %q", got)
	}
	if got := Common(a, b, SuiteOf); !slices.Equal(got, []string{"quick"}) {
		t.Errorf("suites of both %q", got)
	}
	if got := Common(a, nil, ClassOf); len(got) != 0 {
		t.Errorf("classes that are also in no lines: %q", got)
	}
	if got := Common(With(a, SuiteOf, "quick"), b, ClassOf); !slices.Equal(got, []string{"x"}) {
		t.Errorf("classes of both %q", got)
	}
}
