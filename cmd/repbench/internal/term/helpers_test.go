package term

import (
	"strings"
	"testing"
)

// compareText fails unless a text is the wanted one, and shows the first line that differs.
func compareText(t *testing.T, got, want string) {
	t.Helper()
	g, w := strings.Split(got, "\n"), strings.Split(want, "\n")
	for i := range max(len(g), len(w)) {
		switch {
		case i >= len(g):
			t.Fatalf("line %d is missing: %q", i+1, w[i])
		case i >= len(w):
			t.Fatalf("line %d is too many: %q", i+1, g[i])
		case g[i] != w[i]:
			t.Fatalf("line %d is\n%q, want\n%q", i+1, g[i], w[i])
		}
	}
}

// without fails if a text holds one of the words.
func without(t *testing.T, text string, words ...string) {
	t.Helper()
	for _, w := range words {
		if strings.Contains(text, w) {
			t.Errorf("the text holds %q:\n%s", w, text)
		}
	}
}
