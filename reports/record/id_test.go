package record

import (
	"strings"
	"testing"
)

func TestSlug(t *testing.T) {
	for in, want := range map[string]string{
		"theano:runs/SVHN_2015": "theano-runs-svhn-2015", "": "x", "///": "x", "-a-": "a", "é界": "x",
		strings.Repeat("ab", 40): strings.Repeat("ab", 20),
	} {
		if got := slug(in); got != want {
			t.Errorf("%q becomes %q, want %q", in, got, want)
		}
	}
}
