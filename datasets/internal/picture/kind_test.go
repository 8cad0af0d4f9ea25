package picture

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"repbench/datasets/internal/datatest"
)

// TestSuffixKinds: each suffix has one kind, and the suffixes of pictures written by other
// programs are known.
func TestSuffixKinds(t *testing.T) {
	for _, s := range slices.Sorted(maps.Keys(suffixKinds)) {
		if s != strings.ToLower(s) || !strings.HasPrefix(s, ".") || KindOf("a"+strings.ToUpper(s)) != suffixKinds[s] {
			t.Errorf("suffix %q", s)
		}
	}
	for name, want := range map[string]Kind{"a": UnknownFile, "a.": UnknownFile, "a.xyz": UnknownFile, "a.JPeG": ReadImage, "a.tga": OtherImage, "a.txt": NoImage} {
		if got := KindOf(name); got != want {
			t.Errorf("%s is of kind %d, want %d", name, got, want)
		}
	}
}

// FuzzPictureIn: any bytes are examined without a panic, and formats reported as supported are
// accepted by the decoders.
func FuzzPictureIn(f *testing.F) {
	for _, head := range datatest.PictureHeads {
		f.Add([]byte(head))
	}
	f.Add(datatest.Dot(1))
	f.Fuzz(func(t *testing.T, head []byte) {
		format, read := FormatOf(head)
		if _, err := codecOf(head); read && (err != nil || format == "") {
			t.Fatalf("%q is read as %s: %v", head, format, err)
		}
	})
}
