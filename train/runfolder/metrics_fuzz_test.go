package runfolder

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// For any content of metrics.jsonl, rewind keeps whole lines up to the step, and a second call
// gives the same result.
func FuzzRewind(f *testing.F) {
	f.Add("{\"step\":1,\"seconds\":2}\n{\"step\":2,\"seconds\":3}\n", int64(1))
	f.Add("{\"step\":1", int64(9))
	f.Add("\n\n{}", int64(0))
	f.Add(strings.Repeat("x", 70000), int64(0))
	f.Fuzz(func(t *testing.T, text string, step int64) {
		dir := t.TempDir()
		path := filepath.Join(dir, "metrics.jsonl")
		if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		fo := &Folder{dir: dir}
		last, err := fo.Rewind(step)
		if err != nil {
			t.Fatal(err)
		}
		kept, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		again, err := fo.Rewind(step)
		if err != nil || again.Step != last.Step || again.Seconds != last.Seconds {
			t.Errorf("second rewind: %+v, %v; first %+v", again, err, last)
		}
		if b, _ := os.ReadFile(path); string(b) != string(kept) {
			t.Errorf("second rewind changed %q to %q", kept, b)
		}
	})
}
