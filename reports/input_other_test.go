package reports

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"repbench/features/store"
	"repbench/reports/record"
)

// Where a path cannot be read, the message names the command that reports the others.
func TestLoadNamesTheCommandThatWorks(t *testing.T) {
	dir := t.TempDir()
	features, bare := filepath.Join(dir, "features"), filepath.Join(dir, "bare")
	for _, d := range []string{features, bare} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
		writeFile(t, d, store.MetaFile, []byte("{}"))
	}
	if err := record.Add(filepath.Join(features, record.FileName), fakeRecord("pixels", 0.3, 0)); err != nil {
		t.Fatal(err)
	}
	_, err := Load([]string{filepath.Join(dir, "run"), features})
	for _, want := range []string{"run does not exist", "repbench report " + features + " --out DIR", filepath.Join(features, record.FileName)} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want %q", err, want)
		}
	}
	if _, err := Load([]string{bare}); err == nil || !strings.Contains(err.Error(), "repbench eval linear --features "+bare) {
		t.Errorf("features without results: %v", err)
	}
	if _, err := Load([]string{filepath.Join(dir, "run")}); err == nil || strings.Contains(err.Error(), "repbench report") {
		t.Errorf("a missing path alone: %v", err)
	}
}
