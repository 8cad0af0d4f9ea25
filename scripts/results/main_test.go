package main

import (
	"path/filepath"
	"strings"
	"testing"

	"repbench/eval"
)

// The page says what its records say.
func TestPageAgreesWithItsRecords(t *testing.T) {
	old, updated, err := update(filepath.Join("..", "..", "docs"))
	if err != nil {
		t.Fatal(err)
	}
	if old != updated {
		t.Error("docs/results.md differs from its records; run go run ./scripts/results -write")
	}
}

func TestBetween(t *testing.T) {
	got, err := between("a\n<!-- x -->\nold\n<!-- end -->\nb\n<!-- y -->\n<!-- end -->\n", "x", "new\n")
	if want := "a\n<!-- x -->\nnew\n<!-- end -->\nb\n<!-- y -->\n<!-- end -->\n"; err != nil || got != want {
		t.Errorf("got %q, %v; want %q", got, err, want)
	}
	if _, err := between("a", "x", ""); err == nil || !strings.Contains(err.Error(), "<!-- x -->") {
		t.Errorf("a page without the mark: %v", err)
	}
}

func TestChosen(t *testing.T) {
	grid := []eval.GridPoint{{C: 1e-4}, {C: 1e-3}, {C: 10}}
	for c, want := range map[float64]string{1e-4: "1e-4 *", 1e-3: "1e-3", 10: "1e1 *"} {
		if got := chosen(c, grid); got != want {
			t.Errorf("C = %g: %q, want %q", c, got, want)
		}
	}
	if got := chosen(2e-3, nil); got != "2e-3, fixed" {
		t.Errorf("no list: %q", got)
	}
}
