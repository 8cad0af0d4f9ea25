package dcgan

import (
	"os"
	"path/filepath"
	"testing"
)

// A config.json of any content is read or refused, never a panic.
func FuzzConfig(f *testing.F) {
	f.Add([]byte(`{"arch":"svhn32","width":2,"z_dim":100,"z_prior":"gaussian"}`))
	f.Add([]byte(`{"arch":7}`))
	f.Add([]byte(`[`))
	f.Fuzz(func(t *testing.T, b []byte) {
		dir := t.TempDir()
		if err := os.WriteFile(filepath.Join(dir, "config.json"), b, 0o644); err != nil {
			t.Fatal(err)
		}
		if c, err := ReadConfig(dir); err == nil {
			if a, err := NewArch(c.Arch, c.Width); err == nil && (a.Width < 1 || len(a.Discriminator) == 0) {
				t.Errorf("config %s gave architecture %+v", b, a)
			}
		}
	})
}
