package archive

import (
	"strings"
	"testing"
)

func TestKeyName(t *testing.T) {
	for key, want := range map[string]string{
		"0a9f3": "0a9f3.webp", "A-b_c": "A-b_c.webp", "../x": "0x2e2e2f78.webp", "": ".webp", "\x00\x01": "0x0001.webp",
	} {
		if got := keyName([]byte(key)); got != want {
			t.Errorf("%q: %s, want %s", key, got, want)
		}
	}
	if !strings.HasPrefix(keyName([]byte("a.b")), "0x") {
		t.Error("a dot in a key")
	}
}
