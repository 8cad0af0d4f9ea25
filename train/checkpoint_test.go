package train

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
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

// TestUnusable: a damaged checkpoint has a next step; the best one is not the last of a row of checkpoints.
func TestUnusable(t *testing.T) {
	run := t.TempDir()
	for dir, want := range map[string]string{
		filepath.Join(run, "checkpoints", "step-00000003"): "to resume from the checkpoint before it",
		filepath.Join(run, "best", "step-00000003"):        "the newest checkpoint stays",
	} {
		if err := unusable(dir, io.ErrUnexpectedEOF); !strings.Contains(err.Error(), want) || !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("%s: %v", dir, err)
		}
	}
}
