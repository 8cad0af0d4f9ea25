package train

import (
	"os"
	"path/filepath"
	"testing"
)

// Any content of state.json is either read or refused, without a panic.
func FuzzState(f *testing.F) {
	f.Add([]byte(`{"step":7,"sha256":{}}`))
	f.Add([]byte(`{"step":"x"}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, stateFile), b, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := readState(dir); err == nil {
			t.Error("a state without arrays was accepted")
		}
	})
}
