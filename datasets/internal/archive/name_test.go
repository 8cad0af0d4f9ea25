package archive

import (
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf8"
)

// FuzzEntryName: an accepted name is clean, does not lead out of the archive, and has no
// backslash unless it is not UTF-8.
func FuzzEntryName(f *testing.F) {
	for _, s := range []string{`a\b.png`, `a/b\c`, `C:\x`, `..\x`, `.\x/`, "\x95\\x", `\\s\t`} {
		f.Add(s, true)
		f.Add(s, false)
	}
	f.Fuzz(func(t *testing.T, name string, windows bool) {
		clean, _, err := cleanName(name, windows)
		if err != nil || clean == "" {
			return
		}
		if !filepath.IsLocal(clean) || filepath.Clean(clean) != clean {
			t.Fatalf("%q → %q", name, clean)
		}
		again, _, err := cleanName(clean, windows)
		if err != nil || again != clean {
			t.Fatalf("%q → %q → %q, %v", name, clean, again, err)
		}
		if strings.Contains(clean, `\`) && utf8.ValidString(clean) {
			t.Fatalf("%q keeps its backslash", clean)
		}
	})
}
